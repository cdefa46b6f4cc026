# SQLite: a file database with a write-ahead log, 100,000 rows, joins, integrity_check
sqlite3 t.db <<'EOF'
pragma journal_mode=wal;
create table t(id integer primary key, a integer, b text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) insert into t select i, (i * 7919) % 10007, 'row ' || i from n;
create index ta on t(a);
select count(*), sum(a), min(b), max(b) from t;
select a, count(*) c from t group by a order by c desc, a limit 3;
select count(*) from t x join t y on x.a = y.id where x.id < 5000;
update t set b = upper(b) where a < 100; delete from t where a = 5; select count(*), sum(length(b)) from t;
select printf('%.6f', avg(a * 1.5)), round(total(a) / 3, 3) from t; pragma integrity_check;
EOF
sqlite3 t.db 'pragma wal_checkpoint(truncate); select count(*) from t where b glob "ROW*"'
sqlite3 t.db .dump | sha256sum; ls t.db*
sqlite3 t.db 'select * from missing' 2>&1; echo $?
