/* Products of 64 and 128 bits in hot loops: both halves of a product are used, in registers that a loop keeps. */
#include "t.h"

static uint64_t hash(const uint32_t *p, int n, uint64_t prime)
{
    uint64_t h = 0xcbf29ce484222325;
    for (int i = 0; i < n; i++) {
        uint64_t product = (uint64_t)p[i] * (uint32_t)prime;
        h = (h ^ (uint32_t)product) * prime + (product >> 32);
    }
    return h;
}

static uint32_t high(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 32); }

int main(void)
{
    static uint32_t data[1000];
    uint32_t x = 12345, sum = 1;
    int64_t s = 1;
    for (int i = 0; i < 1000; i++)
        data[i] = x = x * 1664525 + 1013904223;
    uint64_t h = 0;
    for (int round = 0; round < 400; round++)
        h += hash(data, 1000, 0x9e3779b97f4a7c15 + (unsigned)round);
    for (int i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        sum += high(x, sum | 1) ^ (x * sum);
        s = s * (int32_t)x + (int32_t)high(x, 77);
    }
    printf("%llx %x %llx\n", (unsigned long long)h, sum, (unsigned long long)s);
    return 0;
}
