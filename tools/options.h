/* xrun's command line. */
#ifndef XRUN_OPTIONS_H
#define XRUN_OPTIONS_H

#include "base/base.h"

enum option_id {
#define OPT(id, short_name, long_name, variable, argument, inherit, help) OPT_##id,
#include "tools/options.def"
#undef OPT
    OPT_COUNT
};

struct options {
    const char *value[OPT_COUNT]; /* last one given; "1" for those without argument; NULL: not given */
    char **environment;           /* the guest's, NULL-terminated; -E, -U and their variables are in it */
    char **inherited;             /* "--long", "value" .. for programs that the guest starts, NULL-terminated */
    const char *exec_name;        /* --exec FD:NAME, which xrun gives itself: what execve(2) named; NULL: not given */
    int exec_fd;                  /* and the open program */
    int seccomp_fd;               /* --seccomp FD, likewise: the filters of the thread that called it; -1: none */
    char **program;               /* first argument that is no option, NULL-terminated; may be empty */
};

/* Reads variables, then arguments. Returns 0, or the exit status after a message (2: wrong use). */
int options_read(struct options *o, int argc, char **argv, char **environment);
/* The long name of an option, without dashes. */
const char *options_name(enum option_id id);
/* The text of --help. */
void options_print_help(void);
/* Bytes with a suffix k, M, G or T. Returns false if text is no such number. */
bool options_bytes(const char *text, u64 *bytes);

#endif
