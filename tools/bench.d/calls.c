/* Calls: recursion, function pointers, sorting by a comparison function, longjmp. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static unsigned fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

__attribute__((noinline)) static int tree(int depth, int *visited)
{
    ++*visited;
    return depth ? tree(depth - 1, visited) ^ (tree(depth - 1, visited) << 1) : *visited;
}

static unsigned add(unsigned a, unsigned b) { return a + b; }
static unsigned subtract(unsigned a, unsigned b) { return a - b; }
static unsigned mix(unsigned a, unsigned b) { return a * 33 ^ b; }
static unsigned turn(unsigned a, unsigned b) { return a << (b & 7) | a >> (32 - (b & 7)) % 32; }

static unsigned pointers(unsigned n)
{
    static unsigned (*volatile table[])(unsigned, unsigned) = {add, subtract, mix, turn};
    unsigned v = 1;
    for (unsigned i = 0; i < n; i++)
        v = table[(i ^ v) & 3](v, i);
    return v;
}

static int compare(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static unsigned sorting(void)
{
    enum { N = 50000 };
    static unsigned a[N];
    for (unsigned i = 0; i < N; i++)
        a[i] = i * 2654435761u;
    qsort(a, N, sizeof *a, compare);
    return a[N / 3];
}

static unsigned jumps(unsigned n)
{
    volatile unsigned v = 0;
    for (volatile unsigned i = 0; i < n; i++) {
        jmp_buf here;
        if (!setjmp(here))
            longjmp(here, 1);
        v += i;
    }
    return v;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1, visited = 0;
    unsigned sum = 0;
    for (int r = 0; r < rounds; r++)
        sum = sum * 31 + fibonacci(27) + (unsigned)tree(18, &visited) + pointers(1000000) + sorting() + jumps(20000);
    printf("%u\n", sum);
    return 0;
}
