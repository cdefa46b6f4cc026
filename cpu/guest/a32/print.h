/* Instructions as text. */
#ifndef XRUN_A32_PRINT_H
#define XRUN_A32_PRINT_H

#include "base/base.h"

/* struct guest.print_insn of 32-bit ARM: prints the instruction at code in the manual's unified syntax, branch targets as
 * absolute addresses. An odd pc: Thumb. Where this thread has just printed an IT instruction, those that follow it get their
 * conditions. Undefined encodings print as ".inst". Returns its length, or what is left of a truncated one. */
unsigned a32_print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);

/* The first template item of the tables that has no FMT row; NULL: all have one. For the tests. */
const char *a32_print_missing(void);

#endif
