/* Signals, internal to syscalls/: the queue between host handlers and guest threads, dispositions, frames.
 *
 * A guest signal is the host signal of the same number. What the guest ignores or leaves at its default is ignored or
 * left at its default on the host, so the host stops, continues, kills and dumps. Only for signals that the guest
 * handles does xrun have a host handler; it puts the siginfo into the thread's queue, blocks all signals on the host until
 * that one has been delivered, and sets cpu->poll. So what was taken from the kernel is delivered under the mask under which
 * it was taken: a call that changes the mask lets it come first (sig_came_first()). Else it would have to go back, behind
 * others of its number, and only to this thread. The host's mask of a thread is otherwise the guest's, minus the
 * synchronous signals, whose host handlers are always there because xrun needs them for the guest's own faults.
 */
#ifndef XRUN_SYS_SIGNAL_H
#define XRUN_SYS_SIGNAL_H

#include "syscalls/sys.h"

enum { SIG_COUNT = 64 }; /* signals are 1..SIG_COUNT */

/* A signal's bit in a mask. */
static inline u64 sig_bit(int sig) { return 1ull << (sig - 1); }
/* Signals that the processor raises: their host handlers are always installed. */
#define SIG_SYNC                                                                                                       \
    (1ull << (SIGSEGV - 1) | 1ull << (SIGBUS - 1) | 1ull << (SIGILL - 1) | 1ull << (SIGFPE - 1) | 1ull << (SIGTRAP - 1))
#define SIG_STANDARD 0x7fffffffull /* those that do not queue up: 1..31 */
#define SIG_UNBLOCKABLE (1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1))

/* A disposition as the kernel's struct sigaction has it. flags: the host's SA_* (the same on every guest here). */
struct sig_action {
    u64 handler; /* guest address, or 0 SIG_DFL, 1 SIG_IGN */
    u64 flags;
    u64 restorer;
    u64 mask;
};

/* A table of dispositions, shared by the threads of a process (and with CLONE_SIGHAND). */
struct sig_actions {
    u32 users;
    u32 lock; /* sig_lock() */
    struct sig_action action[SIG_COUNT + 1];
};

/* What waits for one thread. Written by host handlers on that thread and by the thread itself with signals blocked. */
struct sys_pending {
    u64 set;                      /* bit n-1: info[n] is valid */
    u64 forced;                   /* those among them that an instruction of this thread caused */
    siginfo_t info[SIG_COUNT + 1];
    u64 fault_address, fault_esr; /* of the last fault, for the frame (arm64: 0, no record; arm: trap and error code) */
    u8 host_stack[];              /* for the host's handlers */
};

/* What the signal layer must know of a guest processor. */
struct sig_arch {
    /* Length of the system call instruction that the processor has just left. */
    unsigned (*syscall_bytes)(const struct cpu_common *cpu);
    /* Number and registers of a system call; registers of 32 bits are zero-extended. */
    void (*read_call)(const struct cpu_common *cpu, u64 *number, u64 args[6]);
    /* A number that no call has: true if a signal is raised, false: ENOSYS. May be NULL. */
    bool (*bad_call)(struct sys_thread *t);
    /* Sets the result register of a system call. */
    void (*set_result)(struct cpu_common *cpu, i64 result);
    /* The stack pointer. */
    u64 (*stack_pointer)(const struct cpu_common *cpu);
    /* Registers of a new thread: result 0, stack pointer if sp != 0, thread pointer if set_tls. */
    void (*start_child)(struct cpu_common *cpu, u64 sp, bool set_tls, u64 tls);
    /* Syndrome of the last EXIT_FAULT or EXIT_TRAP for sys_pending.fault_esr; 0: none. */
    u64 (*syndrome)(const struct cpu_common *cpu, int signal);
    /* After TRAP_MOPS: registers and pc such that the prologue runs again, as the kernel leaves them. */
    void (*restart_mops)(struct cpu_common *cpu);
    /* Builds the frame of a handler and points the registers at it. false: the stack cannot hold it. */
    bool (*push)(struct sys_thread *t, int signal, const siginfo_t *info, const struct sig_action *action, u64 mask);
    /* rt_sigreturn: registers, altstack and *mask from the frame at the stack pointer. false: a bad frame. */
    bool (*pop)(struct sys_thread *t, u64 *mask);
    /* sigreturn, for handlers without SA_SIGINFO; NULL: no such call. */
    bool (*pop_old)(struct sys_thread *t, u64 *mask);
    u64 least_altstack; /* MINSIGSTKSZ */
};
extern const struct sig_arch sig_arch_a64, sig_arch_a32;
extern const struct sig_arch *sig_arch; /* of the running guest */

/* --- host.c: the host's side -------------------------------------------------------------------------------------- */

/* Installs the handlers of the synchronous signals and fills table with the inherited dispositions. */
void sig_init_host(struct sig_actions *table);
/* Queue and alternate stack of a new thread (NULL: no memory); sig_use_stack() on the thread itself. */
struct sys_pending *sig_pending_new(void);
void sig_pending_free(struct sys_pending *p);
void sig_use_stack(struct sys_pending *p);
/* Before that, in a program just started: whether it inherited SS_DISABLE. execve(2) takes the alternate stack away and
 * leaves its flags (kernel/exec.c), so this depends on who started it, and a new stack of size 0 is refused or not. */
bool sig_stack_disabled(void);
/* Blocks everything on this host thread but the synchronous signals, returns the mask before. */
u64 sig_host_block(void);
/* Blocks even those; for clone, where no handler can run. */
u64 sig_host_block_all(void);
/* Sets this host thread's mask. */
void sig_host_mask(u64 mask);
/* The mask that the host must have for t now: everything while an asynchronous signal waits for its delivery. */
u64 sig_mask_for(const struct sys_thread *t);
/* Makes the host's disposition of a signal follow the guest's. */
void sig_mirror(int sig, const struct sig_action *a);
/* Before and after execve: dispositions of the synchronous signals as a new program must inherit them. */
void sig_exec_prepare(struct sys_thread *t);
void sig_exec_failed(struct sys_thread *t);
/* The process dies by a signal, whatever its disposition. */
__attribute__((noreturn)) void sig_die(int sig);

/* --- action.c ----------------------------------------------------------------------------------------------------- */

/* A table with one user, all default or copied; NULL: no memory. hold and drop count users; the last one frees it. */
struct sig_actions *sig_actions_new(const struct sig_actions *copy_of);
void sig_actions_hold(struct sig_actions *a);
void sig_actions_drop(struct sig_actions *a);
/* Around reading or changing action[]; the caller has blocked signals (sig_host_block()). */
void sig_lock(struct sig_actions *a);
void sig_unlock(struct sig_actions *a);
/* Changes a disposition here and on the host; old may be NULL. Returns 0 or -EINVAL. */
int sig_set_action(struct sig_actions *a, int sig, const struct sig_action *new, struct sig_action *old);
/* Handlers become defaults (CLONE_CLEAR_SIGHAND). */
void sig_clear_handlers(struct sig_actions *a);

/* --- deliver.c ---------------------------------------------------------------------------------------------------- */

/* Signals that are queued and not blocked. */
u64 sig_ready(const struct sys_thread *t);
/* Takes a signal out of the queue; signals are blocked. */
void sig_take_out(struct sys_thread *t, int sig);
/* At the start of a call that changes the mask or ends the thread. False: none is ready, and signals are blocked on the host
 * until the call sets the mask. True: one is, and the call must return SYS_RESTART_NOINTR. */
bool sig_came_first(struct sys_thread *t);
/* Where the alternate stack counts: is sp on it? */
bool sig_on_altstack(const struct sys_thread *t, u64 sp);
/* Stack pointer to build a frame at: the altstack if the action and the state say so. */
u64 sig_frame_sp(const struct sys_thread *t, const struct sig_action *a);
/* After the frame was built: SS_AUTODISARM. */
void sig_altstack_entered(struct sys_thread *t);
/* sigaltstack(2) after its copy-in: 0 or -errno. min: MINSIGSTKSZ of the guest. */
int sig_set_altstack(struct sys_thread *t, u64 sp, i32 flags, u64 size, u64 min);
/* EXIT_TRAP and EXIT_FAULT of the processor become signals. */
void sig_from_exit(struct sys_thread *t, enum cpu_exit e);

/* --- siginfo.c ---------------------------------------------------------------------------------------------------- */

enum { SIGINFO_BYTES = 128 };
/* Between the host's siginfo_t and the guest's bytes. */
void siginfo_to_guest(u8 out[SIGINFO_BYTES], const siginfo_t *info);
void siginfo_from_guest(siginfo_t *info, const u8 in[SIGINFO_BYTES]);

#endif
