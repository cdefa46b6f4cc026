# sed, gawk, grep, find, tar, diff
seq 1 300 | sed -n 's/\(.\)\(.\)/\2\1/p;/5$/{=;p}' | sha256sum
printf 'one two\nthree four\n' | sed -E 's/(\w+) (\w+)/\2-\1/; 1i\
before
$a after'
seq 1 1000 | gawk '{s+=$1; q+=$1*$1; h[$1%7]++} END {printf "%d %d %.6f", s, q, sqrt(q); for (i=0;i<7;i++) printf " %d", h[i]; print ""}'
gawk 'BEGIN { x = 1; for (i = 0; i < 20; i++) { x = x * 1.7 + sin(i) }; printf "%.12g %s %s\n", x, toupper("abc"), strftime("%Y", 0, 1); "echo sub" | getline l; print l; print length(sprintf("%1000s","")) }'
gawk 'BEGIN { while (i++ < 20000) a[i % 997] = a[i % 997] + i; n = asort(a); print n, a[1], a[n] }'
printf 'alpha\nbeta\ngamma\ndelta\n' > w; grep -c a w; grep -nE '^.{5}$' w; grep -v a w; grep -o 'a[a-z]' w; grep -P '(?<=m)m' w; echo $?; grep -rl alpha . | sort; fgrep -x beta w
mkdir -p t/x t/y; for i in 1 2 3 4 5 6 7 8 9; do echo "file $i" > t/x/$i; done; echo -n > t/y/empty
find t -type f -size -2 | sort | head -3; find t -name '[3-5]' -exec cat {} + | sort; find t -empty; find t -type d | sort
find t -type f -print0 | sort -z | xargs -0 cat | sha256sum
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf a.tar t; sha256sum a.tar; tar tf a.tar | wc -l
mkdir u; tar xf a.tar -C u; diff -r t u/t && echo equal; echo changed >> u/t/x/5; diff -u t/x/5 u/t/x/5 | tail -n +3; cmp t/x/5 u/t/x/5
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -czf a.tgz t; tar xzOf a.tgz t/x/7; tar --sort=name --mtime=@0 --owner=0 --group=0 -cJf a.txz t; tar tJf a.txz | sha256sum
