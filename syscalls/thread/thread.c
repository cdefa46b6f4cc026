/* Threads: allocation, the list, the end. */
#include "syscalls/seccomp.h"
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__thread struct sys_thread *sys_self;

static struct sys_thread *all_threads;
static u32 list_lock; /* of all_threads; held with signals blocked, for a few instructions */

static void lock_list(void)
{
    while (__atomic_exchange_n(&list_lock, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
}

static void unlock_list(void) { __atomic_store_n(&list_lock, 0, __ATOMIC_RELEASE); }

struct sys_thread *thread_new(const struct sys_thread *parent, struct cpu_common *cpu, struct sig_actions *actions)
{
    struct sys_thread *t = calloc(1, sizeof *t);
    struct sys_pending *p = sig_pending_new();
    if (!t || !p) {
        free(t);
        sig_pending_free(p);
        return NULL;
    }
    t->cpu = cpu;
    t->pending = p;
    t->actions = actions;
    t->altstack_flags = parent || sig_stack_disabled() ? SS_DISABLE : 0;
    if (parent) {
        t->blocked = parent->blocked;
        t->seccomp = parent->seccomp;
        t->seccomp_strict = parent->seccomp_strict;
        seccomp_hold(t->seccomp);
        p->fault_address = parent->pending->fault_address;
        p->fault_esr = parent->pending->fault_esr;
    }
    cpu->thread = t;
    return t;
}

static void free_rest(struct sys_thread *t)
{
    sig_actions_drop(t->actions);
    sig_pending_free(t->pending);
    seccomp_drop(t->seccomp);
    free(t);
}

void thread_free(struct sys_thread *t)
{
    sys.engine->cpu_free(t->cpu);
    free_rest(t);
}

void thread_list_add(struct sys_thread *t)
{
    lock_list();
    t->next = all_threads;
    all_threads = t;
    unlock_list();
}

bool thread_list_remove(struct sys_thread *t)
{
    bool last = true;
    lock_list();
    for (struct sys_thread **p = &all_threads; *p;) {
        if (*p == t) {
            *p = t->next;
            continue;
        }
        last = last && (*p)->tgid != t->tgid;
        p = &(*p)->next;
    }
    unlock_list();
    return last;
}

void thread_list_forget_others(struct sys_thread *self)
{
    struct sys_thread *t = all_threads, *next;
    self->next = NULL;
    all_threads = self;
    for (; t; t = next) {
        next = t->next;
        if (t == self)
            continue;
        sys.engine->cpu_abandon(t->cpu);
        free_rest(t);
    }
}

bool thread_robust_list(pid_t tid, u64 *head)
{
    bool found = false;
    u64 mask = sig_host_block();
    lock_list();
    for (struct sys_thread *t = all_threads; t && !found; t = t->next)
        if (t->tid == tid && t->robust_list) {
            *head = t->robust_list;
            found = true;
        }
    unlock_list();
    sig_host_mask(mask);
    return found;
}

bool thread_alone(const struct sys_thread *self)
{
    bool alone = true;
    u64 mask = sig_host_block();
    lock_list();
    for (const struct sys_thread *t = all_threads; t; t = t->next)
        alone = alone && (t == self || t->tgid != self->tgid);
    unlock_list();
    sig_host_mask(mask);
    return alone;
}

/* The older filters of every thread stay alive in f's chain, so one that is just running is not freed. */
pid_t thread_share_filters(struct sys_thread *self, struct seccomp_filter *f)
{
    pid_t unlike = 0;
    u64 mask = sig_host_block();
    lock_list();
    for (struct sys_thread *t = all_threads; t; t = t->next)
        if (t->tgid == self->tgid && (t->seccomp_strict || !seccomp_descends(t->seccomp, self->seccomp)))
            unlike = t->tid;
    for (struct sys_thread *t = all_threads; t && !unlike; t = t->next) {
        if (t->tgid != self->tgid || t == self)
            continue;
        seccomp_hold(f);
        struct seccomp_filter *old = __atomic_exchange_n(&t->seccomp, f, __ATOMIC_ACQ_REL);
        seccomp_drop(old);
    }
    unlock_list();
    sig_host_mask(mask);
    return unlike;
}

void thread_fork_prepare(void) { lock_list(); }
void thread_fork_done(void) { unlock_list(); }

void thread_attach(struct sys_thread *t)
{
    sys_self = t;
    t->tid = (pid_t)sys_host_quick(SYS_gettid);
    t->tgid = getpid();
    t->leader = t->tid == t->tgid;
    sig_use_stack(t->pending);
}

static void clear_child_tid(struct sys_thread *t)
{
    u32 zero = 0;
    u64 addr = t->clear_child_tid;
    t->clear_child_tid = 0;
    if (addr && copy_out(addr, &zero, sizeof zero) == 0)
        sys_host_quick(SYS_futex, mem_window(addr, 4), FUTEX_WAKE, 1);
}

/* The kernel has the lists whose layout is the host's. */
void thread_robust_end(struct sys_thread *t, bool kernel_too)
{
    bool kernels = abi_same(&sys_abi, ST_robust_list_head);
    if (!t->robust_list || (kernel_too && kernels))
        return;
    if (kernels)
        sys_host_quick(SYS_set_robust_list, 0, t->robust_list_len);
    robust_list_exit(t->robust_list, (u32)t->tid);
    t->robust_list = 0;
}

void thread_exit(struct sys_thread *t)
{
    sig_host_block();
    thread_robust_end(t, t->leader);
    /* The exit code of a process is that of the thread that ends last. Host threads of others that have ended for the
     * guest may still be at it, and must not be the last. */
    if (thread_list_remove(t)) {
        sys_ending();
        sys_host_quick(SYS_exit_group, t->exit_code);
    }
    if (t->leader) {
        /* The kernel has the guest's robust list and clear_child_tid. The state is not freed: other threads of the
         * process may live on, and this one stays as their zombie leader. */
        for (;;)
            sys_host_quick(SYS_exit, t->exit_code);
    }
    clear_child_tid(t);
    if (t->vfork_done)
        thread_flag_set(t->vfork_done);
    t->exiting = true;
}
