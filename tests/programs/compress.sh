# gzip, bzip2, xz and zstd: compressed bytes and round trips
gawk 'BEGIN { for (i = 0; i < 30000; i++) { x = (x * 1103515245 + 12345) % 2147483648; printf "%d line %d %s\n", i, x % 1000, (x % 3 ? "abc" : "xyz") } }' > data
sha256sum data
for level in 1 6 9; do gzip -n -$level -c data | sha256sum; done
gzip -n -c data > d.gz; gzip -t d.gz && gzip -dc d.gz | cmp - data && echo gzip
bzip2 -c data > d.bz2; sha256sum d.bz2; bzip2 -dc d.bz2 | cmp - data && echo bzip2
xz -T1 -3 -c data > d.xz; sha256sum d.xz; xz -dc d.xz | cmp - data && echo xz; xz -l --robot d.xz | tail -1
xz --format=lzma -2 -c data | sha256sum; xz -T2 --block-size=200000 -1 -c data | sha256sum
for level in 1 3 12; do zstd -q -$level -c data | sha256sum; done
zstd -q -T2 -5 -c data > d.zst; zstd -q -dc d.zst | cmp - data && echo zstd; zstd -q -t d.zst; echo $?
printf 'broken' > bad.gz; gzip -t bad.gz 2>/dev/null; echo $?; head -c 5000 d.xz | xz -dc 2>/dev/null | head -c 100 | sha256sum
