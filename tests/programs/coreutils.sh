# coreutils: files, text, numbers, checksums, times
umask 022
seq 1 2000 > n; wc n; head -3 n; tail -n 2 n; tac n | head -2; shuf --random-source=n n | sha256sum
sort -rn n | sed -n '1p;$p'; sort -R --random-source=n n | md5sum; split -l 500 n part.; ls part.*; cat part.* | cmp - n && echo same
cut -c1-2 n | sort | uniq -c | sort -k1,1nr -k2 | head -3; paste -d: n n | tail -1; join n n | wc -l; comm -12 n n | wc -l
tr -d '\n' < n | fold -w 60 | tail -1; od -An -tx1 -N16 n; base64 n | sha1sum; b2sum n; cksum n; sum n; factor 1234567890123456789 600851475143
mkdir -p a/b/c; touch -d '2020-02-29 12:34:56 UTC' a/b/c/f; TZ=UTC ls -l --time-style=full-iso a/b/c | gawk '{print $1,$2,$5,$6,$7,$9}'
ln -s ../c/f a/b/c/link; readlink a/b/c/link; readlink -f a/b/c/link | sed 's,.*/a/,a/,'; realpath --relative-to=. a/b/../b/c
cp -a a d; mv d e; find e | sort; stat -c '%a %s %F %h' e/b/c/f; chmod 4751 n; stat -c %A n; rm -r e; test -e e || echo gone
dd if=/dev/zero of=z bs=64k count=16 conv=sync 2>/dev/null; stat -c %s z; truncate -s 3M z; stat -c '%s %b' z; du -k z | cut -f1
expr 7 \* 6; printf '%08.3f|%-6s|%x|%e\n' 3.14159 ab 255 12345.678; date -u -d @1000000000 +%FT%T; numfmt --to=iec 123456789
echo 'b 2
a 10
c 1' | sort -k2n; nl -ba n | tail -1; expand -t4 <<< 'a	b'; pr -h title -l 20 n | head -8 | tail -2; tsort <<< 'a b b c c d'
env -i A=1 B=2 env | sort; timeout 0.2 sleep 5; echo $?; nice -n 5 nice; seq 5 | xargs -n2 echo; id -u; mkfifo p; echo through > p & cat p; wait
uname -s; basename /x/y.c .c; dirname /x/y.c; yes | head -1000 | sha256sum; tee t1 < n | tail -1; sha512sum t1; sync; nproc > /dev/null; echo $?
install -m 640 n m; stat -c %a m; csplit -s n 1000; ls xx*; ptx <<< 'the quick fox' | wc -l; sleep 0.05; pathchk ok; logname >/dev/null 2>&1; mktemp -u | wc -c
