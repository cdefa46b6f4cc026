/* Making threads and processes: clone(2), clone3(2).
 *
 *   CLONE_THREAD            a pthread that runs sys_thread_loop(). The parent waits until the new thread has its id.
 *   memory not shared       fork() of the C library, so that its locks are sound in the child; a bare clone(2) where
 *                           flags are asked for that fork() cannot give.
 *   CLONE_VM | CLONE_VFORK  a bare clone(2) on a stack of its own. The child borrows the C library's thread block of
 *                           the parent, which the kernel keeps asleep until the child has exited or called execve.
 *   CLONE_VM alone          the same, but the parent goes on; so the block is borrowed from a thread made for this
 *                           purpose, which sleeps until the child is gone.
 *
 * The guest's thread pointer is in its processor state, so CLONE_SETTLS never reaches the host; everything else does.
 * All signals are blocked from the start until parent and child are ready.
 */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ull
#endif

enum {
    HOST_STACK_BYTES = 512 << 10, /* of a thread that runs guest code */
    DONOR_STACK_BYTES = 64 << 10,
};

long thread_clone_raw(u64 flags, void *stack_top, void *parent_tid, void *child_tid, void (*child)(void *),
                      void *argument);
long thread_clone3_raw(void *args, size_t bytes, void (*child)(void *), void *argument);

static u64 child_sp(const struct clone_request *r) { return r->stack ? r->stack + r->stack_size : 0; }

/* The guest's registers of a new thread. */
static void start_registers(struct sys_thread *t, const struct clone_request *r)
{
    sig_arch->start_child(t->cpu, child_sp(r), r->flags & CLONE_SETTLS, r->tls);
}

/* A thread structure for a child that shares memory. */
static struct sys_thread *new_child(struct sys_thread *parent, const struct clone_request *r)
{
    struct sig_actions *actions = parent->actions;

    if (r->flags & CLONE_SIGHAND) {
        sig_actions_hold(actions);
    } else {
        sig_lock(actions);
        actions = sig_actions_new(actions);
        sig_unlock(parent->actions);
    }
    struct cpu_common *cpu = actions ? sys.engine->cpu_new(parent->cpu) : NULL;
    struct sys_thread *t = cpu ? thread_new(parent, cpu, actions) : NULL;
    if (!t) {
        if (cpu)
            sys.engine->cpu_free(cpu);
        sig_actions_drop(actions);
        return NULL;
    }
    if (r->flags & CLONE_VFORK && !(r->flags & CLONE_THREAD)) { /* the kernel keeps the altstack only for vfork */
        t->altstack_sp = parent->altstack_sp;
        t->altstack_size = parent->altstack_size;
        t->altstack_flags = parent->altstack_flags;
    }
    start_registers(t, r);
    return t;
}

/* --- a word that one thread sets and another waits for ------------------------------------------------------------ */

void thread_flag_set(u32 *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
    sys_host_quick(SYS_futex, flag, FUTEX_WAKE_PRIVATE, 1);
}

static void flag_wait(u32 *flag)
{
    while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
        sys_host_quick(SYS_futex, flag, FUTEX_WAIT_PRIVATE, 0);
}

/* A detached pthread; signals must all be blocked. 0 or -errno. */
static int start_pthread(struct sys_thread *self, void *(*f)(void *), void *argument, size_t stack_bytes)
{
    pthread_attr_t attr;
    pthread_t id;
    int error;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, stack_bytes);
    error = pthread_create(&id, &attr, f, argument);
    pthread_attr_destroy(&attr);
    /* The C library's first pthread_create() takes a signal for itself and unblocks it; it is the guest's. */
    sig_host_block_all();
    sig_lock(self->actions);
    sig_mirror(33, &self->actions->action[33]);
    sig_unlock(self->actions);
    return -error;
}

/* --- CLONE_THREAD ------------------------------------------------------------------------------------------------- */

struct start {
    struct sys_thread *t;
    const struct clone_request *r;
    long result; /* id of the new thread or -errno */
    u32 ready;
};

/* What pthread_create() shares and the guest does not want shared, and new namespaces. */
static long unshare_rest(u64 flags)
{
    u64 separate = ~flags & (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM);
    separate |= flags & (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP);
    return separate ? sys_host_quick(SYS_unshare, separate) : 0;
}

static void free_self(struct sys_thread *t)
{
    stack_t none = { .ss_flags = SS_DISABLE };
    sig_host_block_all();
    sys_self = NULL;
    sys_host_quick(SYS_sigaltstack, &none, 0);
    thread_free(t);
}

static void *thread_main(void *argument)
{
    struct start *s = argument;
    struct sys_thread *t = s->t;
    const struct clone_request *r = s->r;

    thread_attach(t);
    s->result = unshare_rest(r->flags);
    if (s->result < 0) {
        thread_list_remove(t);
        thread_flag_set(&s->ready);
        free_self(t);
        return NULL;
    }
    s->result = t->tid;
    /* As in the kernel, an address that cannot be written is the caller's loss, not an error. */
    if (r->flags & CLONE_PARENT_SETTID && abi_copy_out(&sys_abi, ST_int, r->parent_tid, &t->tid))
        log_print(LOG_UNIMP, "clone: parent_tid %#llx cannot be written\n", (unsigned long long)r->parent_tid);
    if (r->flags & CLONE_CHILD_SETTID && abi_copy_out(&sys_abi, ST_int, r->child_tid, &t->tid))
        log_print(LOG_UNIMP, "clone: child_tid %#llx cannot be written\n", (unsigned long long)r->child_tid);
    if (r->flags & CLONE_CHILD_CLEARTID)
        t->clear_child_tid = r->child_tid;
    thread_flag_set(&s->ready); /* s is gone from here on */

    sig_host_mask(sig_mask_for(t));
    sys_thread_loop(t);
    thread_exit(t);
    free_self(t);
    return NULL;
}

static long clone_thread(struct sys_thread *self, const struct clone_request *r)
{
    struct start s = { .r = r };
    bool vfork = r->flags & CLONE_VFORK;
    u32 ended = 0;

    if (r->flags & (CLONE_NEWUSER | CLONE_NEWPID | CLONE_PIDFD) || r->set_tid_size)
        return -EINVAL;
    s.t = new_child(self, r);
    if (!s.t)
        return -ENOMEM;
    s.t->tgid = self->tgid;
    s.t->vfork_done = vfork ? &ended : NULL;
    thread_list_add(s.t);
    int error = start_pthread(self, thread_main, &s, HOST_STACK_BYTES);
    if (error) {
        thread_list_remove(s.t);
        thread_free(s.t);
        return error;
    }
    flag_wait(&s.ready);
    if (vfork && s.result > 0)
        flag_wait(&ended);
    return s.result;
}

/* --- memory not shared -------------------------------------------------------------------------------------------- */

static void *window(u64 addr) { return addr ? mem_window(addr, 4) : NULL; }

/* Flags as the host's kernel gets them. */
static u64 host_flags(const struct clone_request *r)
{
    return r->flags & ~(u64)(CLONE_SETTLS | CLONE_CLEAR_SIGHAND);
}

static bool needs_clone3(const struct clone_request *r)
{
    const u64 one_word = CLONE_PIDFD | CLONE_PARENT_SETTID; /* clone(2) has one argument for both */
    return r->set_tid_size || r->flags & CLONE_INTO_CGROUP || host_flags(r) >> 32 || (r->flags & one_word) == one_word;
}

/* Fills the host's arguments; the addresses are the guest's memory, which the kernel writes itself. set_tid_copy:
 * room for the ids. 0 or -errno. */
static int host_args(struct clone_args *a, const struct clone_request *r, i32 set_tid_copy[32])
{
    *a = (struct clone_args){
        .flags = host_flags(r),
        .pidfd = (uintptr_t)window(r->pidfd),
        .child_tid = (uintptr_t)window(r->child_tid),
        .parent_tid = (uintptr_t)window(r->parent_tid),
        .exit_signal = r->exit_signal,
        .cgroup = r->cgroup,
    };
    if (r->set_tid_size) {
        if (copy_in(set_tid_copy, r->set_tid, r->set_tid_size * sizeof(i32)) != 0)
            return -EFAULT;
        a->set_tid = (uintptr_t)set_tid_copy;
        a->set_tid_size = r->set_tid_size;
    }
    return 0;
}

/* clone(2) for a child with memory of its own: it returns twice, as fork() does. */
static long bare_fork(const struct clone_request *r)
{
    struct clone_args a;
    i32 ids[32];
    int error = host_args(&a, r, ids);
    if (error)
        return error;
    if (needs_clone3(r))
        return sys_host_quick(SYS_clone3, &a, sizeof a);
    return sys_host_quick(SYS_clone, a.flags | a.exit_signal, 0, a.flags & CLONE_PIDFD ? a.pidfd : a.parent_tid,
                          a.child_tid, 0);
}

static bool plain_fork(const struct clone_request *r)
{
    const u64 emulated = CLONE_SETTLS | CLONE_CLEAR_SIGHAND | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                         CLONE_CHILD_CLEARTID;
    return !(r->flags & ~emulated) && r->exit_signal == SIGCHLD && !r->set_tid_size;
}

/* What fork() of the C library did not do. As in the kernel, an address that cannot be written is the caller's loss. */
static void finish_plain_fork(const struct clone_request *r, int pid)
{
    u64 to = 0;
    if (pid > 0 && r->flags & CLONE_PARENT_SETTID)
        to = r->parent_tid;
    if (!pid && r->flags & CLONE_CHILD_CLEARTID)
        sys_host_quick(SYS_set_tid_address, window(r->child_tid));
    if (!pid && r->flags & CLONE_CHILD_SETTID)
        to = r->child_tid;
    int id = pid ? pid : (int)sys_host_quick(SYS_gettid);
    if (to && abi_copy_out(&sys_abi, ST_int, to, &id))
        log_print(LOG_UNIMP, "clone: %#llx cannot be written\n", (unsigned long long)to);
}

void thread_turn_id(u64 addr, u32 id)
{
    u32 expected = id;
    if (sys_abi.big_endian && mem_swap(addr, &expected, __builtin_bswap32(id)) > 0)
        log_print(LOG_UNIMP, "clone: the id at %#llx has changed\n", (unsigned long long)addr);
}

/* Ids that the kernel wrote on a bare clone(2), in the parent. */
static void turn_ids(const struct clone_request *r, long pid)
{
    u32 fd;
    if (pid > 0 && r->flags & CLONE_PARENT_SETTID)
        thread_turn_id(r->parent_tid, (u32)pid);
    if (pid > 0 && r->flags & CLONE_PIDFD && copy_in(&fd, r->pidfd, sizeof fd) == 0)
        thread_turn_id(r->pidfd, fd);
}

/* In a child. One that shares memory must not see the kernel's number either. */
static void turn_ids_of_child(const struct clone_request *r, pid_t tid)
{
    if (r->flags & CLONE_CHILD_SETTID)
        thread_turn_id(r->child_tid, (u32)tid);
    if (r->flags & CLONE_VM && r->flags & CLONE_PARENT_SETTID)
        thread_turn_id(r->parent_tid, (u32)tid);
}

static void fork_child(struct sys_thread *t, const struct clone_request *r)
{
    thread_list_forget_others(t);
    t->pending->set = t->pending->forced = 0;
    t->clear_child_tid = t->robust_list = t->robust_list_len = 0;
    thread_attach(t);
    start_registers(t, r);
    if (r->flags & CLONE_CLEAR_SIGHAND)
        sig_clear_handlers(t->actions);
}

static long clone_fork(struct sys_thread *t, const struct clone_request *r)
{
    bool plain = plain_fork(r);
    long pid;

    sys.engine->fork_prepare();
    mem_fork_prepare();
    sig_lock(t->actions);
    thread_fork_prepare();
    pid = plain ? host_ret(fork()) : bare_fork(r);
    thread_fork_done();
    sig_unlock(t->actions);
    mem_fork_done(pid == 0);
    sys.engine->fork_done(pid == 0);
    if (plain && pid >= 0)
        finish_plain_fork(r, (int)pid);
    else
        turn_ids(r, pid);
    if (pid == 0)
        fork_child(t, r);
    if (pid == 0 && !plain)
        turn_ids_of_child(r, t->tid);
    return pid;
}

/* --- CLONE_VM: another process in the same memory ----------------------------------------------------------------- */

struct vm_start {
    struct sys_thread *t;
    struct clone_request r;
};

static void vm_child(void *argument)
{
    const struct vm_start *s = argument; /* on the child's own stack */
    struct sys_thread *t = s->t;
    thread_attach(t);
    turn_ids_of_child(&s->r, t->tid);
    sig_host_mask(sig_mask_for(t));
    sys_thread_loop(t);
    thread_exit(t);
}

/* Starts t as a process of its own on the host stack given, with the calling thread's block of the C library. */
static long start_vm_child(struct sys_thread *t, const struct clone_request *r, u8 *stack)
{
    struct clone_args a;
    i32 ids[32];
    int error = host_args(&a, r, ids);
    if (error)
        return error;
    size_t bytes = HOST_STACK_BYTES - align_up(sizeof(struct vm_start), 16);
    struct vm_start *start = (struct vm_start *)(stack + bytes);
    *start = (struct vm_start){ t, *r };
    long pid;
    if (needs_clone3(r)) {
        a.stack = (uintptr_t)stack;
        a.stack_size = bytes;
        pid = thread_clone3_raw(&a, sizeof a, vm_child, start);
    } else {
        pid = thread_clone_raw(a.flags | a.exit_signal, stack + bytes,
                               (void *)(uintptr_t)(a.flags & CLONE_PIDFD ? a.pidfd : a.parent_tid),
                               (void *)(uintptr_t)a.child_tid, vm_child, start);
    }
    turn_ids(r, pid);
    return pid;
}

#if defined(XRUN_SANITIZE)
void __asan_unpoison_memory_region(const volatile void *start, size_t bytes);
#endif

/* With AddressSanitizer a child's frames are still marked on its stack when it has ended, and the next stack may get
 * the same place. */
static void forget_frames(u8 *stack)
{
#if defined(XRUN_SANITIZE)
    __asan_unpoison_memory_region(stack, HOST_STACK_BYTES);
#else
    (void)stack;
#endif
}

static u8 *new_host_stack(void)
{
    void *p = mmap(NULL, HOST_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    mprotect(p, MEM_PAGE, PROT_NONE); /* an overflow must not go unnoticed */
    return p;
}

static void vm_child_gone(struct sys_thread *t, u8 *stack)
{
    thread_list_remove(t);
    thread_free(t);
    forget_frames(stack);
    munmap(stack, HOST_STACK_BYTES);
}

static long clone_vfork(struct sys_thread *self, const struct clone_request *r)
{
    u8 *stack = new_host_stack();
    struct sys_thread *t = stack ? new_child(self, r) : NULL;
    if (!t) {
        if (stack)
            munmap(stack, HOST_STACK_BYTES);
        return -ENOMEM;
    }
    thread_list_add(t);
    long pid = start_vm_child(t, r, stack);
    sys_self = self;
    vm_child_gone(t, stack);
    return pid;
}

struct donor {
    struct sys_thread *t;
    const struct clone_request *r;
    u8 *stack;
    long pid;
    u32 ready;
};

static void *donor_main(void *argument)
{
    struct donor *d = argument;
    struct sys_thread *t = d->t;
    u8 *stack = d->stack;
    long pid = d->pid = start_vm_child(t, d->r, stack);
    int fd = pid < 0 ? -1 : (int)sys_host_quick(SYS_pidfd_open, pid, 0);

    thread_flag_set(&d->ready); /* d is gone from here on */
    if (fd >= 0) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        while (poll(&p, 1, -1) < 0 && errno == EINTR)
            ;
        close(fd);
    }
    sys_self = NULL;
    vm_child_gone(t, stack);
    return NULL;
}

static long clone_vm(struct sys_thread *self, const struct clone_request *r)
{
    struct donor d = { .r = r, .stack = new_host_stack() };
    d.t = d.stack ? new_child(self, r) : NULL;
    int error = -ENOMEM;

    if (d.t) {
        thread_list_add(d.t);
        error = start_pthread(self, donor_main, &d, DONOR_STACK_BYTES);
        if (!error) {
            flag_wait(&d.ready);
            return d.pid;
        }
        vm_child_gone(d.t, d.stack);
    } else if (d.stack) {
        munmap(d.stack, HOST_STACK_BYTES);
    }
    return error;
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* The kernel's checks in copy_process() that come before anything is made. */
static int check_flags(const struct clone_request *r)
{
    u64 f = r->flags;

    if ((f & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS) ||
        (f & (CLONE_NEWUSER | CLONE_FS)) == (CLONE_NEWUSER | CLONE_FS))
        return -EINVAL;
    if ((f & CLONE_THREAD && !(f & CLONE_SIGHAND)) || (f & CLONE_SIGHAND && !(f & CLONE_VM)))
        return -EINVAL;
    if (f & CLONE_SIGHAND && f & CLONE_CLEAR_SIGHAND)
        return -EINVAL;
    if (r->set_tid_size > 32)
        return -EINVAL;
    return 0;
}

long clone_run(struct sys_thread *t, const struct clone_request *r)
{
    int error = check_flags(r);
    if (error)
        return error;

    sig_host_block_all();
    long result;
    if (r->flags & CLONE_THREAD)
        result = clone_thread(t, r);
    else if (!(r->flags & CLONE_VM))
        result = clone_fork(t, r);
    else if (r->flags & CLONE_VFORK)
        result = clone_vfork(t, r);
    else
        result = clone_vm(t, r);
    sig_host_mask(sig_mask_for(t));
    return result;
}
