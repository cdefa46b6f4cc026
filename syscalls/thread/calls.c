/* The system calls about threads. */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/sched.h>
#include <sys/syscall.h>

SYSCALL(exit, int status)
{
    struct sys_thread *t = sys_self;
    if (sig_came_first(t)) /* another thread would not get it any more */
        return SYS_RESTART_NOINTR;
    t->exit_code = (u32)status;
    t->exiting = true;
    return SYS_NO_RESULT;
}

SYSCALL(exit_group, int status)
{
    thread_robust_end(sys_self, true);
    sys_ending();
    return sys_host_quick(SYS_exit_group, status);
}

SYSCALL(set_tid_address, u64 addr)
{
    struct sys_thread *t = sys_self;
    if (t->leader) /* ends by a bare exit, so the kernel does it, also when the process is killed */
        return sys_host_quick(SYS_set_tid_address, sys_window(addr, 4));
    t->clear_child_tid = addr;
    return t->tid;
}

SYSCALL(clone, u64 flags, u64 stack, u64 parent_tid, u64 tls, u64 child_tid)
{
    struct clone_request r = {
        .flags = (u32)flags & ~(u64)CSIGNAL,
        .exit_signal = flags & CSIGNAL,
        .stack = stack,
        .parent_tid = parent_tid,
        .child_tid = child_tid,
        .tls = tls,
    };
    if (r.flags & CLONE_PIDFD) {
        if (r.flags & (CLONE_PARENT_SETTID | CLONE_DETACHED))
            return -EINVAL;
        r.pidfd = parent_tid;
    }
    r.flags &= ~(u64)CLONE_DETACHED;
    return clone_run(sys_self, &r);
}

/* The guest's struct in the version of `bytes` bytes: members that it lacks are zero, those that we do not know must
 * be. */
static long clone3_args(struct abi_clone_args *a, u64 addr, u64 bytes)
{
    u64 known = abi_bytes(&sys_abi, ST_clone_args);
    u8 buffer[MEM_PAGE] = { 0 };

    if (bytes > MEM_PAGE)
        return -E2BIG;
    if (bytes < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    if (copy_in(buffer, addr, bytes) != 0)
        return -EFAULT;
    for (u64 i = known; i < bytes; i++)
        if (buffer[i])
            return -E2BIG;
    abi_to_host(&sys_abi, ST_clone_args, a, buffer);
    return 0;
}

SYSCALL(clone3, u64 addr, size_t bytes)
{
    struct abi_clone_args a;
    long error = clone3_args(&a, addr, bytes);
    if (error)
        return error;

    if (a.flags >> 34 || a.flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
        return -EINVAL;
    if (a.exit_signal > 64 || (a.flags & (CLONE_THREAD | CLONE_PARENT) && a.exit_signal))
        return -EINVAL;
    if (!a.stack != !a.stack_size || (a.stack && !mem_ok(a.stack, a.stack_size)))
        return -EINVAL;
    if (a.set_tid_size > 32 || !a.set_tid != !a.set_tid_size)
        return -EINVAL;
    if (a.flags & CLONE_PIDFD && !mem_ok(a.pidfd, 4))
        return -EFAULT;
    struct clone_request r = {
        .flags = a.flags,
        .pidfd = a.pidfd,
        .child_tid = a.child_tid,
        .parent_tid = a.parent_tid,
        .exit_signal = a.exit_signal,
        .stack = a.stack,
        .stack_size = a.stack_size,
        .tls = a.tls,
        .set_tid = a.set_tid,
        .set_tid_size = a.set_tid_size,
        .cgroup = a.cgroup,
    };
    return clone_run(sys_self, &r);
}

SYSCALL(set_robust_list, u64 head, size_t len)
{
    struct sys_thread *t = sys_self;
    if (len != abi_bytes(&sys_abi, ST_robust_list_head))
        return -EINVAL;
    /* The host's kernel can follow a list of its own layout only. */
    if (abi_same(&sys_abi, ST_robust_list_head)) {
        long r = sys_host_quick(SYS_set_robust_list, sys_window(head, len), len);
        if (r < 0)
            return r;
    }
    t->robust_list = head;
    t->robust_list_len = len;
    return 0;
}

SYSCALL(get_robust_list, pid_t pid, u64 head_addr, u64 len_addr)
{
    u64 head = 0, len = abi_bytes(&sys_abi, ST_robust_list_head);
    size_t host_len;
    void *host_head;

    if (!thread_robust_list(pid ? pid : sys_self->tid, &head)) {
        long r = sys_host_quick(SYS_get_robust_list, pid, &host_head, &host_len);
        if (r < 0)
            return r;
        head = (u64)host_head - mem.base;
    }
    if (abi_copy_out(&sys_abi, ST_ulong, len_addr, &len) || abi_copy_out(&sys_abi, ST_ulong, head_addr, &head))
        return -EFAULT;
    return 0;
}
