/* Lets perf(1) name compiled code by the guest's functions. */
#ifndef XRUN_RUN_PERF_H
#define XRUN_RUN_PERF_H

#include "base/base.h"

/* Writes /tmp/perf-PID.map: a line "address size name" in hexadecimal for each piece of code, as perf report reads it
 * (linux/tools/perf/Documentation/jit-interface.txt). Before anything is compiled. append: the process has run another
 * program before. Returns 0 or -errno. */
int perf_map_start(bool append);
/* Writes FOLDER/jit-PID.dump with the code itself, for `perf record -k mono` and `perf inject --jit`
 * (linux/tools/perf/Documentation/jitdump-specification.txt). As above. */
int perf_dump_start(const char *folder, bool append);
/* In the child of a fork: files of its own, with all code so far. */
void perf_fork_done(void);

#endif
