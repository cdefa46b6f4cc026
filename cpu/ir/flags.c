/* Pending condition flags. See flags.h. */
#include "ir/flags.h"
#include "ir/eval_support.h"

/* Bit patterns of IEEE 754; as fp_compare() without flushing. */
static u32 compare_floats(unsigned width, u64 a, u64 b)
{
    u64 sign = 1ull << (width - 1), infinity = width == 64 ? 0x7ff0000000000000 : 0x7f800000;
    if (width == 32) {
        a = (u32)a;
        b = (u32)b;
    }
    if ((a & ~sign) > infinity || (b & ~sign) > infinity)
        return IR_FLAG_C | IR_FLAG_V;
    if (a == b || !((a | b) & ~sign))
        return IR_FLAG_Z | IR_FLAG_C;
    bool less = (a ^ b) & sign ? a & sign : a & sign ? a > b : a < b;
    return less ? IR_FLAG_N : IR_FLAG_C;
}

u32 flags_pending_word(u32 kind, u64 a, u64 b)
{
    unsigned width = kind & FLAGS_OF_64 ? 64 : 32;
    if (kind & FLAGS_NUMBER)
        b = (u64)(i64)((i32)kind >> FLAGS_NUMBER_SHIFT);
    switch (kind & FLAGS_BASE) {
    case FLAGS_OF_ADD: return value_flags_adc(width, a, b, 0);
    case FLAGS_OF_ADD_RESULT: return value_flags_adc(width, a - b, b, 0);
    case FLAGS_OF_SUB: return value_flags_adc(width, a, ~b, 1);
    case FLAGS_OF_SUB_RESULT: return value_flags_adc(width, a + b, ~b, 1);
    case FLAGS_OF_FLOAT: return compare_floats(width, a, b);
    default: return value_flags_nz(width, a & b);
    }
}

void flags_settle(struct cpu_common *cpu)
{
    u32 kind = cpu->flags_kind, *flags = (u32 *)((u8 *)cpu + cpu->flags_offset), word = *flags;
    if (!kind)
        return;
    if (kind & FLAGS_BASE)
        word = flags_pending_word(kind, cpu->flags_a, cpu->flags_b);
    if (kind & FLAGS_NZ)
        word = (word & (IR_FLAG_C | IR_FLAG_V)) | value_flags_nz(32, cpu->flags_nz);
    if (kind & FLAGS_CARRY_BIT)
        word = (word & ~(u32)IR_FLAG_C) | (cpu->flags_carry & 1) << 29;
    *flags = word;
    cpu->flags_kind = FLAGS_NOT_PENDING;
}
