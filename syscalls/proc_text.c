/* Text of the emulated /proc files, in the formats of the kernel's fs/proc. */
#include "syscalls/proc_text.h"
#include "syscalls/seccomp.h"
#include "syscalls/signal/signal.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* --- the address space -------------------------------------------------------------------------------------------- */

void proc_write_area(FILE *out, const struct mem_area *a)
{
    unsigned dev_major = major(a->dev), dev_minor = minor(a->dev);
    int n = fprintf(out, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ", (unsigned long long)a->start,
                    (unsigned long long)a->end, a->prot & PROT_READ ? 'r' : '-', a->prot & PROT_WRITE ? 'w' : '-',
                    a->prot & PROT_EXEC ? 'x' : '-', a->flags & MAP_SHARED ? 's' : 'p', (unsigned long long)a->offset,
                    dev_major, dev_minor, (unsigned long long)a->inode);
    if (a->name && *a->name)
        fprintf(out, "%*s%s", n < 73 ? 73 - n : 1, "", a->name);
    fputc('\n', out);
}

void proc_write_maps(FILE *out, int host_fd)
{
    struct mem_area a;
    (void)host_fd;
    for (u64 addr = 0; mem_find(addr, &a); addr = a.end)
        proc_write_area(out, &a);
}

/* --- what the kernel put on the stack ----------------------------------------------------------------------------- */

void proc_write_auxv(FILE *out, int host_fd)
{
    (void)host_fd;
    fwrite(sys.auxv, 1, sys.auxv_bytes, out);
}

/* The guest's memory as it is now: programs change their command line there. */
static void write_memory(FILE *out, u64 start, u64 end)
{
    char buffer[MEM_PAGE];
    for (u64 addr = start; addr < end;) {
        size_t n = end - addr < sizeof buffer ? end - addr : sizeof buffer;
        if (copy_in(buffer, addr, n) != 0)
            return;
        fwrite(buffer, 1, n, out);
        addr += n;
    }
}

void proc_write_cmdline(FILE *out, int host_fd)
{
    (void)host_fd;
    write_memory(out, sys.arg_start, sys.arg_end);
}

void proc_write_environ(FILE *out, int host_fd)
{
    (void)host_fd;
    write_memory(out, sys.env_start, sys.env_end);
}

/* --- the host's file with some values changed --------------------------------------------------------------------- */

static char *host_text(int host_fd)
{
    size_t room = 16384, used = 0;
    char *text = malloc(room + 1);
    must(text);
    for (ssize_t n; used < room && (n = read(host_fd, text + used, room - used)) > 0;)
        used += (size_t)n;
    text[used] = '\0';
    return text;
}

/* Ends of the guest's address space in use. */
static u64 mapped_bytes(void)
{
    struct mem_area a;
    u64 sum = 0;
    for (u64 addr = 0; mem_find(addr, &a); addr = a.end)
        sum += a.end - a.start;
    return sum;
}

void proc_write_stat(FILE *out, int host_fd)
{
    /* Fields by proc(5), counted from 1; the second is in parentheses and may hold anything. */
    enum { VSIZE = 23, STARTCODE = 26, ENDCODE, STARTSTACK, KSTKESP, KSTKEIP, START_DATA = 45, END_DATA, START_BRK,
           ARG_START, ARG_END, ENV_START, ENV_END };
    char *text = host_text(host_fd), *rest = strrchr(text, ')'), *save = NULL;
    if (!rest) {
        fputs(text, out);
        free(text);
        return;
    }
    fwrite(text, 1, (size_t)(rest + 1 - text), out);
    unsigned field = 3;
    for (char *word = strtok_r(rest + 1, " \n", &save); word; word = strtok_r(NULL, " \n", &save), field++) {
        unsigned long long value = 0;
        switch (field) {
        case VSIZE: value = mapped_bytes(); break;
        case STARTSTACK: value = sys.stack_start; break;
        case ARG_START: value = sys.arg_start; break;
        case ARG_END: value = sys.arg_end; break;
        case ENV_START: value = sys.env_start; break;
        case ENV_END: value = sys.env_end; break;
        case START_BRK: value = mem.brk_start; break;
        case STARTCODE: /* of the host's program; zero as for those who may not know */
        case ENDCODE:
        case START_DATA:
        case END_DATA:
        case KSTKESP:
        case KSTKEIP: break;
        default: fprintf(out, " %s", word); continue;
        }
        fprintf(out, " %llu", value);
    }
    fputc('\n', out);
    free(text);
}

/* Signals with a handler of the guest; the host has some of its own. */
static u64 caught(void)
{
    u64 set = 0;
    for (int sig = 1; sig <= SIG_COUNT; sig++)
        if (sys_self->actions->action[sig].handler > 1)
            set |= sig_bit(sig);
    return set;
}

static u64 ignored(void)
{
    u64 set = 0;
    for (int sig = 1; sig <= SIG_COUNT; sig++)
        if (sys_self->actions->action[sig].handler == 1)
            set |= sig_bit(sig);
    return set;
}

void proc_write_status(FILE *out, int host_fd)
{
    char *text = host_text(host_fd), *save = NULL;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (!strncmp(line, "SigCgt:", 7))
            fprintf(out, "SigCgt:\t%016llx\n", (unsigned long long)caught());
        else if (!strncmp(line, "SigIgn:", 7))
            fprintf(out, "SigIgn:\t%016llx\n", (unsigned long long)ignored());
        else if (!strncmp(line, "Seccomp:", 8) && seccomp_mode(sys_self))
            fprintf(out, "Seccomp:\t%d\n", seccomp_mode(sys_self));
        else if (!strncmp(line, "Seccomp_filters:", 16) && seccomp_mode(sys_self))
            fprintf(out, "Seccomp_filters:\t%u\n", seccomp_count(sys_self));
        else if (!strncmp(line, "VmSize:", 7))
            fprintf(out, "VmSize:\t%8llu kB\n", (unsigned long long)mapped_bytes() / 1024);
        else
            fprintf(out, "%s\n", line);
    }
    free(text);
}
