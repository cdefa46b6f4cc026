/* Loops that a compiler makes vector instructions of: bytes, integers, floating point. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 4096 };
static uint8_t bytes[N], other[N];
static int16_t shorts[N];
static int32_t words[N];
static float singles[N], more[N];
static double doubles[N];

__attribute__((noinline)) static unsigned sum_bytes(void)
{
    unsigned s = 0, zeros = 0;
    for (int i = 0; i < N; i++) {
        s += (unsigned)abs(bytes[i] - other[i]);
        zeros += bytes[i] == 0;
    }
    return s + zeros;
}

__attribute__((noinline)) static int dot(void)
{
    int s = 0;
    for (int i = 0; i < N; i++)
        s += shorts[i] * shorts[N - 1 - i];
    return s;
}

__attribute__((noinline)) static void scale(int32_t by)
{
    for (int i = 0; i < N; i++)
        words[i] = (words[i] * by >> 3) + (words[i] > by ? by : words[i]);
}

__attribute__((noinline)) static void axpy(float a)
{
    for (int i = 0; i < N; i++)
        singles[i] = a * more[i] + singles[i] * 0.5f;
}

__attribute__((noinline)) static void sums(void)
{
    for (int i = 1; i < N - 1; i++)
        doubles[i] = (double)singles[i] * 0.25 + doubles[i] * 0.5;
}

__attribute__((noinline)) static void bright(uint8_t by)
{
    for (int i = 0; i < N; i++) {
        unsigned v = bytes[i] + by;
        bytes[i] = (uint8_t)(v > 255 ? 255 : v);
        other[i] = (uint8_t)((bytes[i] + other[i] + 1) >> 1);
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    unsigned s = 0;
    for (int i = 0; i < N; i++) {
        bytes[i] = (uint8_t)(i * 7);
        other[i] = (uint8_t)(i * 13 + 5);
        shorts[i] = (int16_t)(i * 31);
        words[i] = i * 1001;
        singles[i] = more[i] = (float)i / 3;
    }
    for (int r = 0; r < rounds * 4000; r++) {
        s = s * 31 + sum_bytes() + (unsigned)dot();
        scale(r % 13);
        axpy(0.75f);
        sums();
        bright((uint8_t)(r % 3));
    }
    printf("%u %d %.6g %.6g\n", s, words[N / 3], (double)singles[N / 5], doubles[N / 7]);
    return 0;
}
