/* The guest's table of signal dispositions. */
#include "syscalls/signal/signal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* Flags that mean something; all others read back as 0, by which programs find out what there is (SA_UNSUPPORTED).
 * SA_EXPOSE_TAGBITS is not among them: the tag of an address that faults is not kept. */
enum {
    KNOWN_FLAGS = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND,
    FLAG_RESTORER = 0x04000000,
};

/* A lock of our own, because a fork from one of many threads must find it free: held only with signals blocked and for
 * a few instructions or one host call. */
void sig_lock(struct sig_actions *a)
{
    while (__atomic_exchange_n(&a->lock, 1, __ATOMIC_ACQUIRE))
        __builtin_ia32_pause();
}

void sig_unlock(struct sig_actions *a) { __atomic_store_n(&a->lock, 0, __ATOMIC_RELEASE); }

struct sig_actions *sig_actions_new(const struct sig_actions *copy_of)
{
    struct sig_actions *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    if (copy_of)
        memcpy(a->action, copy_of->action, sizeof a->action);
    a->users = 1;
    return a;
}

void sig_actions_hold(struct sig_actions *a) { __atomic_add_fetch(&a->users, 1, __ATOMIC_RELAXED); }

void sig_actions_drop(struct sig_actions *a)
{
    if (a && __atomic_sub_fetch(&a->users, 1, __ATOMIC_ACQ_REL) == 0)
        free(a);
}

int sig_set_action(struct sig_actions *a, int sig, const struct sig_action *new, struct sig_action *old)
{
    if (sig < 1 || sig > SIG_COUNT || (new && sig_bit(sig) & SIG_UNBLOCKABLE))
        return -EINVAL;
    u64 mask = sig_host_block();
    sig_lock(a);
    if (old)
        *old = a->action[sig];
    if (new) {
        a->action[sig] = *new;
        a->action[sig].mask &= ~SIG_UNBLOCKABLE;
        a->action[sig].flags &= (u32)KNOWN_FLAGS | FLAG_RESTORER;
        sig_mirror(sig, new);
    }
    sig_unlock(a);
    sig_host_mask(mask);
    return 0;
}

void sig_clear_handlers(struct sig_actions *a)
{
    for (int sig = 1; sig <= SIG_COUNT; sig++)
        if (a->action[sig].handler > 1) {
            struct sig_action none = { 0 };
            sig_set_action(a, sig, &none, NULL);
        }
}
