/* The text of the emulated /proc files, one writer each: proc_text.c, proc_smaps.c, proc_other.c. */
#ifndef XRUN_SYS_PROC_TEXT_H
#define XRUN_SYS_PROC_TEXT_H

#include "syscalls/sys.h"

#include <stdio.h>

/* Writes the file; host_fd is the host's file of the same name, open for reading. */
typedef void proc_writer(FILE *out, int host_fd);

proc_writer proc_write_maps, proc_write_smaps, proc_write_auxv, proc_write_cmdline, proc_write_environ;
proc_writer proc_write_stat, proc_write_status, proc_write_cpuinfo, proc_write_smaps_rollup;

/* maps and smaps of another process: if it is one of xrun, the guest's part of the host's file, else all of it. */
proc_writer proc_write_other_maps;
/* The guest program of another process of xrun, given its folder below /proc. false: there is none to be seen. */
bool proc_other_exe(const char *folder, char *path, size_t bytes);

/* The line of an area in maps and smaps. */
void proc_write_area(FILE *out, const struct mem_area *a);

#endif
