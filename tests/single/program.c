/* What the stepping test runs, without a C library: a bit of everything that the processor does. All memory that it writes,
 * its stack included, is given by the caller. Built with the cross compiler, linked at a fixed address, entered at start()
 * with the memory's address and a number of rounds; ends with BRK. Every svc and every access below 4096 is an event that
 * the test answers. */
typedef unsigned char u8;
typedef unsigned u32;
typedef unsigned long u64;

enum { WORDS = 64 };
struct memory {
    u64 words[WORDS];
    u8 text[128];
    float single[16];
    double twice[16];
    u64 counter;
};

static inline u64 syscall_event(u64 a)
{
    register u64 x0 asm("x0") = a;
    asm volatile("svc #0" : "+r"(x0)::"memory");
    return x0;
}

/* Loads from where nothing is, in the middle of other work. */
static inline u64 fault_event(u64 at)
{
    u64 value = at;
    asm volatile("ldr %0, [%0]" : "+r"(value)::"memory");
    return value;
}

static void sort(u64 *w, int n)
{
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && w[k - 1] > w[k]; k--) {
            u64 t = w[k];
            w[k] = w[k - 1];
            w[k - 1] = t;
        }
}

static u64 __attribute__((noinline)) recurse(u64 n) { return n < 2 ? n + 1 : recurse(n - 1) + recurse(n - 2); }
static u64 __attribute__((noinline)) twice(u64 n) { return n * 2; }
static u64 __attribute__((noinline)) square(u64 n) { return n * n + 1; }
static u64 __attribute__((noinline)) divide(u64 n) { return ~n / (n + 3) + (u64)((long)n / -7); }

static u64 bits(u64 n)
{
    u64 r = (u64)__builtin_popcountl(n) + (u64)__builtin_clzl(n | 1);
    r ^= __builtin_bswap64(n) >> (n & 31);
    r += n >> 13 | n << 51;
    switch (n % 9) {
    case 0: return r + 1;
    case 1: return r ^ 0x123456789abcdef0;
    case 2: return r * 3;
    case 4: return r - n;
    case 5: return ~r;
    case 7: return r << 3;
    default: return r;
    }
}

static void floats(struct memory *m, u64 seed)
{
    for (int i = 0; i < 16; i++) {
        m->single[i] = m->single[i] * 0.75f + (float)(int)(seed >> i) / 3.0f;
        m->twice[i] = __builtin_sqrt(m->twice[i] * m->twice[i] + (double)seed) - (double)i;
    }
    if (m->twice[3] > 1e6)
        m->twice[3] = (double)(u32)m->twice[5];
    asm volatile("fmadd d0, %d0, %d1, %d0\n fcmp d0, %d1\n csel %2, %2, xzr, gt\n frintn d0, d0\n str d0, [%3]"
                 ::"w"(m->twice[1]), "w"(m->twice[2]), "r"(seed), "r"(&m->twice[9]) : "d0", "cc", "memory");
}

static void vectors(struct memory *m)
{
    u8 *p = (u8 *)m->words;
    for (int i = 0; i < 128; i++)
        m->text[i] = (u8)(m->text[i] + p[i] * 3);
    asm volatile("ld1 {v0.16b, v1.16b}, [%0]\n add v2.8h, v0.8h, v1.8h\n sqadd v3.4s, v0.4s, v1.4s\n uaddlv s4, v2.8h\n"
                 "tbl v5.16b, {v0.16b}, v1.16b\n zip1 v6.8h, v2.8h, v3.8h\n aese v6.16b, v5.16b\n pmull v7.1q, v0.1d, v1.1d\n"
                 "eor v6.16b, v6.16b, v7.16b\n st1 {v6.16b}, [%0]\n"
                 ::"r"(m->text) : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "memory");
}

static void atomics(struct memory *m, u64 seed)
{
    __atomic_fetch_add(&m->counter, seed, __ATOMIC_SEQ_CST);
    u64 old, status;
    asm volatile("1: ldaxr %0, [%2]\n eor %0, %0, %3\n stlxr %w1, %0, [%2]\n cbnz %w1, 1b"
                 : "=&r"(old), "=&r"(status) : "r"(&m->words[5]), "r"(seed) : "memory");
    u64 expected = m->words[6];
    __atomic_compare_exchange_n(&m->words[6], &expected, expected + old, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    asm volatile("ldaddal %0, %0, [%1]\n swpb %w0, %w0, [%1]" : "+r"(seed) : "r"(&m->words[7]) : "memory");
}

void __attribute__((section(".text.unlikely"))) start(struct memory *m, u64 rounds)
{
    static u64 (*const functions[])(u64) = {twice, square, divide, bits};
    u64 sum = 1;
    for (u64 n = 1; n <= rounds; n++) {
        for (int i = 0; i < WORDS; i++)
            m->words[i] = m->words[i] * 6364136223846793005 + sum + (u64)i;
        sort(m->words, 24);
        sum += recurse(7 + (n & 3));
        for (int i = 0; i < 20; i++)
            sum = functions[sum >> 7 & 3](sum + (u64)i) + bits(sum);
        floats(m, sum);
        vectors(m);
        atomics(m, sum);
        sum ^= syscall_event(sum);
        if (n % 4 == 0)
            sum += fault_event(n & 0xff8);
        for (u32 i = 0; i < (sum & 63); i++)
            asm volatile("adds %0, %0, #1\n adcs %0, %0, %0\n csinc %0, %0, %0, vs" : "+r"(sum)::"cc");
        m->words[n % WORDS] ^= sum;
    }
    asm volatile("brk #1");
}
