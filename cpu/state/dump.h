/* Registers as text on a file descriptor: no stdio, so that it works in a signal handler. */
#ifndef XRUN_STATE_DUMP_H
#define XRUN_STATE_DUMP_H

#include "base/base.h"

struct dump_line {
    int fd;
    unsigned used;
    char text[128];
};

/* Appends name, index (if not negative), "=" and a value of `digits` hexadecimal digits, high half first; writes the line
 * out when it is full. */
void dump_item(struct dump_line *l, const char *name, int index, u64 high, u64 low, unsigned digits);
/* Writes out what is left. */
void dump_flush(struct dump_line *l);

#endif
