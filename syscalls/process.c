/* Waiting for children. Ends of processes are the kernel's own; see thread/ for how they begin, exec.c for execve. */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"

#include <sys/syscall.h>
#include <sys/wait.h>

SYSCALL(wait4, pid_t pid, u64 status_addr, u64 options, u64 usage_addr)
{
    int status;
    struct rusage usage;
    long r = sys_host(SYS_wait4, pid, &status, options, usage_addr ? &usage : NULL);
    if (r <= 0) /* nothing is written when no child was found */
        return r;
    if (status_addr && abi_copy_out(&sys_abi, ST_int, status_addr, &status))
        return -EFAULT;
    if (usage_addr && abi_copy_out(&sys_abi, ST_rusage, usage_addr, &usage))
        return -EFAULT;
    return r;
}

SYSCALL(waitid, int which, pid_t pid, u64 info_addr, int options, u64 usage_addr)
{
    siginfo_t info = { 0 };
    struct rusage usage;
    u8 bytes[SIGINFO_BYTES];

    long r = sys_host(SYS_waitid, which, pid, &info, options, usage_addr ? &usage : NULL);
    if (r >= 0 && info.si_signo && usage_addr && abi_copy_out(&sys_abi, ST_rusage, usage_addr, &usage))
        return -EFAULT;
    /* The kernel fills in these members, with zeros also when it fails, and leaves the rest of the struct as it was. */
    size_t written = abi_narrow(&sys_abi) ? 24 : 28;
    if (info_addr) {
        siginfo_to_guest(bytes, &info);
        if (copy_out(info_addr, bytes, written) != 0)
            return -EFAULT;
    }
    return r < 0 ? r : 0;
}
