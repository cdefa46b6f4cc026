/* load_program(): program, interpreter, vdso, stack, in the kernel's order. */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* symbolic links that the kernel follows */

void load_path(const char *sysroot, const char *path, char *out, size_t bytes)
{
    char link[PATH_MAX];
    bool inside = sysroot && path[0] == '/';
    snprintf(out, bytes, "%s%s", inside ? sysroot : "", path);
    for (int i = 0; inside && i < LINKS_MAX; i++) {
        ssize_t n = readlink(out, link, sizeof link - 1);
        if (n <= 0 || link[0] != '/')
            break;
        link[n] = 0;
        snprintf(out, bytes, "%s%s", sysroot, link);
    }
    if (inside && access(out, F_OK))
        snprintf(out, bytes, "%s", path);
}

const char *load_reason(int error)
{
    struct rlimit limit;
    if (error == ENOMEM && !getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY)
        return "the limit of address space is reached; raise it (ulimit -v)";
    return strerror(error);
}

static int open_interpreter(const struct load_request *request, const struct image *program, char *message,
                            size_t message_bytes)
{
    char path[2 * PATH_MAX];
    load_path(request->sysroot, program->interpreter, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    int error = errno;
    if (error == ENOENT || error == ENOTDIR)
        return load_failed(ENOENT, message, message_bytes,
                           "needs the program interpreter %s, which is not there; name the folder of %s system with -L",
                           program->interpreter, program->narrow ? "an ARM" : "an AArch64");
    return load_failed(error, message, message_bytes, "needs the program interpreter %s: %s", program->interpreter,
                       strerror(error));
}

static int load_interpreter(const struct load_request *request, const struct image *program, struct image *interpreter,
                            char *message, size_t message_bytes)
{
    char why[160];
    int fd = open_interpreter(request, program, message, message_bytes);
    if (fd < 0)
        return fd;
    int e = image_read(interpreter, fd, why, sizeof why);
    if (!e && interpreter->header.e_machine != program->header.e_machine)
        e = load_failed(ENOEXEC, why, sizeof why, "is for another processor");
    if (!e && interpreter->big_endian != program->big_endian)
        e = load_failed(ENOEXEC, why, sizeof why, "has the other byte order");
    if (!e)
        e = image_map(interpreter, true, why, sizeof why);
    close(fd);
    interpreter->fd = -1;
    if (!e)
        return 0;
    return load_failed(e == -ENOEXEC ? ELIBBAD : -e, message, message_bytes,
                       "needs the program interpreter %s, which %s", program->interpreter, why);
}

static int load_all(const struct load_request *request, struct load_result *result, struct image *program,
                    struct image *interpreter, char *message, size_t message_bytes)
{
    int e = image_read(program, request->fd, message, message_bytes);
    mem.read_implies_exec = program->narrow && !program->has_stack; /* compat_elf_read_implies_exec() */
    program->exec_stack |= mem.read_implies_exec;
    if (!e)
        e = image_map(program, false, message, message_bytes);
    if (!e && program->has_interpreter)
        e = load_interpreter(request, program, interpreter, message, message_bytes);
    if (e)
        return e;
    mem_set_brk(program->end + mem.brk_random);
    i64 vdso = vdso_map(program, &result->sigreturn);
    if (vdso < 0)
        return load_failed((int)-vdso, message, message_bytes, "gets no vdso: %s", load_reason((int)-vdso));
    struct image *with = program->has_interpreter ? interpreter : NULL;
    e = stack_build(request, program, with, (u64)vdso, result, message, message_bytes);
    result->program_entry = program->entry;
    result->entry = with ? with->entry : program->entry;
    result->bti = program->bti;
    result->big_endian = program->big_endian;
    result->be32 = image_be32(program);
    return e;
}

int load_program(const struct load_request *request, struct load_result *result, char *message, size_t message_bytes)
{
    struct image program = {.fd = -1}, interpreter = {.fd = -1};
    *result = (struct load_result){0};
    int e = load_all(request, result, &program, &interpreter, message, message_bytes);
    image_free(&program);
    image_free(&interpreter);
    return e;
}
