# gcc of the guest system: compiles, links and runs C programs; the preprocessor, the optimiser, make
cat > p.c <<'EOF'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct point { double x, y; };
static int cmp(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
int main(int argc, char **argv)
{
    char *w[] = {"pear", "apple", "fig"};
    struct point p = {3, 4};
    qsort(w, 3, sizeof *w, cmp);
    printf("%s %s %s %.3f %d\n", w[0], w[1], w[2], sqrt(p.x * p.x + p.y * p.y), argc);
    return argc > 1 ? atoi(argv[1]) : 0;
}
EOF
for o in -O0 -O2; do gcc-12 $o -Wall p.c -o p -lm && ./p; echo $?; done
./p 42; echo $?
printf '#define N 3\nint f(int x) { return x * N; }\n' > f.c; gcc-12 -c -O2 f.c -o f.o && printf 'int f(int); int main(void) { return f(5); }\n' | gcc-12 -x c - -x none f.o -o g && ./g; echo $?
printf 'int main(void) { return undeclared; }\n' | gcc-12 -x c - -o bad 2>&1 | grep -c error
printf 'all: x\n\t@echo made $@\nx: y\n\tcp y x\ny:\n\techo content > y\n' > Makefile; make; make; cat x
