/* Log output, must(), the clock. */
#define _GNU_SOURCE
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

u32 log_mask;
void (*must_context)(int fd);
static int log_fd = STDERR_FILENO;

static const struct {
    const char *word, *help;
} channels[LOG_COUNT] = {
#define X(id, word, help) [LOG_##id] = {word, help},
    LOG_CHANNELS(X)
#undef X
};

u64 monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static void write_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(fd, text, len);
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

void must_failed(const char *what, const char *file, int line)
{
    char text[512];
    int n = snprintf(text, sizeof text, "xrun: internal error: %s does not hold at %s:%d\n", what, file, line);
    write_all(STDERR_FILENO, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    if (must_context)
        must_context(STDERR_FILENO);
    abort();
}

static void print_line(int fd, const char *prefix, const char *format, va_list args, const char *suffix)
{
    char *body = NULL, *all = NULL;
    int n = vasprintf(&body, format, args);
    if (n >= 0) {
        n = asprintf(&all, "%s%s%s", prefix, body, suffix);
        if (n >= 0)
            write_all(fd, all, (size_t)n);
    }
    free(body);
    free(all);
}

void log_print(enum log_channel c, const char *format, ...)
{
    if (!log_on(c))
        return;
    va_list args;
    va_start(args, format);
    print_line(log_fd, "", format, args, "");
    va_end(args);
}

void warn_user(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_line(STDERR_FILENO, "xrun: ", format, args, "\n");
    va_end(args);
}

const char *log_select(const char *list)
{
    while (*list) {
        size_t n = strcspn(list, ",");
        unsigned i = 0;
        while (i < LOG_COUNT && !(strlen(channels[i].word) == n && !memcmp(channels[i].word, list, n)))
            i++;
        if (i == LOG_COUNT)
            return list;
        log_mask |= 1u << i;
        list += n + (list[n] == ',');
    }
    if (log_mask >> LOG_OP & 1)
        log_mask |= 1u << LOG_IR_OPT;
    return NULL;
}

int log_open(const char *path, bool append)
{
    char *name = NULL;
    const char *mark = strstr(path, "%d");
    int n = mark ? asprintf(&name, "%.*s%d%s", (int)(mark - path), path, (int)getpid(), mark + 2)
                 : asprintf(&name, "%s", path);
    if (n < 0)
        return -ENOMEM;
    int fd = open(name, O_WRONLY | O_CREAT | (append ? 0 : O_TRUNC) | O_APPEND | O_CLOEXEC, 0666);
    int err = errno;
    free(name);
    if (fd < 0)
        return -err;
    log_fd = own_fd_add(fd);
    return 0;
}

enum { OWN_FDS = 8, OWN_FD_LEAST = 1000 };
static int own_fds[OWN_FDS] = {[0 ... OWN_FDS - 1] = -1};

int own_fd_add(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, OWN_FD_LEAST), i = 0;
    if (high >= 0) {
        close(fd);
        fd = high;
    }
    while (own_fds[i] >= 0)
        must(++i < OWN_FDS);
    own_fds[i] = fd;
    return fd;
}

void own_fd_close(int fd)
{
    for (int i = 0; i < OWN_FDS; i++)
        if (own_fds[i] == fd)
            own_fds[i] = -1;
    close(fd);
}

bool own_fd(int fd) { return fd >= 0 && own_fd_next(fd) == fd; }

int own_fd_next(int from)
{
    int least = -1;
    for (int i = 0; i < OWN_FDS; i++)
        if (own_fds[i] >= from && (least < 0 || own_fds[i] < least))
            least = own_fds[i];
    return least;
}
