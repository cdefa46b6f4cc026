/* Guest threads, internal to syscalls/: their list, their start and end.
 *
 * A guest thread is a host thread with the same kernel id. Threads of one process (CLONE_THREAD) are pthreads, because
 * xrun's own C code needs a libc thread around it. Processes are made by fork(), or, where memory is shared
 * (vfork, CLONE_VM), by a bare clone(2) on a stack of their own; see clone.c.
 */
#ifndef XRUN_SYS_THREAD_H
#define XRUN_SYS_THREAD_H

#include "syscalls/signal/signal.h"

/* A thread that continues where `parent` stands (NULL: the first one) on processor cpu: signal state inherited, not yet
 * in the list, tid 0. actions: a reference that the thread takes over. NULL: no memory. */
struct sys_thread *thread_new(const struct sys_thread *parent, struct cpu_common *cpu, struct sig_actions *actions);
/* Frees everything, the processor included. Not while the thread runs. */
void thread_free(struct sys_thread *t);
/* Enters a thread into the list of all. */
void thread_list_add(struct sys_thread *t);
/* Returns true if no other thread of t's process is left. */
bool thread_list_remove(struct sys_thread *t);
/* In the child of fork: forgets the other threads. */
void thread_list_forget_others(struct sys_thread *self);
/* The host calling thread is t from now on: sys_self, alternate stack, kernel id. */
void thread_attach(struct sys_thread *t);
/* The robust list of a thread of this process. false: no such thread, or it never set one. */
bool thread_robust_list(pid_t tid, u64 *head);
/* Whether it is the only thread of its process. */
bool thread_alone(const struct sys_thread *self);
/* Gives the other threads of self's process the filter f, which has self's as its older one. 0, or the id of a
 * thread whose filters are not among self's: then nothing is changed. */
pid_t thread_share_filters(struct sys_thread *self, struct seccomp_filter *f);
/* Locks of the layer around fork: signals must be blocked. */
void thread_fork_prepare(void);
void thread_fork_done(void);

/* Sets a word that another thread waits for. */
void thread_flag_set(u32 *flag);

/* exit(2) of a thread: what the kernel does to its memory (robust list, clear_child_tid), then ends the host thread
 * unless it is a pthread that can return. */
void thread_exit(struct sys_thread *t);

/* Robust futex list at head: marks what the thread holds as owner-died (robust.c). */
void robust_list_exit(u64 head, u32 tid);

/* The same for t's own list, once. kernel_too: the host's kernel will do it if it can. */
void thread_robust_end(struct sys_thread *t, bool kernel_too);
/* A number that the kernel put at addr in the host's byte order gets the guest's, unless it has changed since. */
void thread_turn_id(u64 addr, u32 id);
/* FUTEX_WAKE_OP and the PI operations where the kernel cannot read the guest's words (futex_swapped.c). timeout: as the
 * kernel gets it. */
long futex_swapped(u64 uaddr, int op, u32 val, u64 fourth, u64 uaddr2, u32 val3);

/* The arguments of clone3(2) in host order. */
struct clone_request {
    u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
/* Does it. Returns the new thread's id in the parent, 0 in a child process, or -errno. */
long clone_run(struct sys_thread *t, const struct clone_request *r);

#endif
