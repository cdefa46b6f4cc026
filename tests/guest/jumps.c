/* Control flow that no call and return predicts: longjmp, jumps out of handlers, coroutines, deep recursion, unwinding. */
#include "regs.h"
#include <unwind.h>

static long sum;

/* --- longjmp, through frames and out of handlers ------------------------------------------------------------------------ */

static jmp_buf out;
static sigjmp_buf away;
__attribute__((noinline)) static long deep(long n)
{
    if (n == 0)
        longjmp(out, (int)(sum % 7 + 1));
    return n < 0 ? 0 : deep(n - 1) + n;
}

static void leap(int sig, siginfo_t *i, void *u)
{
    (void)i, (void)u;
    sum += sig;
    siglongjmp(away, sig);
}

static void long_jumps(long times)
{
    volatile long n = 0;
    for (; n < times; n++) {
        int r = setjmp(out);
        if (!r)
            sum += deep(n % 50);
        sum = sum * 3 + r;
    }
    printf("longjmp %lx\n", sum);
    handle(SIGUSR1, leap, 0);
    handle(SIGSEGV, leap, SA_NODEFER);
    for (n = 0; n < times / 10; n++) {
        int r = sigsetjmp(away, 1);
        if (!r && n & 1)
            raise(SIGUSR1);
        else if (!r)
            *(volatile char *)16 = 1;
        sum = sum * 3 + r;
    }
    printf("siglongjmp %lx\n", sum);
}

/* A handler on the alternate stack that leaves by longjmp, from a stack that overflowed. */
static char other[65536];
__attribute__((noinline)) static long endless(long n)
{
    volatile long here[64];
    here[n & 63] = n;
    return n < 0 ? 0 : endless(n + 1) + here[n & 63];
}

static void overflows(long times)
{
    sigaltstack(&(stack_t){.ss_sp = other, .ss_size = sizeof other}, NULL);
    handle(SIGSEGV, leap, SA_ONSTACK);
    volatile long n = 0;
    for (; n < times; n++)
        if (!sigsetjmp(away, 1))
            sum += endless(0);
    printf("overflows %ld\n", n);
}

/* --- coroutines ------------------------------------------------------------------------------------------------------------ */

enum { COROUTINES = 7 };
static ucontext_t back, task[COROUTINES];
static char stacks[COROUTINES][65536];
static long counts[COROUTINES];

static void body(int n)
{
    for (;;) {
        counts[n] = counts[n] * 5 + n;
        swapcontext(&task[n], &back);
    }
}

static void coroutines(long switches)
{
    for (int n = 0; n < COROUTINES; n++) {
        getcontext(&task[n]);
        task[n].uc_stack.ss_sp = stacks[n];
        task[n].uc_stack.ss_size = sizeof stacks[n];
        makecontext(&task[n], (void (*)(void))body, 1, n);
    }
    for (long i = 0; i < switches / 2; i++)
        swapcontext(&back, &task[i % COROUTINES]);
    for (int n = 0; n < COROUTINES; n++)
        sum = sum * 3 + counts[n];
    printf("coroutines %lx\n", sum);
}

/* The same without system calls: returns to where no call was made from. */
static void *from, *to;
void switch_stacks(void **save, void *load);
#ifdef __aarch64__
asm(".text\nswitch_stacks:\n sub sp, sp, #160\n stp x19, x20, [sp]\n stp x21, x22, [sp, #16]\n stp x23, x24, [sp, #32]\n"
    " stp x25, x26, [sp, #48]\n stp x27, x28, [sp, #64]\n stp x29, x30, [sp, #80]\n stp d8, d9, [sp, #96]\n"
    " stp d10, d11, [sp, #112]\n stp d12, d13, [sp, #128]\n stp d14, d15, [sp, #144]\n mov x2, sp\n str x2, [x0]\n"
    " mov sp, x1\n ldp x19, x20, [sp]\n ldp x21, x22, [sp, #16]\n ldp x23, x24, [sp, #32]\n ldp x25, x26, [sp, #48]\n"
    " ldp x27, x28, [sp, #64]\n ldp x29, x30, [sp, #80]\n ldp d8, d9, [sp, #96]\n ldp d10, d11, [sp, #112]\n"
    " ldp d12, d13, [sp, #128]\n ldp d14, d15, [sp, #144]\n add sp, sp, #160\n ret\n");
enum { FRAME = 160, RETURN = 88 };
#elif defined __arm__ /* sum and counts are integers: no floating-point registers */
#ifdef __thumb__
#define SAME_CODE ".thumb\n"
#else
#define SAME_CODE
#endif
asm(".text\n.arm\n.type switch_stacks, %function\nswitch_stacks:\n stmfd sp!, {r4-r12, lr}\n str sp, [r0]\n mov sp, r1\n"
    " ldmfd sp!, {r4-r12, pc}\n" SAME_CODE);
enum { FRAME = 40, RETURN = 36 };
#elif defined __i386__
asm(".text\nswitch_stacks:\n mov 4(%esp), %eax\n mov 8(%esp), %edx\n push %ebx\n push %ebp\n push %esi\n push %edi\n"
    " mov %esp, (%eax)\n mov %edx, %esp\n pop %edi\n pop %esi\n pop %ebp\n pop %ebx\n ret\n");
enum { FRAME = 24, RETURN = 16 };
#else
asm(".text\nswitch_stacks:\n push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n mov %rsp, (%rdi)\n"
    " mov %rsi, %rsp\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n");
enum { FRAME = 64, RETURN = 48 };
#endif

__attribute__((noinline)) static long leaf(long n) { return n * 3 + 1; }
static void switched(void)
{
    for (long x = 1;; x = leaf(x)) {
        sum += x;
        switch_stacks(&to, from);
    }
}

static void fast_coroutines(long switches)
{
    char *frame = stacks[0] + sizeof stacks[0] - 256 - FRAME;
    memset(frame, 0, FRAME);
    *(void **)(frame + RETURN) = (void *)switched;
    to = frame;
    for (long i = 0; i < switches / 2; i++)
        switch_stacks(&from, to);
    printf("switches %lx\n", sum);
}

/* --- recursion, indirect calls, unwinding ----------------------------------------------------------------------------------- */

__attribute__((noinline)) static long recurse(long n) { return n == 0 ? 1 : recurse(n - 1) * 3 + n; }
__attribute__((noinline)) static long even(long n);
__attribute__((noinline)) static long odd(long n) { return n == 0 ? 0 : even(n - 1) + 1; }
__attribute__((noinline)) static long even(long n) { return n == 0 ? 1 : odd(n - 1) * 2; }
static long tree(int level) { return level == 0 ? 1 : tree(level - 1) + 2 * tree(level - 1); }

static long (*volatile choice[4])(long) = {leaf, recurse, even, odd};
static void calls(long times)
{
    for (int i = 0; i < 4; i++)
        sum = sum * 5 + recurse(100000) + even(99999);
    for (long i = 0; i < times; i++)
        sum += choice[i * 7 % 13 % 4](i & 15);
    printf("recursion %lx, tree %ld\n", sum, tree(14));
}

struct thrown {
    struct _Unwind_Exception header;
    long value;
};
static void clean(long *what) { sum = sum * 3 + *what; }
static _Unwind_Reason_Code stop_at(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                   struct _Unwind_Exception *e, struct _Unwind_Context *context, void *until)
{
    (void)version, (void)actions, (void)class;
    if (_Unwind_GetCFA(context) >= (uintptr_t)until || actions & _UA_END_OF_STACK)
        longjmp(out, (int)((struct thrown *)e)->value);
    return _URC_NO_REASON;
}
__attribute__((noinline)) static long throws(int level, struct thrown *e, void *until)
{
    long mark __attribute__((cleanup(clean))) = level;
    if (level == 0)
        _Unwind_ForcedUnwind(&e->header, stop_at, until);
    return level < 0 ? 0 : throws(level - 1, e, until) + mark;
}

static void unwinding(long times)
{
    volatile long n = 0;
    for (; n < times; n++) {
        struct thrown e = {.value = n % 5 + 1};
        int r = setjmp(out);
        if (!r)
            throws((int)(n % 20), &e, __builtin_frame_address(0));
        sum += r;
    }
    printf("unwinding %lx\n", sum);
}

int main(void)
{
    long_jumps(repeat(30000, 1000000));
    overflows(repeat(5, 200));
    coroutines(repeat(100000, 1000000));
    fast_coroutines(repeat(300000, 10000000));
    calls(repeat(30000, 3000000));
    unwinding(repeat(1000, 30000));
    return 0;
}
