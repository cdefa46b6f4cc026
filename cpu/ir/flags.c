/* Pending condition flags. See flags.h. */
#include "ir/flags.h"
#include "ir/eval_support.h"

u32 flags_pending_word(u32 kind, u64 a, u64 b)
{
    unsigned width = kind & FLAGS_OF_64 ? 64 : 32;
    switch (kind & ~(u32)FLAGS_OF_64) {
    case FLAGS_OF_ADD: return value_flags_adc(width, a, b, 0);
    case FLAGS_OF_ADD_RESULT: return value_flags_adc(width, a - b, b, 0);
    case FLAGS_OF_SUB: return value_flags_adc(width, a, ~b, 1);
    case FLAGS_OF_SUB_RESULT: return value_flags_adc(width, a + b, ~b, 1);
    default: return value_flags_nz(width, a & b);
    }
}

void flags_settle(struct cpu_common *cpu)
{
    if (!cpu->flags_kind)
        return;
    *(u32 *)((u8 *)cpu + cpu->flags_offset) = flags_pending_word(cpu->flags_kind, cpu->flags_a, cpu->flags_b);
    cpu->flags_kind = FLAGS_NOT_PENDING;
}
