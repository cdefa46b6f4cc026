/* Loads a guest program: ELF by libelf, program interpreter, vdso, initial stack. */
#ifndef XRUN_LOADER_H
#define XRUN_LOADER_H

#include "base/base.h"

enum load_kind {
    LOAD_GUEST,  /* an ELF program for a guest that xrun has */
    LOAD_HOST,   /* a program of the host: execve it natively */
    LOAD_SCRIPT, /* starts with #! */
    LOAD_BAD     /* cannot run: message says why */
};

struct load_check {
    enum load_kind kind;
    int error; /* for LOAD_BAD: the errno that execve(2) gives (ENOEXEC, EACCES, ENOENT, EISDIR -> EACCES ..) */
    u16 machine;        /* e_machine */
    u8 class_bits;      /* 32 or 64 */
    bool big_endian;
    char message[256];  /* one sentence for the user, without the program's name in front */
    char interpreter[256], argument[256]; /* LOAD_SCRIPT */
};
/* Looks at a file without mapping it. fd is open for reading; it is not closed. Never crashes on any contents. */
void load_check_file(int fd, struct load_check *check);

/* The host path of a guest's path: an absolute one that exists below the sysroot is there (an absolute symbolic link in
 * the last component means a place inside the sysroot too), any other is itself. sysroot may be NULL. */
void load_path(const char *sysroot, const char *path, char *out, size_t bytes);

struct load_request {
    int fd;                /* the program, open for reading */
    const char *path;      /* absolute path of it, for messages and AT_EXECFN when execfn is NULL */
    const char *execfn;    /* what the guest passed to execve, for AT_EXECFN */
    char **argv, **envp;
    const char *sysroot;   /* for PT_INTERP; may be NULL */
    u64 hwcap, hwcap2;
    const char *platform;  /* AT_PLATFORM */
    u64 stack_bytes;       /* size of the main stack (RLIMIT_STACK or -s) */
};
struct load_result {
    u64 entry, sp;         /* start here; ARM: bit 0 of entry says Thumb */
    u64 program_entry;     /* AT_ENTRY */
    u64 sigreturn;         /* address of rt_sigreturn in the vdso; ARM: of the four codes of vdso_a32.S */
    u64 stack_start, arg_start, arg_end, env_start, env_end; /* for /proc/self/stat */
    u8 auxv[1024];         /* as the guest sees it, for /proc/self/auxv */
    size_t auxv_bytes;
    bool bti;              /* main program is marked for BTI */
    bool big_endian;
    bool be32;             /* 32-bit ARM: instructions are big-endian, too */
};
/* Maps the program and its interpreter and builds the stack. 0, or -errno with a sentence in message. */
int load_program(const struct load_request *request, struct load_result *result, char *message, size_t message_bytes);

#endif
