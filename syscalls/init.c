/* Start of the system call layer and the loop that every guest thread runs.
 *
 * sys_init() once, sys_run_main() for the first thread; clone(2) makes the others, which run sys_thread_loop() too:
 *
 *     run guest code -> system call | trap | fault | poll -> dispatch or queue a signal -> deliver signals -> again
 */
#include "syscalls/seccomp.h"
#include "syscalls/thread/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct sys_process sys;

static struct sig_actions *main_actions;

void sys_init(const struct sys_engine *engine, const struct sys_options *options)
{
    sys.engine = engine;
    sys.options = *options;
    main_actions = sig_actions_new(NULL);
    must(main_actions);
    sig_init_host(main_actions);
}

static void one_system_call(struct sys_thread *t)
{
    struct cpu_common *cpu = t->cpu;

    if (sig_ready(t)) { /* it came before the call: its handler runs first, then the call is made */
        cpu->pc -= sig_arch->syscall_bytes(cpu);
        sig_deliver(t);
        return;
    }
    sys_dispatch(t);
}

void sys_thread_loop(struct sys_thread *t)
{
    while (!t->exiting) {
        enum cpu_exit e = sys.engine->run(t->cpu);
        switch (e) {
        case EXIT_SYSCALL:
            one_system_call(t);
            break;
        case EXIT_TRAP:
        case EXIT_FAULT:
            sig_from_exit(t, e);
            break;
        case EXIT_POLL:
            sig_deliver(t);
            break;
        }
        if (!t->exiting && (t->restart || t->restore_mask || sig_ready(t)))
            sig_deliver(t);
    }
}

void sys_run_main(struct cpu_common *cpu)
{
    u64 mask = 0;
    struct sys_thread *t = thread_new(NULL, cpu, main_actions);
    must(t);

    sys_host_quick(SYS_rt_sigprocmask, SIG_SETMASK, 0, &mask, sizeof mask);
    t->blocked = mask;
    thread_attach(t);
    thread_list_add(t);
    sig_host_mask(sig_mask_for(t));
    if (sys.options.seccomp_fd >= 0)
        t->seccomp = seccomp_inherit(sys.options.seccomp_fd);
    if (sys.comm)
        prctl(PR_SET_NAME, sys.comm);
    sys_thread_loop(t);
    thread_exit(t);
    abort();
}
