/* Faults: repaired, skipped by changing the pc, their siginfo; alternate stacks. */
#include "t.h"

static char *page;
static volatile int faults;

static void repair(int sig, siginfo_t *i, void *u)
{
    (void)u;
    faults++;
    if (faults <= 3)
        printf("signal %d code %d offset %ld\n", sig, i->si_code, (long)((char *)i->si_addr - page));
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void skip(int sig, siginfo_t *i, void *u)
{
    ucontext_t *uc = u;
    (void)sig;
    faults++;
    printf("skip: code %d addr %ld\n", i->si_code, (long)i->si_addr);
#ifdef __aarch64__
    if (uc->uc_mcontext.fault_address != (unsigned long)i->si_addr)
        printf("fault_address is wrong\n");
    uc->uc_mcontext.pc += 4;
#elif defined __arm__
    if (uc->uc_mcontext.fault_address != (unsigned long)i->si_addr || uc->uc_mcontext.trap_no != 14)
        printf("fault_address is wrong\n");
    uc->uc_mcontext.arm_pc += 4;
#elif defined __i386__
    uc->uc_mcontext.gregs[REG_EIP] += 2;
#else
    uc->uc_mcontext.gregs[REG_RIP] += 2; /* the two-byte store below */
#endif
}

/* A store that is known by its length. */
static void store(volatile char *p)
{
#ifdef __aarch64__
    register volatile char *a asm("x0") = p;
    asm volatile("strb w0, [x0]" ::"r"(a) : "memory");
#elif defined __arm__ /* 4 bytes in both instruction sets */
    register volatile char *a asm("r0") = p;
#ifdef __thumb__
    asm volatile("strb.w r0, [r0]" ::"r"(a) : "memory");
#else
    asm volatile("strb r0, [r0]" ::"r"(a) : "memory");
#endif
#elif defined __i386__
    asm volatile("movb %%al, (%%edi)" ::"D"(p) : "memory");
#else
    asm volatile("movb %%al, (%%rdi)" ::"D"(p) : "memory");
#endif
}

static sigjmp_buf out;
static void leap(int sig, siginfo_t *i, void *u)
{
    (void)u;
    printf("leap: signal %d code %d\n", sig, i->si_code);
    siglongjmp(out, 1);
}

static char stack[65536];
static void on_stack(int sig, siginfo_t *i, void *u)
{
    char here;
    stack_t s;
    (void)sig, (void)i, (void)u;
    sigaltstack(NULL, &s);
    printf("on altstack %d flags %d change %d\n", &here >= stack && &here < stack + sizeof stack, s.ss_flags,
           sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack / 2 }, NULL));
}

static volatile int level;
__attribute__((noinline)) static int overflow(int n)
{
    volatile char big[4096];
    big[0] = (char)n;
    level = n;
    if (n < 0)
        return 0;
    return overflow(n + 1) + big[0];
}

static void overflow_handler(int sig, siginfo_t *i, void *u)
{
    (void)i, (void)u;
    printf("stack overflow: signal %d deep %d\n", sig, level > 10);
    siglongjmp(out, 1);
}

int main(void)
{
    page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    handle(SIGSEGV, repair, 0);
    page[5] = 1;
    printf("repaired %d\n", page[5]);
    for (int i = 0; i < 1000; i++) {
        mprotect(page, 4096, PROT_READ);
        page[i] = (char)i;
        if (page[i] != (char)i)
            printf("lost\n");
    }
    printf("faults %d\n", faults);

    handle(SIGSEGV, skip, 0);
    mprotect(page, 4096, PROT_READ);
    faults = 0;
    store((char *)16);
    printf("skipped %d\n", faults);

    handle(SIGSEGV, leap, 0);
    handle(SIGBUS, leap, 0);
    if (!sigsetjmp(out, 1))
        store((char *)0x10);
    if (!sigsetjmp(out, 1))
        store(page);
    if (!sigsetjmp(out, 1))
        ((void (*)(void))page)();
    int fd = memfd_create("x", 0);
    char *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (!sigsetjmp(out, 1))
        file[0] = 1;

    handle(SIGUSR1, on_stack, SA_ONSTACK);
    SHOW(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = 100 }, NULL));
    SHOW(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack, .ss_flags = 99 }, NULL));
    raise(SIGUSR1);
    SHOW(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL));
    raise(SIGUSR1);
    SHOW(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack, .ss_flags = 1u << 31 }, NULL));
    raise(SIGUSR1);
    SHOW(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL));
    handle(SIGSEGV, overflow_handler, SA_ONSTACK);
    if (!sigsetjmp(out, 1))
        overflow(0);
    return 0;
}
