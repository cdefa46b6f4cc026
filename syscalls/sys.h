/* The system call layer: turns guest Linux calls into host ones.
 *
 * One struct sys_thread per guest thread, one struct sys_process for the process. Every call goes: cpu_run() returns
 * EXIT_SYSCALL -> sys_dispatch() reads number and arguments from the guest's registers -> the row of table.def fetches
 * and converts arguments -> SYSCALL() function in its family's file -> results are copied out -> the register is set.
 * A function returns a non-negative result or a negative Linux errno; the errno numbers of all guests here are the
 * host's (asm-generic).
 *
 * syscalls/ never includes cpu/run: the engine is reached through struct sys_engine, filled in by tools/xrun.c.
 */
#ifndef XRUN_SYS_H
#define XRUN_SYS_H

#include "base/base.h"
#include "state/common.h"
#include "softmmu/softmmu.h"

#include <signal.h>
#include <sys/types.h>

/* How the syscall layer reaches the processor (cpu/run/run.h has the meaning of each). */
struct sys_engine {
    enum cpu_exit (*run)(struct cpu_common *cpu);
    struct cpu_common *(*cpu_new)(const struct cpu_common *copy_of);
    void (*cpu_free)(struct cpu_common *cpu);
    void (*cpu_abandon)(struct cpu_common *cpu);
    bool (*host_fault)(struct cpu_common *cpu, int signal, const siginfo_t *info, void *ucontext);
    /* Code was written there: translations go, those of other mappings of the same memory, too. */
    void (*code_written)(struct cpu_common *cpu, u64 addr, u64 len);
    void (*fork_prepare)(void);
    void (*fork_done)(bool child);
    /* The process is about to end or to become another program; cpu: the calling thread's, or NULL. NULL: nobody asks. */
    void (*ending)(struct cpu_common *cpu);
};

struct sys_pending; /* signal/signal.h */
struct sig_actions; /* signal/signal.h */
struct seccomp_filter; /* seccomp.h */

struct sys_thread {
    struct cpu_common *cpu;
    pid_t tid, tgid;          /* of the host's thread and process, 0 before it runs */
    u64 clear_child_tid;      /* guest address, 0: none */
    u64 robust_list, robust_list_len;
    /* signals: signal/ */
    struct sig_actions *actions; /* handlers; shared as CLONE_SIGHAND says */
    u64 blocked;              /* guest's mask, bit n-1 = signal n; sig_set_mask() changes it */
    u64 saved_mask;           /* mask to restore after the handler of a call such as ppoll */
    bool restore_mask;
    u64 altstack_sp, altstack_size;
    u32 altstack_flags;
    struct sys_pending *pending; /* synchronous and queued signals of this thread */
    /* restart of interrupted calls */
    i64 restart;              /* sys_dispatch(): the SYS_RESTART* value that the call gave, 0 otherwise. The result
                                 register is then left alone; sig_deliver() sets it or moves pc back to syscall_pc */
    u64 syscall_pc;           /* pc of the svc instruction */
    u64 syscall_nr, syscall_args[6];
    u32 *vfork_done;          /* set when it ends: another thread sleeps until then (CLONE_VFORK) */
    struct seccomp_filter *seccomp; /* newest filter, NULL: none */
    bool seccomp_strict;
    struct sys_thread *next;  /* list of all threads; lock: sys_process.lock */
    bool exiting;             /* set by exit(2): the loop returns */
    bool leader;              /* the kernel's main thread of its process */
    u32 exit_code;
};

struct sys_options {
    const char *sysroot;      /* -L, NULL: none */
    const char *self;         /* absolute path of xrun */
    char **self_args;         /* options that children started by execve get, NULL-terminated */
    bool strace;
    const char *uname_release; /* -r */
    int seccomp_fd;           /* filters that execve(2) handed on (seccomp.c), -1: none */
};

struct sys_process {
    const struct sys_engine *engine;
    struct sys_options options;
    char *exe;                /* absolute path of the guest program, for /proc/self/exe */
    char **argv;              /* the guest's, for /proc/self/cmdline */
    char *comm;
    void *auxv;               /* the auxv that the loader built, guest layout */
    size_t auxv_bytes;
    u64 stack_start, arg_start, arg_end, env_start, env_end;
    const char *machine;      /* uname -m */
    u32 fpscr_bits;           /* arm: the control bits that the processor's FPSCR has (a32_fpscr_bits()) */
    /* For /proc/cpuinfo: the processor's identity (MIDR_EL1), its architecture as text; arm: its name, AT_PLATFORM. */
    u32 midr;
    const char *cpu_architecture, *cpu_name, *platform;
    /* Code that returns from a handler. arm64: __kernel_rt_sigreturn of the vdso. arm: six words as the kernel's
     * sigreturn_codes: {mov r7, #119; svc} for A32, the same for Thumb (4 bytes), {mov r7, #173; svc} for A32, for Thumb;
     * 0: the words in the frame are run. */
    u64 sigreturn_addr;
};
extern struct sys_process sys;
/* Put by execve(2) in front of variables that the loader and the library of the host's xrun would obey: LD_PRELOAD of
 * the guest names a library for another processor. The new xrun takes it off. */
#define SYS_GUEST_VARIABLE "XRUN_GUEST:"
extern __thread struct sys_thread *sys_self; /* the calling thread's; NULL on a thread that runs no guest */
/* To be called before the process ends or becomes another program. */
static inline void sys_ending(void)
{
    if (sys.engine->ending)
        sys.engine->ending(sys_self ? sys_self->cpu : NULL);
}

/* What the guest is: its calls' numbers, layouts, byte order of its data, signal frames. Before sys_run_main(). */
enum sys_guest { SYS_GUEST_ARM64, SYS_GUEST_ARM };
void sys_set_guest(enum sys_guest guest, bool big_endian);
/* Before the first guest instruction: installs host handlers, takes over the inherited mask and dispositions. */
void sys_init(const struct sys_engine *engine, const struct sys_options *options);
/* Makes the main thread for a processor whose registers the loader has set; then runs it until the process ends. */
__attribute__((noreturn)) void sys_run_main(struct cpu_common *cpu);
/* The loop of every guest thread: run, dispatch, deliver. Returns when the thread has exited. */
void sys_thread_loop(struct sys_thread *t);

/* One system call of the guest; sets the result register. syscalls/dispatch.c */
void sys_dispatch(struct sys_thread *t);

/* Special results of SYSCALL functions, beyond -errno; never seen by the guest. */
enum {
    SYS_RESTART = -512,        /* ERESTARTSYS: restart if the handler has SA_RESTART, else EINTR */
    SYS_RESTART_NOINTR = -513, /* ERESTARTNOINTR: always restart */
    SYS_RESTART_NOHAND = -514, /* ERESTARTNOHAND: restart only if no handler runs */
    SYS_RESTART_BLOCK = -516,  /* ERESTART_RESTARTBLOCK: through restart_syscall */
    SYS_NO_RESULT = -600,      /* registers were set by the call itself (rt_sigreturn, exec) */
};

/* Issues a host system call from the one known assembly sequence, so that a signal that arrives before the kernel entry
 * is not lost: returns SYS_RESTART at once if t->cpu->poll is set on entry or a signal came in before it. Otherwise the
 * kernel's result, -EINTR turned into SYS_RESTART. Every blocking call goes through it. At most six arguments of any
 * integer or pointer type. signal/safe_syscall.S */
#define sys_host(...) SYS_HOST_ARGS(sys_host_call, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
/* The kernel's result of a call that cannot block. */
#define sys_host_quick(...) SYS_HOST_ARGS(sys_host_raw, __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define SYS_HOST_ARGS(f, nr, a, b, c, d, e, g, ...)                                                                    \
    f((long)(nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(g))
long sys_host_call(long nr, long a, long b, long c, long d, long e, long f);
long sys_host_raw(long nr, long a, long b, long c, long d, long e, long f);
/* Wraps sys_host() for calls that a handler interrupts even with SA_RESTART (poll, select, epoll_wait, nanosleep,
 * sigtimedwait, semop, io_getevents ..; signal(7)): EINTR if a handler runs, restarted if none does. */
static inline long sys_unless_handler(long r) { return r == SYS_RESTART ? SYS_RESTART_NOHAND : r; }
/* -1/errno of a libc function to the layer's convention. */
static inline long host_ret(long r) { extern int *__errno_location(void); return r == -1 ? -*__errno_location() : r; }

/* --- signals: signal/ --------------------------------------------------------------------------------------------- */

/* Delivers what is pending and not blocked; called between system calls and after EXIT_POLL. May not return (default
 * action ends the process). */
void sig_deliver(struct sys_thread *t);
/* Queues a synchronous signal for the current instruction (trap or fault) and forces it, as force_sig_fault() does. */
void sig_fault(struct sys_thread *t, int signal, int code, u64 addr);
/* The same with a siginfo of any kind. */
void sig_force(struct sys_thread *t, const siginfo_t *info);
/* ppoll, pselect6, epoll_pwait, rt_sigsuspend: sets the guest's mask until the call is over and its handler, if any,
 * has been entered; then the old mask comes back by itself. 0, or SYS_RESTART_NOINTR to be returned. */
long sig_temporary_mask(struct sys_thread *t, u64 mask);
/* The guest's blocked mask from now on; the host's follows. */
void sig_set_mask(struct sys_thread *t, u64 mask);

/* --- paths: path.c ------------------------------------------------------------------------------------------------ */

/* Turns a guest path into a host path: sysroot for absolute paths that exist there, /proc/self and friends. Returns
 * `path` itself or `buffer`. */
const char *sys_path(const char *path, char *buffer, size_t bytes);
/* The same for calls that do not follow a symbolic link in the last component (lstat, readlink, unlink, rename,
 * symlink, O_NOFOLLOW, AT_SYMLINK_NOFOLLOW) or that create it. */
const char *sys_path_nofollow(const char *path, char *buffer, size_t bytes);

/* --- /proc: proc_fs.c --------------------------------------------------------------------------------------------- */

/* For every descriptor that open, openat or openat2 of the guest just made (flags: the O_* of the call): if it is a
 * file of /proc that must show the guest (maps, auxv, cmdline, exe, cpuinfo ..), by whatever path it was reached,
 * puts what the guest shall see in its place under the same number. Returns the descriptor, or -errno after closing
 * it. */
int proc_opened(int fd, int flags);
/* After a successful readlinkat of the host: if the link was /proc/<self>/exe, or that of another process of xrun, puts
 * the guest's program into buf. Returns the length as readlink does. dirfd and path are those given to the host. */
long proc_readlinked(int dirfd, const char *path, char *buf, size_t bytes, long length);
/* The guest's program if path, followed, is the exe link of this or another process of xrun, else path itself: for stat
 * and its kin. Valid until the thread asks again. */
const char *proc_follow_exe(int dirfd, const char *path);
/* Once sys describes the process: lets other processes see the guest in its folder below /proc. program_fd: the guest
 * program. Where the kernel does not help, xrun is seen. */
void proc_announce(int program_fd);

#endif
