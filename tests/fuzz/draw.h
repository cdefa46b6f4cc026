/* Random numbers for the generators of cases. All that is drawn follows from the seed. */
#ifndef XRUN_TESTS_DRAW_H
#define XRUN_TESTS_DRAW_H

#include "base/base.h"

void draw_seed(u64 seed);
u64 next_random(void);
/* 0 to n - 1; n is not 0. */
u32 below(u32 n);
/* True in so many of 100 cases. */
bool chance(u32 percent);
/* A bit pattern of a floating-point format with e exponent and f fraction bits; every class of number is likely. */
u64 draw_floating(unsigned e, unsigned f);

#endif
