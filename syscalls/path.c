/* Paths of the guest on the host: the sysroot of -L.
 *
 * An absolute path that exists under the sysroot is taken from there, any other from the host. Symbolic links inside
 * the sysroot were made for a system whose root it is, so absolute ones are followed from its top. The kernel does both
 * (openat2): a path that it can walk without leaving the sysroot and without an absolute link keeps its text, behind
 * the sysroot's; otherwise the walk with the sysroot as root tells where it ends. On a kernel without openat2 absolute
 * links lead to the host.
 */
#include "syscalls/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Tries to reach path from dir. A descriptor (O_PATH) or -errno. */
static int reach(int dir, const char *path, u64 resolve, bool follow)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), .resolve = resolve };
    return (int)sys_host_quick(SYS_openat2, dir, path, &how, sizeof how);
}

/* The same for path, which is absolute, from the sysroot. */
static int walk(int root, const char *path, u64 resolve, bool follow)
{
    while (*path == '/')
        path++;
    return reach(root, *path ? path : ".", resolve, follow);
}

/* Whether a name may lead upwards. */
static bool goes_up(const char *path)
{
    for (const char *at = path; (at = strstr(at, "/..")); at += 3)
        if (!at[3] || at[3] == '/')
            return true;
    return false;
}

/* Puts the canonical name of fd into buffer. */
static bool name_of(int fd, char *buffer, size_t bytes)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, buffer, bytes - 1);
    if (n <= 0)
        return false;
    buffer[n] = '\0';
    return true;
}

static const char *in_sysroot(const char *path, char *buffer, size_t bytes, bool follow)
{
    const char *sysroot = sys.options.sysroot, *result = path;
    bool fits = (size_t)snprintf(buffer, bytes, "%s%s", sysroot, path) < bytes;
    if (fits && !goes_up(path)) { /* most names meet no symbolic link: one system call tells */
        int fd = reach(AT_FDCWD, buffer, RESOLVE_NO_SYMLINKS, follow);
        if (fd >= 0)
            close(fd);
        if (fd >= 0 || fd == -ENOENT || fd == -ENOTDIR)
            return fd >= 0 ? buffer : path;
    }
    int root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return path;

    int fd = walk(root, path, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, follow);
    if (fd >= 0) {
        result = fits ? buffer : path;
    } else if (fd == -EXDEV || fd == -ELOOP) {
        fd = walk(root, path, RESOLVE_IN_ROOT, follow);
        if (fd >= 0 && name_of(fd, buffer, bytes))
            result = buffer;
    } else if (fd == -ENOSYS || fd == -EPERM) {
        struct stat st;
        if (fits && lstat(buffer, &st) == 0)
            result = buffer;
    } else if (fd == -EACCES) { /* it is there, but not for us: so the kernel's answer shall be about that file */
        result = fits ? buffer : path;
    }
    if (fd >= 0)
        close(fd);
    close(root);
    return result;
}

/* /proc, /dev and /sys are the running kernel's, never those of a directory tree. */
static bool of_the_kernel(const char *path)
{
    static const char *const tops[] = { "/proc", "/dev", "/sys" };
    for (unsigned i = 0; i < ARRAY_SIZE(tops); i++) {
        size_t n = strlen(tops[i]);
        if (!strncmp(path, tops[i], n) && (path[n] == '/' || !path[n]))
            return true;
    }
    return false;
}

const char *sys_path(const char *path, char *buffer, size_t bytes)
{
    if (likely(!sys.options.sysroot) || path[0] != '/' || of_the_kernel(path))
        return path;
    return in_sysroot(path, buffer, bytes, true);
}

const char *sys_path_nofollow(const char *path, char *buffer, size_t bytes)
{
    if (likely(!sys.options.sysroot) || path[0] != '/' || of_the_kernel(path))
        return path;
    return in_sysroot(path, buffer, bytes, false);
}
