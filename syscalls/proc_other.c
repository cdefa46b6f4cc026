/* What others see of this process in /proc, and what the guest sees of other processes of xrun.
 *
 * A process may tell its kernel where its arguments, environment and stack lie: told of the guest's, the kernel itself
 * shows them in /proc/<pid>/cmdline, environ and maps, also to ps(1), and changed as the guest changes them.
 *
 * Which program it is goes by a sign that everybody who may read /proc/<pid>/maps can see: the program's first page is
 * mapped, without any permission, at an address where neither guests nor xrun have anything; its file offset is the
 * host address of guest address 0.
 *
 *     7e7f00000000-7e7f00001000 ---p 00000000 fe:00 1234    /usr/aarch64/bin/python3.11
 */
#include "syscalls/proc_text.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Between the guest's part of the address space and xrun's image (softmmu/README.md). */
#define SIGN      0x7e7f00000000
#define SIGN_TEXT "7e7f00000000-"
enum { STAT_BYTES = 4096 };

/* The numbers of /proc/self/stat, counted as in proc(5), from the third on. */
static bool read_stat(unsigned long long *field, unsigned count)
{
    char text[STAT_BYTES], *p;
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    p = strrchr(text, ')');
    if (!p || !p[1] || !p[2])
        return false;
    p += 3; /* behind the state, which is no number */
    for (unsigned i = 4; i < count; i++)
        field[i] = strtoull(p, &p, 10);
    return true;
}

void proc_announce(int program_fd)
{
    enum { START_CODE = 26, END_CODE, START_DATA = 45, END_DATA, START_BRK, STAT_FIELDS };
    unsigned long long field[STAT_FIELDS];

    if (read_stat(field, STAT_FIELDS)) {
        struct prctl_mm_map map = {
            .start_code = field[START_CODE],
            .end_code = field[END_CODE],
            .start_data = field[START_DATA],
            .end_data = field[END_DATA],
            .start_brk = field[START_BRK],
            .brk = (u64)(uintptr_t)sbrk(0),
            .start_stack = mem.base + sys.stack_start,
            .arg_start = mem.base + sys.arg_start,
            .arg_end = mem.base + sys.arg_end,
            .env_start = mem.base + sys.env_start,
            .env_end = mem.base + sys.env_end,
            .exe_fd = (u32)-1,
        };
        prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0); /* a kernel without it shows xrun's */
    }
    mmap((void *)SIGN, MEM_PAGE, PROT_NONE, MAP_PRIVATE | MAP_FIXED_NOREPLACE, program_fd, (off_t)mem.base);
}

/* Finds the sign in a file like maps; its line is left in *line, which the caller frees. */
static bool find_sign(FILE *maps, char **line, size_t *room)
{
    while (getline(line, room, maps) > 0)
        if (!strncmp(*line, SIGN_TEXT, sizeof SIGN_TEXT - 1))
            return true;
    return false;
}

bool proc_other_exe(const char *folder, char *path, size_t bytes)
{
    char name[PATH_MAX], *line = NULL;
    size_t room = 0;
    bool found = false;

    snprintf(name, sizeof name, "%s/maps", folder);
    FILE *maps = fopen(name, "re");
    if (maps && find_sign(maps, &line, &room)) {
        char *start = strchr(line, '/'), *end = strchr(line, '\n');
        if (start && end) {
            *end = '\0';
            found = (size_t)snprintf(path, bytes, "%s", start) < bytes;
        }
    }
    free(line);
    if (maps)
        fclose(maps);
    return found;
}

void proc_write_other_maps(FILE *out, int host_fd)
{
    FILE *in = fdopen(dup(host_fd), "r");
    char *line = NULL, perms[8];
    size_t room = 0;
    unsigned long long start, end, base = 0, limit = ~0ull;

    if (!in)
        return;
    if (find_sign(in, &line, &room) && sscanf(line, "%*x-%*x %7s %llx", perms, &base) == 2)
        limit = base ? base + (1ull << 32) : SIGN;
    rewind(in);
    for (bool inside = false; getline(&line, &room, in) > 0;) {
        int n = 0;
        if (sscanf(line, "%llx-%llx%n", &start, &end, &n) == 2 && line[n] == ' ') {
            inside = start >= base && end <= limit;
            if (inside)
                fprintf(out, "%08llx-%08llx%s", start - base, end - base, line + n);
        } else if (inside) {
            fputs(line, out);
        }
    }
    free(line);
    fclose(in);
}
