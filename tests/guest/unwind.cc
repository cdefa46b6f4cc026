/* Unwinding through the frame of a signal handler: exceptions and backtraces. */
#pragma GCC optimize("non-call-exceptions")
#include <csignal>
#include <cstdio>
#include <execinfo.h>
#include <stdexcept>
#include <sys/mman.h>
#include <unwind.h>

struct guard {
    const char *name;
    ~guard() { printf("~%s\n", name); }
};

static void throws(int sig)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    throw std::runtime_error("fault");
}

static __attribute__((noinline)) long leaf(long *p)
{
    guard g{"leaf"};
    return *p;
}

static __attribute__((noinline)) long middle(long *p)
{
    guard g{"middle"};
    return leaf(p) + 1;
}

static void exceptions(long *bad)
{
    for (int i = 0; i < 3; i++) {
        try {
            middle(bad);
        } catch (std::exception &e) {
            printf("caught %s\n", e.what());
        }
    }
}

/* Functions that a backtrace meets. */
static void *marks[3];
static int seen, frames;

static _Unwind_Reason_Code frame(_Unwind_Context *c, void *)
{
    void *start = _Unwind_FindEnclosingFunction(reinterpret_cast<void *>(_Unwind_GetIP(c)));
    for (int i = 0; i < 3; i++)
        if (start == marks[i])
            seen |= 1 << i;
    return ++frames > 100 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void traces(int)
{
    void *pc[50];
    _Unwind_Backtrace(frame, nullptr);
    printf("backtrace %d\n", backtrace(pc, 50) > 4);
}

static void repairs(int, siginfo_t *info, void *)
{
    _Unwind_Backtrace(frame, nullptr);
    mprotect(reinterpret_cast<void *>(reinterpret_cast<unsigned long>(info->si_addr) & ~4095ul), 4096,
             PROT_READ | PROT_WRITE);
}

static __attribute__((noinline)) void inner()
{
    raise(SIGUSR1);
    asm volatile("");
}

static __attribute__((noinline)) void outer()
{
    inner();
    asm volatile("");
}

static __attribute__((noinline)) void writes(volatile long *p)
{
    asm volatile("nop");
    *p = 5;
    asm volatile("");
}

int main()
{
    static char stack[65536];
    stack_t alt = {};
    struct sigaction a = {};
    void *page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long *bad = static_cast<long *>(page);

    a.sa_handler = throws;
    sigaction(SIGSEGV, &a, nullptr);
    exceptions(bad);
    alt.ss_sp = stack;
    alt.ss_size = sizeof stack;
    sigaltstack(&alt, nullptr);
    a.sa_flags = SA_ONSTACK;
    sigaction(SIGSEGV, &a, nullptr);
    exceptions(bad);

    marks[0] = reinterpret_cast<void *>(inner);
    marks[1] = reinterpret_cast<void *>(outer);
    marks[2] = reinterpret_cast<void *>(main);
    signal(SIGUSR1, traces);
    outer();
    printf("seen %d\n", seen);
    seen = 0;
    marks[0] = reinterpret_cast<void *>(writes);
    a.sa_sigaction = repairs;
    a.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &a, nullptr);
    writes(bad);
    printf("seen %d\n", seen);
    return 0;
}
