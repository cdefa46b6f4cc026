/* Shared by the lift functions of scalar and vector floating point. */
#ifndef XRUN_A64_LIFT_FP_H
#define XRUN_A64_LIFT_FP_H

#include "guest/a64/a64.h"
#include "ir/fp.h"
#include "a64_decode.h"

/* The scalar type of a lane size: IR_H, IR_S, IR_D. */
static inline enum ir_type a64_fp_lane_type(unsigned lane)
{
    return lane == IR_H ? IR_F16 : lane == IR_S ? IR_F32 : IR_F64;
}
/* `sub` of a vector operation. */
static inline u8 a64_fp_sub(unsigned lane, unsigned q) { return (u8)(lane | (q ? IR_FULL : 0)); }
/* The bits of an 8-bit floating-point immediate in a format [VFPExpandImm]. */
u64 a64_fp_imm(unsigned lane, unsigned imm8);
/* One lane of a register as a scalar float. */
static inline ir_ref a64_fp_lane(struct ir_build *b, ir_ref v, unsigned lane, unsigned index)
{
    return ir_op_typed(b, IR_OP_vextract, a64_fp_lane_type(lane), (u8)lane, v, IR_NONE, IR_NONE, index);
}

/* imm of conversions and roundings, by the letter in the mnemonic. */
enum {
    RN = FP_ROUND_NEAREST,
    RP = FP_ROUND_UP,
    RM = FP_ROUND_DOWN,
    RZ = FP_ROUND_ZERO,
    RA = FP_TIES_AWAY,
    RI = FP_CURRENT,
    RX = FP_CURRENT | FP_IMM_INEXACT,
    R32Z = FP_ROUND_ZERO | FP_INT32 << 8,
    R64Z = FP_ROUND_ZERO | FP_INT64 << 8,
    R32X = FP_CURRENT | FP_INT32 << 8,
    R64X = FP_CURRENT | FP_INT64 << 8,
};

#endif
