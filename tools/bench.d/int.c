/* Integers: a sieve, a hash table, a checksum by table, sorting. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIEVE = 1 << 20, TABLE = 1 << 16, ITEMS = 1 << 17 };

static uint32_t random_state = 12345;
static uint32_t next_random(void) { return random_state = random_state * 1664525u + 1013904223u; }

static unsigned primes(void)
{
    static uint8_t composite[SIEVE];
    unsigned n = 0;
    memset(composite, 0, sizeof composite);
    for (unsigned i = 2; i < SIEVE; i++) {
        if (composite[i])
            continue;
        n++;
        for (unsigned k = 2 * i; k < SIEVE; k += i)
            composite[k] = 1;
    }
    return n;
}

static uint64_t hashing(void)
{
    static uint64_t keys[TABLE], values[TABLE];
    uint64_t sum = 0;
    memset(keys, 0, sizeof keys);
    for (unsigned i = 0; i < TABLE / 2; i++) {
        uint64_t key = ((uint64_t)next_random() << 20 ^ next_random()) | 1;
        unsigned at = (unsigned)(key * 0x9e3779b97f4a7c15ull >> 48) % TABLE;
        while (keys[at] && keys[at] != key)
            at = (at + 1) % TABLE;
        keys[at] = key;
        values[at] += i;
        sum += at ^ values[at];
    }
    return sum;
}

static uint32_t checksum(void)
{
    static uint32_t table[256];
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    for (int i = 0; i < 2000000; i++)
        crc = table[(crc ^ (uint32_t)i) & 255] ^ crc >> 8;
    return crc;
}

static void sort(uint32_t *a, int n)
{
    while (n > 16) {
        uint32_t pivot = a[n / 2];
        int i = 0, k = n - 1;
        for (;; i++, k--) {
            while (a[i] < pivot)
                i++;
            while (a[k] > pivot)
                k--;
            if (i >= k)
                break;
            uint32_t swap = a[i];
            a[i] = a[k];
            a[k] = swap;
        }
        sort(a, k + 1);
        a += k + 1;
        n -= k + 1;
    }
    for (int i = 1; i < n; i++) {
        uint32_t v = a[i];
        int k = i;
        for (; k && a[k - 1] > v; k--)
            a[k] = a[k - 1];
        a[k] = v;
    }
}

int main(int argc, char **argv)
{
    static uint32_t items[ITEMS];
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < ITEMS; i++)
            items[i] = next_random();
        sort(items, ITEMS);
        sum = sum * 31 + primes() + hashing() + checksum() + items[ITEMS / 3];
    }
    printf("%llx\n", (unsigned long long)sum);
    return 0;
}
