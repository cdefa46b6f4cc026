/* siginfo between host and guest. The layouts of the 64-bit kernels agree but for byte order, so little-endian
 * guests get the bytes as they are; for big-endian ones each member is turned, and which members there are depends
 * on the code, as in the kernel's siginfo_layout(). */
#include "syscalls/signal/signal.h"

_Static_assert(sizeof(siginfo_t) == SIGINFO_BYTES, "siginfo_t");
_Static_assert(offsetof(siginfo_t, si_addr) == 16 && offsetof(siginfo_t, si_pid) == 16, "siginfo_t");

/* Where members lie and how wide they are; ends at width 0. */
struct member {
    u8 offset, width;
};

static const struct member head[] = { { 0, 4 }, { 4, 4 }, { 8, 4 }, { 0, 0 } };
static const struct member kill_members[] = { { 16, 4 }, { 20, 4 }, { 24, 8 }, { 0, 0 } };
static const struct member timer_members[] = { { 16, 4 }, { 20, 4 }, { 24, 8 }, { 0, 0 } };
static const struct member child_members[] = { { 16, 4 }, { 20, 4 }, { 24, 4 }, { 32, 8 }, { 40, 8 }, { 0, 0 } };
static const struct member fault_members[] = { { 16, 8 }, { 24, 8 }, { 32, 8 }, { 0, 0 } };
static const struct member poll_members[] = { { 16, 8 }, { 24, 4 }, { 0, 0 } };
static const struct member sys_members[] = { { 16, 8 }, { 24, 4 }, { 28, 4 }, { 0, 0 } };

static const struct member *members(int sig, int code)
{
    if (code == SI_TIMER)
        return timer_members;
    if (code == SI_SIGIO)
        return poll_members;
    if (code <= 0 || code == SI_KERNEL)
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

static void turn(u8 *bytes, const struct member *m)
{
    for (; m->width; m++)
        for (unsigned i = 0; i < m->width / 2u; i++) {
            u8 *a = bytes + m->offset + i, *b = bytes + m->offset + m->width - 1 - i, v = *a;
            *a = *b;
            *b = v;
        }
}

void siginfo_to_guest(u8 out[SIGINFO_BYTES], const siginfo_t *info, bool be)
{
    memcpy(out, info, SIGINFO_BYTES);
    if (be) {
        turn(out, members(info->si_signo, info->si_code));
        turn(out, head);
    }
}

void siginfo_from_guest(siginfo_t *info, const u8 in[SIGINFO_BYTES], bool be)
{
    memcpy(info, in, SIGINFO_BYTES);
    if (be) {
        turn((u8 *)info, head);
        turn((u8 *)info, members(info->si_signo, info->si_code));
    }
}
