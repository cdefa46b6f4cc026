/* A collector that learns from protection faults what was written and what is being read: every register must survive each
 * fault, and the handler must see them as they were at the access. */
#include "regs.h"

enum { PAGES = 64, P = 4096 };
static char *heap, *view; /* two mappings of the same memory; only the first is ever protected */
static volatile bool dirty[PAGES];
static volatile long faults, bad;
static int reading; /* PROT_NONE was set, not PROT_READ */

#ifdef __aarch64__
static struct regs now;
static const uint32_t *insn;
/* The context of a fault in regs_access(). */
static void check(ucontext_t *uc)
{
    struct fpsimd_context *f = regs_vectors(uc);
    bad += uc->uc_mcontext.pc != (uintptr_t)insn;
    bad += memcmp(uc->uc_mcontext.regs, now.x, sizeof now.x) != 0;
    bad += (uc->uc_mcontext.pstate & 0xf0000000) != now.nzcv;
    bad += !f || f->fpcr != now.fpcr || f->fpsr != now.fpsr || memcmp(f->vregs, now.v, sizeof now.v) != 0;
}
#endif

static void on_fault(int sig, siginfo_t *i, void *u)
{
    long at = (char *)i->si_addr - heap;
    (void)sig, (void)u;
    faults++;
    if (at < 0 || at >= PAGES * P || i->si_code != SEGV_ACCERR)
        _exit(1);
#ifdef __aarch64__
    if (insn)
        check(u);
#endif
    dirty[at / P] = true;
    mprotect(heap + at / P * P, P, PROT_READ | PROT_WRITE);
}

static uint64_t random_state = 1;
static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;
    return (unsigned)(random_state >> 33) % below;
}

/* One access to the heap at `at`: a store of 8 bytes, or a load; the value goes into the sum. */
static uint64_t touch(long at, bool store, uint64_t value)
{
#ifdef __aarch64__
    unsigned kind = draw(store ? STORE_KINDS : LOAD_KINDS);
    const struct regs_access *a = store ? &regs_stores[kind] : &regs_loads[kind];
    struct regs r;
    regs_fill(&r, value, value);
    r.nzcv = (uint64_t)draw(16) << 28;
    r.x[17] = r.x[16] = (uintptr_t)(heap + at);
    if (a->run == regs_stp_pre || a->run == regs_ldp_pre)
        r.x[16] -= 16;
    now = r;
    insn = a->insn;
    a->run(&r);
    insn = NULL;
    for (unsigned k = 0; k < 31; k++) /* what no access writes */
        bad += k != 14 && k != 15 && k != 16 && k != 17 && r.x[k] != now.x[k];
    for (unsigned k = 0; k < 32; k++)
        bad += k != 14 && k != 15 && r.v[k] != now.v[k];
    bad += r.nzcv != now.nzcv || r.fpcr != now.fpcr || r.fpsr != now.fpsr;
    if (a->run == regs_str)
        bad += *(uint64_t *)(view + at) != now.x[15];
    if (a->run == regs_ldr)
        bad += *(uint64_t *)(view + at) != r.x[15];
    if (a->run == regs_ldp_pre || a->run == regs_stp_pre)
        bad += r.x[16] != now.x[16] + 16;
    /* The kinds write different bytes; the host, too, must end with the same memory. */
    memset(view + at, 0, 32);
    if (store)
        *(uint64_t *)(view + at) = value;
    return value;
#else
    draw(1), draw(1); /* as many as above */
    if (store)
        *(volatile uint64_t *)(heap + at) = value;
    else
        (void)*(volatile uint64_t *)(heap + at);
    memset(view + at, 0, 32);
    if (store)
        *(uint64_t *)(view + at) = value;
    return value;
#endif
}

static uint64_t collect(uint64_t sum)
{
    for (int p = 0; p < PAGES; p++) {
        if (dirty[p])
            for (int i = 0; i < P; i += 8)
                sum = (sum ^ *(uint64_t *)(view + p * P + i)) * 0x9e3779b97f4a7c15;
        dirty[p] = false;
    }
    reading = !reading;
    mprotect(heap, PAGES * P, reading ? PROT_NONE : PROT_READ);
    return sum;
}

int main(void)
{
    long want = repeat(20000, 100000);
    uint64_t sum = 0;
    int fd = memfd_create("heap", 0);
    if (ftruncate(fd, PAGES * P))
        return 1;
    heap = mmap(NULL, PAGES * P, PROT_READ, MAP_SHARED, fd, 0);
    view = mmap(NULL, PAGES * P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    handle(SIGSEGV, on_fault, 0);
    for (long n = 0; faults < want; n++) {
        long page = draw(PAGES), at = page * P + draw(P / 64) * 64;
        bool store = draw(3) != 0;
        sum += touch(at, store, random_state);
        if (n % 100 == 0)
            sum = collect(sum);
    }
    printf("faults %ld, bad registers %ld, sum %#llx\n", faults, bad, (unsigned long long)sum);
    return 0;
}
