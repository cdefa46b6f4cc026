/* A directory with many entries, where a file system's offsets need more than 32 bits (ext4) and where they do not (tmpfs):
 * each way of reading it gives every entry once, and remembered places lead back. */
#include "t.h"

#include <dirent.h>

enum { FILES = 2000, EVERY = 37 };
static int seen[FILES];

static void saw(const char *name)
{
    if (name[0] == 'n')
        seen[atoi(name + 1)]++;
}

/* How many files were not seen exactly once. */
static int wrong(void)
{
    int bad = 0;
    for (int i = 0; i < FILES; i++)
        bad += seen[i] != 1;
    memset(seen, 0, sizeof seen);
    return bad;
}

static void library(const char *dir)
{
    static char name[FILES][16];
    static long place[FILES];
    DIR *d = opendir(dir);
    struct dirent *e;
    int n = 0, bad = 0;
    errno = 0;
    for (long here = telldir(d); (e = readdir(d)); here = telldir(d)) {
        saw(e->d_name);
        if (e->d_name[0] != 'n' || n == FILES)
            continue;
        place[n] = here;
        snprintf(name[n++], sizeof *name, "%.15s", e->d_name);
    }
    printf("readdir: errno %d wrong %d\n", errno, wrong());
    for (int i = n - 1; i > 0; i -= EVERY) {
        seekdir(d, place[i]);
        e = readdir(d);
        bad += !e || strcmp(e->d_name, name[i]);
    }
    printf("seekdir: wrong %d\n", bad);
    rewinddir(d);
    while ((e = readdir(d)))
        saw(e->d_name);
    printf("rewinddir: wrong %d\n", wrong());
    closedir(d);
}

/* The calls themselves, with room for few entries. name_at, length_at: in a record. */
static void calls(const char *what, long number, const char *dir, size_t name_at, size_t length_at)
{
    char buffer[600];
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    long r;
    while ((r = syscall(number, fd, buffer, sizeof buffer)) > 0)
        for (char *p = buffer; p < buffer + r;) {
            unsigned short length;
            memcpy(&length, p + length_at, sizeof length);
            saw(p + name_at);
            p += length;
        }
    printf("%s: %ld wrong %d\n", what, r, wrong());
    close(fd);
}

static void look(const char *parent)
{
    char dir[200];
    snprintf(dir, sizeof dir, "%s/readdir-%d", parent, getpid());
    if (mkdir(dir, 0700))
        return;
    int at = open(dir, O_RDONLY | O_DIRECTORY);
    char name[16];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "n%d", i);
        close(openat(at, name, O_CREAT | O_WRONLY, 0600));
    }
    library(dir);
    calls("getdents64", SYS_getdents64, dir, 19, 16);
#if __SIZEOF_LONG__ == 4 /* AArch64 has no such call */
    calls("getdents", SYS_getdents, dir, 2 * sizeof(long) + 2, 2 * sizeof(long));
#endif
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "n%d", i);
        unlinkat(at, name, 0);
    }
    close(at);
    SHOW(rmdir(dir));
}

int main(void)
{
    look(".");
    look("/dev/shm");
    return 0;
}
