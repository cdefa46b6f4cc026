/* The files of /proc that must show the guest instead of xrun.
 *
 * The host's kernel walks the path, whatever it is: relative to a descriptor, through links, by thread id. Only what
 * was reached is looked at: a descriptor on a proc file system whose name ends in <this process>/maps, say, is replaced
 * by an unlinked file with the guest's text (proc_text.c) under the same number. So no way of spelling a path is
 * forgotten. The same for maps and exe of other processes of xrun (proc_other.c).
 */
#include "syscalls/proc_text.h"
#include "syscalls/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A name below a proc mount, taken apart. */
struct place {
    bool own;         /* in this process's folder, or in that of one of its threads */
    bool other;       /* in that of another process */
    bool outside;     /* in no process's folder */
    const char *file; /* what follows the folder: "maps" */
};

static bool on_proc(int fd)
{
    struct statfs s;
    return fstatfs(fd, &s) == 0 && s.f_type == PROC_SUPER_MAGIC;
}

static ssize_t link_text(int fd, char *buffer, size_t bytes)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, buffer, bytes - 1);
    if (n >= 0)
        buffer[n] = '\0';
    return n;
}

/* "…/123/task/456/maps" and "…/123/maps" of this process are its own. The mount point may be anywhere, so numbers are
 * looked for from the end. */
static struct place place_of(char *path)
{
    struct place p = { .file = "" };
    char *slash = strrchr(path, '/'), *folder, *end;

    if (!slash)
        return p;
    p.file = slash + 1;
    *slash = '\0';
    folder = strrchr(path, '/');
    long id = folder ? strtol(folder + 1, &end, 10) : 0;
    p.outside = id <= 0 || *end;
    if (p.outside)
        return p;
    p.own = id == getpid();
    p.other = !p.own;
    *folder = '\0';
    size_t n = strlen(path);
    if (n > 5 && !strcmp(path + n - 5, "/task")) {
        path[n - 5] = '\0';
        char *process = strrchr(path, '/');
        p.own = process && atol(process + 1) == getpid();
        p.other = !p.own;
    }
    return p;
}

/* The generator for a place, NULL if the host's file will do. */
static proc_writer *writer_for(const struct place *p)
{
    static const struct {
        const char *file;
        proc_writer *write;
    } own[] = {
        { "maps", proc_write_maps },       { "smaps", proc_write_smaps }, { "auxv", proc_write_auxv },
        { "cmdline", proc_write_cmdline }, { "stat", proc_write_stat },   { "status", proc_write_status },
        { "environ", proc_write_environ }, { "smaps_rollup", proc_write_smaps_rollup },
    };
    if (p->outside && !strcmp(p->file, "cpuinfo"))
        return proc_write_cpuinfo;
    if (p->other && (!strcmp(p->file, "maps") || !strcmp(p->file, "smaps")))
        return proc_write_other_maps;
    for (size_t i = 0; p->own && i < ARRAY_SIZE(own); i++)
        if (!strcmp(p->file, own[i].file))
            return own[i].write;
    return NULL;
}

/* The file's text as a descriptor of its own, open for reading. */
static int generate(proc_writer *write, int host_fd, const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    FILE *out = fdopen(dup(fd), "w");
    if (!out) {
        close(fd);
        return -ENOMEM;
    }
    write(out, host_fd);
    fclose(out);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Puts new in place of fd with fd's flags; closes new. */
static int replace(int fd, int new, int flags)
{
    if (new < 0) {
        close(fd);
        return new;
    }
    int r = dup3(new, fd, flags & O_CLOEXEC);
    int error = r < 0 ? -errno : 0;
    close(new);
    if (error)
        close(fd);
    return error ? error : fd;
}

/* The guest program if path itself (its last component not followed) is the exe link of a process of xrun, else NULL.
 * Valid until the thread asks again. */
static const char *exe_of(int dirfd, const char *path)
{
    static __thread char text[PATH_MAX];
    const char *exe = NULL;
    int fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (on_proc(fd) && link_text(fd, text, sizeof text) > 0) {
        char folder[PATH_MAX];
        memcpy(folder, text, sizeof folder);
        *strrchr(folder, '/') = '\0';
        struct place p = place_of(text);
        if (strcmp(p.file, "exe"))
            exe = NULL;
        else if (p.own)
            exe = sys.exe;
        else if (p.other && proc_other_exe(folder, text, sizeof text))
            exe = text;
    }
    close(fd);
    return exe;
}

int proc_opened(int fd, int flags)
{
    char text[PATH_MAX];

    if (flags & O_PATH || !on_proc(fd))
        return fd;
    if (link_text(fd, text, sizeof text) <= 0)
        return fd;
    struct place p = place_of(text);
    proc_writer *write = writer_for(&p);
    if (!write || (flags & O_ACCMODE) != O_RDONLY)
        return fd;
    return replace(fd, generate(write, fd, p.file), flags);
}

/* A cheap look at the text: can it lead to an exe link? Links with other names to it are not followed here. */
static bool may_be_exe(const char *path)
{
    size_t n = strlen(path);
    return n >= 3 && !memcmp(path + n - 3, "exe", 3) && (n == 3 || path[n - 4] == '/');
}

const char *proc_follow_exe(int dirfd, const char *path)
{
    const char *exe = may_be_exe(path) ? exe_of(dirfd, path) : NULL;
    return exe ? exe : path;
}

long proc_readlinked(int dirfd, const char *path, char *buf, size_t bytes, long length)
{
    const char *exe = length > 0 && may_be_exe(path) ? exe_of(dirfd, path) : NULL;
    if (!exe)
        return length;
    size_t n = strlen(exe);
    if (n > bytes)
        n = bytes;
    memcpy(buf, exe, n);
    return (long)n;
}
