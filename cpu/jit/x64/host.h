/* The x86-64 backend. */
#ifndef XRUN_JIT_X64_HOST_H
#define XRUN_JIT_X64_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct jit_host;
/* NULL on other hosts, where the functions below do not exist. */
extern const struct jit_host *const jit_x64;

/* Chooses the processor features that rules may use, before jit_init(). A comma-separated list, read from left to right:
 * "sse4.2" (none), "host" (all), or a name of features.def after "-" or "+"; what needs another goes and comes with it.
 * any: also features that this processor lacks, for code that will not run. NULL, or what is wrong with the word that is
 * copied to `word`. */
const char *x64_choose_features(const char *list, bool any, char *word, size_t word_bytes);
/* A bit for each feature that rules may use. */
unsigned long x64_feature_bits(void);
/* Prints the names. */
void x64_list_features(FILE *to);

#endif
