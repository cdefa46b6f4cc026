/* One file's bytes through the whole loader, in a way that can be repeated: for the libFuzzer target and for the
 * deterministic mutations of tests/unit/test_loader.c. */
#ifndef XRUN_LOAD_BYTES_H
#define XRUN_LOAD_BYTES_H

#include "loader/loader.h"
#include "softmmu/softmmu.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Faults inside copy_in and copy_out are theirs; others are what the tests look for. */
static inline void load_bytes_fault(int signal, siginfo_t *info, void *context)
{
    (void)info;
#if defined(__x86_64__)
    greg_t *pc = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
    unsigned long long *pc = &((ucontext_t *)context)->uc_mcontext.pc;
#endif
    uintptr_t next = mem_fault_fixup((uintptr_t)*pc);
    if (!next)
        abort();
    (void)signal;
    *pc = (typeof(*pc))next;
}

/* An address space for programs of 32 or 64 bits. Once per process; later calls do nothing. */
static inline void load_bytes_init(unsigned bits)
{
    struct sigaction a = {.sa_sigaction = load_bytes_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    if (mem.limit)
        return;
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGBUS, &a, NULL);
    must(!mem_init(bits, 0, 0));
}

/* Writes the bytes to a memory file (made at the first call). Returns its descriptor. */
static inline int load_bytes_file(const u8 *data, size_t bytes)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("program", MFD_CLOEXEC);
    must(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, bytes, 0) == (ssize_t)bytes);
    return fd;
}

/* Takes away everything that is mapped for the guest. */
static inline void load_bytes_clear(void)
{
    must(!mem_munmap(0, mem.limit));
    mem_set_brk(0);
}

/* Examines the file and, if it is a guest's program, loads it. Returns load_program()'s result, or the negated errno of
 * the check, 0 for scripts and programs of the host. The guest's memory stays for the caller to look at. */
static inline int load_bytes(const u8 *data, size_t bytes, struct load_check *check, struct load_result *result,
                             char *message, size_t message_bytes)
{
    char *argv[] = {(char[]){"program"}, (char[]){"argument"}, NULL}, *envp[] = {(char[]){"A=1"}, NULL};
    int fd = load_bytes_file(data, bytes);
    load_check_file(fd, check);
    must(check->kind != LOAD_BAD || (check->message[0] && check->error > 0));
    if (check->kind != LOAD_GUEST)
        return -check->error;
    struct load_request request = {
        .fd = fd,
        .path = "/program",
        .argv = argv,
        .envp = envp,
        .sysroot = "/nonexistent",
        .platform = "aarch64",
        .stack_bytes = 8 << 20,
    };
    message[0] = 0;
    int e = load_program(&request, result, message, message_bytes);
    must(e <= 0 && (!e || message[0]));
    return e;
}

#endif
