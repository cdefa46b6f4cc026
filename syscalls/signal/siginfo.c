/* siginfo between host and guest. Which members there are depends on signal and code, as in the kernel's
 * siginfo_layout(). Little-endian guests with 64 bits have the host's bytes; for the others each member is moved. */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"

_Static_assert(sizeof(siginfo_t) == SIGINFO_BYTES, "siginfo_t");
_Static_assert(offsetof(siginfo_t, si_addr) == 16 && offsetof(siginfo_t, si_pid) == 16, "siginfo_t");

/* Where members lie and how wide they are, for guests with 64 and with 32 bits; ends at width 0. */
struct member {
    u8 offset, width, offset32, width32;
};

static const struct member head[] = { { 0, 4, 0, 4 }, { 4, 4, 4, 4 }, { 8, 4, 8, 4 }, { 0 } };
static const struct member kill_members[] = { { 16, 4, 12, 4 }, { 20, 4, 16, 4 }, { 24, 8, 20, 4 }, { 0 } };
static const struct member child_members[] = { { 16, 4, 12, 4 }, { 20, 4, 16, 4 }, { 24, 4, 20, 4 },
                                               { 32, 8, 24, 4 }, { 40, 8, 28, 4 }, { 0 } };
static const struct member fault_members[] = { { 16, 8, 12, 4 }, { 24, 2, 16, 2 }, { 32, 8, 20, 4 }, { 40, 8, 24, 4 },
                                               { 0 } };
static const struct member poll_members[] = { { 16, 8, 12, 4 }, { 24, 4, 16, 4 }, { 0 } };
static const struct member sys_members[] = { { 16, 8, 12, 4 }, { 24, 4, 16, 4 }, { 28, 4, 20, 4 }, { 0 } };

static const struct member *members(int sig, int code)
{
    if (code == SI_SIGIO)
        return poll_members;
    if (code <= 0 || code == SI_KERNEL) /* of timers: id, overrun, value */
        return kill_members;
    switch (sig) {
    case SIGCHLD:
        return child_members;
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGTRAP:
        return fault_members;
    case SIGSYS:
        return sys_members;
    default:
        return code <= POLL_HUP ? poll_members : kill_members;
    }
}

static bool as_host(void) { return !sys_abi.big_endian && !abi_narrow(&sys_abi); }

static void to_guest(u8 *out, const u8 *host, const struct member *m)
{
    bool narrow = abi_narrow(&sys_abi);
    for (; m->width; m++) {
        u64 value = 0;
        memcpy(&value, host + m->offset, m->width);
        abi_store(&sys_abi, out + (narrow ? m->offset32 : m->offset), narrow ? m->width32 : m->width, value);
    }
}

static void from_guest(u8 *host, const u8 *in, const struct member *m)
{
    bool narrow = abi_narrow(&sys_abi);
    for (; m->width; m++) {
        u64 value = abi_load(&sys_abi, in + (narrow ? m->offset32 : m->offset), narrow ? m->width32 : m->width);
        memcpy(host + m->offset, &value, m->width);
    }
}

void siginfo_to_guest(u8 out[SIGINFO_BYTES], const siginfo_t *info)
{
    if (as_host()) {
        memcpy(out, info, SIGINFO_BYTES);
        return;
    }
    memset(out, 0, SIGINFO_BYTES);
    to_guest(out, (const u8 *)info, head);
    to_guest(out, (const u8 *)info, members(info->si_signo, info->si_code));
}

void siginfo_from_guest(siginfo_t *info, const u8 in[SIGINFO_BYTES])
{
    if (as_host()) {
        memcpy(info, in, SIGINFO_BYTES);
        return;
    }
    memset(info, 0, sizeof *info);
    from_guest((u8 *)info, in, head);
    from_guest((u8 *)info, in, members(info->si_signo, info->si_code));
}
