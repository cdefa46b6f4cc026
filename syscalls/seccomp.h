/* Filters of system calls, see seccomp.c. */
#ifndef XRUN_SECCOMP_H
#define XRUN_SECCOMP_H

#include "syscalls/sys.h"

struct seccomp_filter;

/* A thread's reference to its newest filter, which holds the older ones. NULL: none. */
void seccomp_hold(struct seccomp_filter *f);
void seccomp_drop(struct seccomp_filter *f);
/* Whether `from` (or NULL) is f or one of its older filters. */
bool seccomp_descends(const struct seccomp_filter *from, const struct seccomp_filter *f);

/* Before the current call of t, which has a filter or is in strict mode: 0 to go on; otherwise the call's result in
 * place of making it (SYS_SKIP: the result is 0). May end the process. */
enum { SYS_SKIP = -601 };
long seccomp_check(struct sys_thread *t);
/* PR_SET_SECCOMP. */
long seccomp_prctl(u64 mode, u64 args);
/* 0, 1 (strict) or 2 (filters), and how many filters, as /proc shows them. */
int seccomp_mode(const struct sys_thread *t);
unsigned seccomp_count(const struct sys_thread *t);

/* The chain of t in a new file, close-on-exec; descriptor or -errno. */
int seccomp_save(const struct sys_thread *t);
/* The chain of such a file, which is closed; a damaged one ends xrun. */
struct seccomp_filter *seccomp_inherit(int fd);

#endif
