/* Listings of compiled code: what `-d out_asm` and `-d regions` print, and what the golden files hold. */
#ifndef XRUN_LISTING_H
#define XRUN_LISTING_H

#include "guest/guest.h"
#include "jit/watch.h"

#include <stdio.h>

/* A guest's disassembler for `-d in_asm`, by capstone; arguments and result as guest.print_insn, 0: cannot. */
unsigned listing_guest_a64(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);

/* Prints the host code of a piece by guest instruction, paths out of line with the name of the function that wrote them.
 * Labels, names of the guest's registers and of functions stand for numbers, so that the same code gives the same text in
 * every run. addresses: host addresses in front of the instructions. print_insn: as guest.print_insn. */
void listing_print(FILE *to, const struct jit_piece *p, const struct guest *g, bool addresses,
                   unsigned (*print_insn)(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes));

/* Lets everything that is compiled be printed to the logs that are on; call before anything is compiled. */
void listing_watch(const struct guest *g);

#endif
