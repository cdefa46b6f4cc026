/* Names of functions from ELF symbol tables: of the guest's mapped files, and of xrun itself. For listings and profilers. */
#ifndef XRUN_RUN_SYMBOLS_H
#define XRUN_RUN_SYMBOLS_H

#include "base/base.h"

/* Writes what guest code at pc belongs to: "main", or with offsets "main+0x10"; "libc.so.6+0x2a340" where the file has no
 * symbol for it, "[anonymous]" where no file is mapped. Thread-safe. */
void symbols_guest(u64 pc, bool offsets, char *text, size_t bytes);
/* The function of xrun that begins at this address; NULL: none, or xrun has no symbol table. */
const char *symbols_own(const void *address);
/* Around fork(2). */
void symbols_fork_prepare(void);
void symbols_fork_done(void);

#endif
