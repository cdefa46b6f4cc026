/* Instructions as text. */
#ifndef XRUN_A64_PRINT_H
#define XRUN_A64_PRINT_H

#include "base/base.h"

/* struct guest.print_insn of AArch64: prints the instruction at code in the manual's syntax without aliases, branch targets
 * as absolute addresses. Undefined encodings print as ".inst". Returns 4, or what is left of a truncated one. */
unsigned a64_print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);

/* The first template item that no FMT row prints, NULL: none. For the test of the tables. */
const char *a64_print_missing(void);

#endif
