/* The host's side of signals: handlers, masks, dispositions. See signal.h for the scheme. */
#include "syscalls/signal/signal.h"
#include "syscalls/signal/safe_offsets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

_Static_assert(offsetof(struct sys_thread, cpu) == SYS_THREAD_CPU, "safe_syscall.S");
_Static_assert(offsetof(struct cpu_common, poll) == CPU_POLL, "safe_syscall.S");
_Static_assert(SYS_RESTART == -512, "safe_syscall.S");

enum { HOST_SA_RESTORER = 0x04000000 };

/* The kernel's own struct: libc's sigaction() refuses signals 32 and 33, which belong to the guest. */
struct host_sigaction {
    void *handler;
    unsigned long flags;
    void (*restorer)(void);
    u64 mask;
};

extern const char sys_host_begin[], sys_host_end[], sys_host_interrupted[];
void sig_host_return(void);

static void host_action(int sig, void *handler, unsigned long flags)
{
    struct host_sigaction a = { handler, flags | HOST_SA_RESTORER, sig_host_return, ~0ull };
    sys_host_raw(SYS_rt_sigaction, sig, (long)&a, 0, sizeof a.mask, 0, 0);
}

u64 sig_host_block(void)
{
    u64 all = ~SIG_SYNC, old;
    sys_host_raw(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&old, sizeof all, 0, 0);
    return old;
}

u64 sig_host_block_all(void)
{
    u64 all = ~0ull, old;
    sys_host_raw(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&old, sizeof all, 0, 0);
    return old;
}

void sig_host_mask(u64 mask) { sys_host_raw(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, sizeof mask, 0, 0); }

u64 sig_mask_for(const struct sys_thread *t)
{
    u64 queued = t->pending->set & ~SIG_SYNC;
    return queued & ~t->blocked ? ~SIG_SYNC : (t->blocked | queued) & ~SIG_SYNC;
}

/* --- handlers ----------------------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
static uintptr_t *context_pc(ucontext_t *uc) { return (uintptr_t *)&uc->uc_mcontext.gregs[REG_RIP]; }
#endif

static u64 *context_mask(ucontext_t *uc) { return (u64 *)&uc->uc_sigmask; }

/* A fault in xrun's own code. Async-signal-safe, because anything may be broken. */
static __attribute__((noreturn)) void own_fault(int sig, const siginfo_t *info, uintptr_t host_pc)
{
    char text[256];
    struct sys_thread *t = sys_self;
    int n = snprintf(
        text, sizeof text, "xrun: internal error: signal %d code %d address %p at host pc %p, guest pc %#llx\n", sig,
        info->si_code, info->si_addr, (void *)host_pc, t && t->cpu ? (unsigned long long)t->cpu->pc : 0ull);
    sys_host_raw(SYS_write, 2, (long)text, n, 0, 0, 0);
    if (must_context)
        must_context(2);
    sig_die(sig);
}

static void queue_signal(struct sys_thread *t, int sig, const siginfo_t *info, ucontext_t *uc)
{
    struct sys_pending *p = t->pending;
    u64 bit = sig_bit(sig);

    if (!(p->set & bit)) { /* a synchronous signal sent twice: the kernel, too, would keep one */
        p->info[sig] = *info;
        __atomic_or_fetch(&p->set, bit, __ATOMIC_RELEASE);
    }
    if (!(bit & SIG_SYNC))
        *context_mask(uc) |= ~SIG_SYNC;
    __atomic_store_n(&t->cpu->poll, 1, __ATOMIC_RELEASE);

    uintptr_t *pc = context_pc(uc);
    if (*pc >= (uintptr_t)sys_host_begin && *pc < (uintptr_t)sys_host_end)
        *pc = (uintptr_t)sys_host_interrupted;
}

static void host_handler(int sig, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    ucontext_t *uc = context;
    struct sys_thread *t = sys_self;
    uintptr_t pc = *context_pc(uc);

    if (sig_bit(sig) & SIG_SYNC && info->si_code > 0) {
        uintptr_t fixup = mem_fault_fixup(pc);
        if (fixup)
            *context_pc(uc) = fixup;
        else if (!sys.engine || !sys.engine->host_fault(t ? t->cpu : NULL, sig, info, context))
            own_fault(sig, info, pc);
    } else if (t) {
        queue_signal(t, sig, info, uc);
    }
    errno = saved_errno;
}

void sig_mirror(int sig, const struct sig_action *a)
{
    unsigned long keep = a->flags & (SA_NOCLDSTOP | SA_NOCLDWAIT);
    if (sig == SIGKILL || sig == SIGSTOP)
        return;
    if (sig_bit(sig) & SIG_SYNC || a->handler > 1)
        host_action(sig, (void *)(uintptr_t)host_handler, SA_SIGINFO | SA_ONSTACK | keep);
    else
        host_action(sig, a->handler ? (void *)SIG_IGN : (void *)SIG_DFL, keep);
}

void sig_init_host(struct sig_actions *table)
{
    for (int sig = 1; sig <= SIG_COUNT; sig++) {
        struct host_sigaction old = { 0 };
        sys_host_raw(SYS_rt_sigaction, sig, 0, (long)&old, sizeof old.mask, 0, 0);
        table->action[sig] = (struct sig_action){ .handler = old.handler == (void *)SIG_IGN };
        if (sig_bit(sig) & SIG_SYNC)
            sig_mirror(sig, &table->action[sig]);
    }
}

/* The real execve makes defaults of handlers, but the synchronous signals that the guest ignores have one, too. */
static void mirror_ignored(struct sys_thread *t, bool exec)
{
    for (int sig = 1; sig <= SIG_COUNT; sig++) {
        const struct sig_action *a = &t->actions->action[sig];
        if (!(sig_bit(sig) & SIG_SYNC) || a->handler != 1)
            continue;
        if (exec)
            host_action(sig, (void *)SIG_IGN, 0);
        else
            sig_mirror(sig, a);
    }
}

void sig_exec_prepare(struct sys_thread *t)
{
    stack_t none = { .ss_flags = SS_DISABLE };
    sig_host_block();
    mirror_ignored(t, true);
    if (t->altstack_flags & SS_DISABLE) /* the new program inherits this */
        sys_host_raw(SYS_sigaltstack, (long)&none, 0, 0, 0, 0, 0);
    sig_host_mask(sig_ready(t) ? ~SIG_SYNC : t->blocked);
}

void sig_exec_failed(struct sys_thread *t)
{
    sig_host_block();
    mirror_ignored(t, false);
    sig_use_stack(t->pending);
    sig_host_mask(sig_mask_for(t));
}

void sig_die(int sig)
{
    u64 others = ~sig_bit(sig);
    host_action(sig, (void *)SIG_DFL, 0);
    sys_host_raw(SYS_tgkill, getpid(), sys_host_raw(SYS_gettid, 0, 0, 0, 0, 0, 0), sig, 0, 0, 0);
    sig_host_mask(others);
    /* Only the first process of a pid namespace survives that. */
    for (;;)
        sys_host_raw(SYS_exit_group, 128 + sig, 0, 0, 0, 0, 0);
}

/* --- memory of a thread's queue ----------------------------------------------------------------------------------- */

static size_t pending_bytes(size_t *stack)
{
    unsigned long least = getauxval(AT_MINSIGSTKSZ);
    *stack = align_up((least ? least : 2048) + 16384, 4096);
    return align_up(sizeof(struct sys_pending) + *stack, 4096);
}

struct sys_pending *sig_pending_new(void)
{
    size_t stack;
    void *p = mmap(NULL, pending_bytes(&stack), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void sig_pending_free(struct sys_pending *p)
{
    size_t stack;
    if (p)
        munmap(p, pending_bytes(&stack));
}

void sig_use_stack(struct sys_pending *p)
{
    stack_t s = { .ss_sp = p->host_stack };
    pending_bytes(&s.ss_size);
    sys_host_raw(SYS_sigaltstack, (long)&s, 0, 0, 0, 0, 0);
}

bool sig_stack_disabled(void)
{
    stack_t as_it_is_unless_disabled = { 0 };
    return sys_host_raw(SYS_sigaltstack, (long)&as_it_is_unless_disabled, 0, 0, 0, 0, 0) != 0;
}
