/* Files: stdio, stat, statx, folders, locks, offsets, extended attributes, mounts; ioctl and fcntl. */
#include "t.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <termios.h>

static void stdio(void)
{
    FILE *f = fopen("text", "w+");
    fprintf(f, "%d %ld %llx %g %.17g %a %s %c %5.2Lf\n", -5, 1234567890123L, 0x8070605040302010ull, 1e100, 0.1, 1.0 / 3,
            "word", 'z', (long double)2.345678);
    rewind(f);
    int i = 0;
    double d = 0;
    long l = 0;
    unsigned long long x = 0;
    printf("scanned %d:", fscanf(f, "%d %ld %llx %lf", &i, &l, &x, &d));
    printf(" %d %ld %llx %g\n", i, l, x, d);
    SHOW(fseek(f, -4, SEEK_END));
    SHOW(ftell(f) > 40);
    SHOW(fgetc(f));
    fclose(f);
    printf("%.10f %.3e %d\n", strtod("-12.75e-3", NULL), 6.02214076e23, atoi("42x"));
}

static void status(void)
{
    struct stat s;
    struct timespec t[2] = { { 1000000001, 123456789 }, { -5, 999999999 } };
    SHOW(mkdir("folder", 0750));
    SHOW(symlink("text", "link"));
    SHOW(link("text", "hard"));
    SHOW(truncate("text", 70000));
    SHOW(chmod("text", 04640));
    SHOW(utimensat(AT_FDCWD, "text", t, 0));
    SHOW(stat("text", &s));
    printf("mode %o links %ld size %ld block %d atime %lld.%09ld mtime %lld.%09ld\n", s.st_mode, (long)s.st_nlink,
           (long)s.st_size, (int)s.st_blksize, (long long)s.st_atim.tv_sec, s.st_atim.tv_nsec,
           (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
    SHOW(s.st_uid == getuid() && s.st_gid == getgid() && s.st_ino && s.st_dev && llabs(time(NULL) - s.st_ctime) < 5);
    SHOW(lstat("link", &s));
    printf("link: mode %o size %ld\n", s.st_mode, (long)s.st_size);
    SHOW(stat("/dev/null", &s));
    printf("null: mode %o device %d %d\n", s.st_mode & S_IFMT, major(s.st_rdev), minor(s.st_rdev));
    struct {
        uint32_t mask, blksize;
        uint64_t attributes;
        uint32_t nlink, uid, gid;
        uint16_t mode, pad;
        uint64_t ino, size;
        uint64_t rest[27];
    } x = { 0 };
    SHOW(syscall(SYS_statx, AT_FDCWD, "text", 0, 0x7ff, &x));
    printf("statx: links %u mode %o size %llu\n", x.nlink, x.mode, (unsigned long long)x.size);
    SHOW(stat("text", &s) == 0 && s.st_ino == x.ino);
    struct statfs fs;
    SHOW(statfs("/proc", &fs));
    printf("statfs: %lx %ld %ld\n", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static void folders(void)
{
    struct dirent **list;
    for (int i = 0; i < 500; i++) {
        char name[64];
        snprintf(name, sizeof name, "folder/a name of some length %d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    int n = scandir("folder", &list, NULL, by_name);
    printf("%d entries, %s, %s type %d\n", n, list[2]->d_name, list[n - 1]->d_name, list[n - 1]->d_type);
    DIR *d = opendir("folder");
    long at = 0;
    for (int i = 0; i < 100; i++)
        readdir(d);
    at = telldir(d);
    char *kept = strdup(readdir(d)->d_name);
    while (readdir(d))
        ;
    seekdir(d, at);
    SHOW(strcmp(readdir(d)->d_name, kept));
    closedir(d);
}

static void locks(void)
{
    int fd = open("text", O_RDWR);
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 50 };
    SHOW(fcntl(fd, F_SETLK, &l));
    fflush(stdout);
    if (fork() == 0) {
        struct flock m = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };
        SHOW(fcntl(fd, F_GETLK, &m));
        printf("lock %d %d %ld %ld, holder %d\n", m.l_type, m.l_whence, (long)m.l_start, (long)m.l_len,
               m.l_pid == getppid());
        m.l_type = F_RDLCK, m.l_start = 120, m.l_len = 1;
        SHOW(fcntl(fd, F_SETLK, &m));
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_SETOWN, getpid()));
    SHOW(fcntl(fd, F_GETOWN) == getpid());
    SHOW(open("folder", O_DIRECTORY | O_WRONLY));
    SHOW(open("text", O_DIRECTORY));
    SHOW(open("link", O_NOFOLLOW));
    close(fd);
}

static void offsets(void)
{
    int in = open("text", O_RDONLY), out = open("copy", O_RDWR | O_CREAT, 0600), pipes[2];
    off_t from = 3;
    SHOW(sendfile(out, in, &from, 1000));
    SHOW(from);
    SHOW(pipe(pipes));
    long long at = 5;
    SHOW(syscall(SYS_splice, in, &at, pipes[1], NULL, 500, 0));
    SHOW(at);
    int ready = 0;
    SHOW(ioctl(pipes[0], FIONREAD, &ready));
    SHOW(ready);
    long long to = 7;
    SHOW(syscall(SYS_copy_file_range, in, &at, out, &to, 100, 0));
    SHOW(at == 605 && to == 107);
    char a[3], b[5];
    struct iovec v[2] = { { a, 3 }, { b, 5 } };
    SHOW(preadv(in, v, 2, 2));
    printf("%.3s|%.5s\n", a, b);
    SHOW(lseek(out, -10, SEEK_END));
    SHOW(lseek(out, 0, SEEK_CUR));
}

static void terminals(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), on = 1;
    struct winsize w = { 24, 80, 640, 480 }, r = { 0 };
    struct termios t;
    SHOW(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    char *name = ptsname(master);
    int slave = name ? open(name, O_RDWR | O_NOCTTY) : -1;
    SHOW(ioctl(master, TIOCSWINSZ, &w));
    SHOW(ioctl(slave, TIOCGWINSZ, &r));
    printf("window %d %d %d %d\n", r.ws_row, r.ws_col, r.ws_xpixel, r.ws_ypixel);
    SHOW(tcgetattr(slave, &t));
    printf("termios %o %o %o %o, speed %d, eof %d\n", t.c_iflag, t.c_oflag, t.c_cflag & ~CBAUD, t.c_lflag,
           cfgetospeed(&t) == B38400, t.c_cc[VEOF]);
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    t.c_cc[VMIN] = 3;
    SHOW(tcsetattr(slave, TCSANOW, &t));
    SHOW(tcgetattr(slave, &t));
    printf("raw %o %d\n", t.c_lflag, t.c_cc[VMIN]);
    SHOW(write(master, "abcdef", 6));
    struct pollfd ready = { slave, POLLIN, 0 }; /* the terminal works in the background */
    int n = 0;
    while (poll(&ready, 1, 1000) == 1 && ioctl(slave, FIONREAD, &n) == 0 && n < 6)
        sched_yield();
    SHOW(ioctl(slave, FIONREAD, &n));
    SHOW(n);
    SHOW(ioctl(slave, FIONBIO, &on));
    SHOW(fcntl(slave, F_GETFL) & O_NONBLOCK);
}

static void attributes(void)
{
    char value[20] = { 0 };
    if (setxattr("text", "user.test", "value", 5, 0) && errno == EOPNOTSUPP) {
        printf("no attributes\n");
        return;
    }
    SHOW(getxattr("text", "user.test", value, sizeof value));
    SHOW(strcmp(value, "value"));
}

int main(void)
{
    stdio();
    status();
    folders();
    locks();
    offsets();
    terminals();
    attributes();
    return 0;
}
