/* Pointer authentication within the frontend: keys, and the two operations that other sections use. */
#ifndef XRUN_A64_PAUTH_H
#define XRUN_A64_PAUTH_H

#include "guest/a64/a64.h"

/* Index of a key in a64_state.pac_keys, in pairs of low and high half. */
enum a64_key { A64_KEY_IA, A64_KEY_IB, A64_KEY_DA, A64_KEY_DB, A64_KEY_GA };

/* The pointer with its authentication code checked and removed. On failure it traps (TRAP_PAC) if the model has FEAT_FPAC
 * (for a combined instruction: FEAT_FPACCOMBINE), else the result is an address that faults when used. */
ir_ref a64_auth(struct ir_build *b, ir_ref pointer, ir_ref modifier, enum a64_key key, bool combined);
/* The pointer with an authentication code put in. */
ir_ref a64_sign(struct ir_build *b, ir_ref pointer, ir_ref modifier, enum a64_key key);

#endif
