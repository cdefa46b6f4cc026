/* measure FD PROGRAM ARGUMENT..: runs it and writes "CPU seconds, peak KiB, wait status" to FD. A small process of its own,
 * because the peak memory of a process counts from the one that forked it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage u;
    int status;
    if (argc < 3)
        return 2;
    int fd = atoi(argv[1]);
    pid_t child = fork();
    if (child < 0)
        return 2;
    if (!child) {
        close(fd);
        execv(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (wait4(child, &status, 0, &u) != child)
        return 2;
    double seconds = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    dprintf(fd, "%.6f %ld %d\n", seconds, u.ru_maxrss, status);
    return 0;
}
