/* prctl(2): one function for each group of options that differ from "pass it on". */
#include "syscalls/seccomp.h"
#include "syscalls/syscall.h"
#include "state/a64_state.h"

#include <linux/capability.h>

static long get_int(int option, u64 addr)
{
    int value = 0;
    long r = sys_host_quick(__NR_prctl, option, &value, 0, 0, 0);
    return r == 0 && abi_copy_out(&sys_abi, ST_int, addr, &value) ? -EFAULT : r;
}

/* The name of the thread: the host's follows, so that ps and /proc show the guest's. */
static long thread_name(int option, u64 addr)
{
    char name[16] = "";
    if (option == PR_GET_NAME) {
        long r = sys_host_quick(__NR_prctl, option, name, 0, 0, 0);
        return r == 0 && copy_out(addr, name, sizeof name) ? -EFAULT : r;
    }
    i64 n = copy_in_string(name, addr, sizeof name);
    if (n < 0 && n != -ENAMETOOLONG)
        return n;
    name[sizeof name - 1] = 0;
    return sys_host_quick(__NR_prctl, option, name, 0, 0, 0);
}

/* PR_SET_VMA_ANON_NAME (mm/madvise.c): at most 80 bytes of printable characters other than \ ` $ [ ]. */
static long name_area(u64 what, u64 addr, u64 len, u64 text)
{
    char name[80];
    if (what != 0)
        return -EINVAL;
    if (addr & (MEM_PAGE - 1) || !mem_ok(addr, align_up(len, MEM_PAGE)))
        return -EINVAL;
    if (!text) {
        mem_name(addr, len, NULL);
        return 0;
    }
    i64 n = copy_in_string(name, text, sizeof name);
    if (n < 0)
        return n == -ENAMETOOLONG ? -EINVAL : n;
    for (i64 i = 0; i < n; i++)
        if (name[i] < 32 || name[i] > 126 || strchr("\\`$[]", name[i]))
            return -EINVAL;
    char shown[96] = "[anon:";
    strcat(strcat(shown, name), "]");
    mem_name(addr, len, shown);
    return 0;
}

/* PR_PAC_RESET_KEYS: new random keys for those named (0: all). Source: arch/arm64/kernel/pointer_auth.c. */
static long reset_pac_keys(u64 keys)
{
    struct a64_state *s = (struct a64_state *)sys_self->cpu;
    if (keys & ~0x1full)
        return -EINVAL;
    for (unsigned k = 0; k < 5; k++)
        if (!keys || keys >> k & 1)
            if (sys_host_quick(__NR_getrandom, &s->pac_keys[2 * k], 16, 0) != 16)
                return -EAGAIN;
    return 0;
}

/* The tagged address ABI: addresses are taken with any top byte anyway; only the answer has to be right. */
static long tagged_addresses(int option, u64 a2, u64 a3, u64 a4, u64 a5)
{
    static __thread bool enabled;
    if (sys_abi.id != ABI_arm64 || a3 || a4 || a5 || (option == PR_GET_TAGGED_ADDR_CTRL && a2))
        return -EINVAL;
    if (option == PR_GET_TAGGED_ADDR_CTRL)
        return enabled;
    if (a2 & ~1ull) /* memory tagging modes */
        return -EINVAL;
    enabled = a2;
    return 0;
}

SYSCALL(prctl, int option, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)
{
    switch (option) {
    case PR_GET_PDEATHSIG:
    case PR_GET_CHILD_SUBREAPER:
        return get_int(option, a2);
    case PR_SET_NAME:
    case PR_GET_NAME:
        return thread_name(option, a2);
    case PR_SET_VMA:
        return name_area(a2, a3, a4, a5);
    case PR_PAC_RESET_KEYS:
        return sys_abi.id != ABI_arm64 || a3 || a4 || a5 ? -EINVAL : reset_pac_keys(a2);
    case PR_SET_TAGGED_ADDR_CTRL:
    case PR_GET_TAGGED_ADDR_CTRL:
        return tagged_addresses(option, a2, a3, a4, a5);
    case PR_GET_TID_ADDRESS:
        return abi_copy_out(&sys_abi, ST_ptr, a2, &sys_self->clear_child_tid) ? -EFAULT : 0;
    case PR_GET_SECCOMP: /* the host's own filters, if any, show as 2 */
        return seccomp_mode(sys_self) ? seccomp_mode(sys_self) : sys_host_quick(__NR_prctl, option, 0, 0, 0, 0);
    case PR_SET_SECCOMP:
        return seccomp_prctl(a2, a3);
    case PR_SET_PDEATHSIG:
    case PR_GET_DUMPABLE:
    case PR_SET_DUMPABLE:
    case PR_GET_KEEPCAPS:
    case PR_SET_KEEPCAPS:
    case PR_GET_TIMING:
    case PR_SET_TIMING:
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
    case PR_GET_SECUREBITS:
    case PR_SET_SECUREBITS:
    case PR_SET_TIMERSLACK:
    case PR_GET_TIMERSLACK:
    case PR_TASK_PERF_EVENTS_DISABLE:
    case PR_TASK_PERF_EVENTS_ENABLE:
    case PR_MCE_KILL:
    case PR_MCE_KILL_GET:
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
    case PR_SET_THP_DISABLE:
    case PR_GET_THP_DISABLE:
    case PR_CAP_AMBIENT:
    case PR_GET_SPECULATION_CTRL:
    case PR_SET_SPECULATION_CTRL:
    case PR_SET_PTRACER:
    case 57: /* PR_SET_IO_FLUSHER */
    case 58: /* PR_GET_IO_FLUSHER */
    case 67: /* PR_SET_MEMORY_MERGE */
    case 68: /* PR_GET_MEMORY_MERGE */
        return sys_host_quick(__NR_prctl, option, a2, a3, a4, a5);
    default: /* among them what arm64 never had (PR_GET_TSC, PR_GET_UNALIGN) and what needs hardware that is not shown
              */
        log_print(LOG_UNIMP, "prctl option %d is not implemented\n", option);
        return -EINVAL;
    }
}
