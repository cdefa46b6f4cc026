/* fcntl(2): the argument's meaning depends on the command. */
#include "syscalls/syscall.h"

/* kind: the guest's struct; the host's command always has 64-bit offsets. What does not fit the struct is EOVERFLOW
 * (fs/fcntl.c fixup_compat_flock()). */
static long lock_command(int fd, int cmd, u64 arg, bool wait, enum abi_struct_id kind)
{
    struct flock lock;
    if (abi_copy_in(&sys_abi, kind, &lock, arg))
        return sys_host_quick(__NR_fcntl, fd, cmd, SYS_BAD_POINTER); /* EBADF comes first */
    long r = wait ? sys_host(__NR_fcntl, fd, cmd, &lock) : sys_host_quick(__NR_fcntl, fd, cmd, &lock);
    bool get = cmd == F_GETLK || cmd == F_OFD_GETLK;
    if (r || !get)
        return r;
    if (kind == ST_flock && abi_narrow(&sys_abi)) {
        if (lock.l_start > INT32_MAX)
            return -EOVERFLOW;
        lock.l_len = lock.l_len > INT32_MAX ? 0 : lock.l_len;
    }
    return abi_copy_out(&sys_abi, kind, arg, &lock) ? -EFAULT : 0;
}
_Static_assert(sizeof(struct flock) == sizeof(struct flock64), "both rows describe the host's struct");

/* The commands about locks with 64-bit offsets of guests that have others, too (F_GETLK64, F_SETLK64, F_SETLKW64). */
enum { GETLK64 = 12, SETLK64, SETLKW64 };

SYSCALL(fcntl64, int fd, int cmd, unsigned long arg)
{
    if (sys_own_fd(fd))
        return -EBADF;
    switch (cmd) {
    case GETLK64:
    case SETLK64:
    case SETLKW64:
        return lock_command(fd, cmd - GETLK64 + F_GETLK, arg, cmd == SETLKW64, ST_flock64);
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return lock_command(fd, cmd, arg, cmd == F_OFD_SETLKW, ST_flock64);
    default:
        return sys_do_fcntl(fd, cmd, arg);
    }
}

/* Without the commands that need 64-bit offsets. */
SYSCALL(fcntl_32, int fd, int cmd, unsigned long arg)
{
    bool wide = cmd == F_OFD_GETLK || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
    if (wide)
        return sys_own_fd(fd) || sys_host_quick(__NR_fcntl, fd, F_GETFD, 0) < 0 ? -EBADF : -EINVAL;
    return sys_do_fcntl(fd, cmd, arg);
}

SYSCALL(fcntl, int fd, int cmd, unsigned long arg)
{
    struct abi_f_owner_ex owner;
    long r;
    if (sys_own_fd(fd))
        return -EBADF;
    switch (cmd) {
    case F_GETLK:
    case F_SETLK:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
        return lock_command(fd, cmd, arg, false, ST_flock);
    case F_SETLKW:
    case F_OFD_SETLKW:
        return lock_command(fd, cmd, arg, true, ST_flock);
    case F_GETFL:
        r = sys_host_quick(__NR_fcntl, fd, cmd, 0);
        return r < 0 ? r : (long)abi_flags_to_guest(&sys_abi, CT_open, (u64)r);
    case F_SETFL:
        return sys_host_quick(__NR_fcntl, fd, cmd, abi_flags_to_host(&sys_abi, CT_open, arg));
    case F_SETOWN_EX:
        if (abi_copy_in(&sys_abi, ST_f_owner_ex, &owner, arg))
            return -EFAULT;
        return sys_host_quick(__NR_fcntl, fd, cmd, &owner);
    case F_GETOWN_EX:
        r = sys_host_quick(__NR_fcntl, fd, cmd, &owner);
        return r == 0 && abi_copy_out(&sys_abi, ST_f_owner_ex, arg, &owner) ? -EFAULT : r;
    case 17: { /* F_GETOWNER_UIDS: two uids */
        struct abi_fdpair uids;
        r = sys_host_quick(__NR_fcntl, fd, cmd, &uids);
        return r == 0 && abi_copy_out(&sys_abi, ST_fdpair, arg, &uids) ? -EFAULT : r;
    }
    case F_GET_RW_HINT:
    case F_GET_FILE_RW_HINT:
    case F_SET_RW_HINT:
    case F_SET_FILE_RW_HINT: {
        u64 hint = 0;
        bool set = cmd == F_SET_RW_HINT || cmd == F_SET_FILE_RW_HINT;
        if (set && abi_copy_in(&sys_abi, ST_u64, &hint, arg))
            return -EFAULT;
        r = sys_host_quick(__NR_fcntl, fd, cmd, &hint);
        return r == 0 && !set && abi_copy_out(&sys_abi, ST_u64, arg, &hint) ? -EFAULT : r;
    }
    case F_DUPFD:
    case F_GETFD:
    case F_SETFD:
    case F_SETOWN:
    case F_GETOWN:
    case F_SETSIG:
    case F_GETSIG:
    case F_SETLEASE:
    case F_GETLEASE:
    case F_NOTIFY:
    case F_DUPFD_CLOEXEC:
    case F_SETPIPE_SZ:
    case F_GETPIPE_SZ:
    case F_ADD_SEALS:
    case F_GET_SEALS:
        return sys_host_quick(__NR_fcntl, fd, cmd, arg);
    default:
        log_print(LOG_UNIMP, "fcntl command %d is unknown\n", cmd);
        return sys_host_quick(__NR_fcntl, fd, F_GETFD, 0) < 0 ? -EBADF : -EINVAL;
    }
}
