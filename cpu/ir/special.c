/* Fields and types of the operations that ops.def calls SPECIAL, and of each other kind. */
#include "ir/special.h"

const u8 ir_special_refs[IR_OP_COUNT] = {
    [IR_OP_put] = 1,         [IR_OP_copy] = 1,       [IR_OP_zext] = 1,        [IR_OP_sext] = 1,
    [IR_OP_trunc] = 1,       [IR_OP_sext_low] = 1,   [IR_OP_zext_low] = 1,    [IR_OP_bitcast] = 1,
    [IR_OP_select] = 7,      [IR_OP_cond] = 1,       [IR_OP_flags_pack] = 1,  [IR_OP_flags_word] = 1,
    [IR_OP_vec] = 1,         [IR_OP_low] = 1,        [IR_OP_load] = 1,        [IR_OP_store] = 3,
    [IR_OP_atomic_add] = 3,  [IR_OP_atomic_andn] = 3, [IR_OP_atomic_or] = 3,  [IR_OP_atomic_xor] = 3,
    [IR_OP_atomic_smax] = 3, [IR_OP_atomic_smin] = 3, [IR_OP_atomic_umax] = 3, [IR_OP_atomic_umin] = 3,
    [IR_OP_atomic_swap] = 3, [IR_OP_cas] = 7,        [IR_OP_load_ex] = 1,     [IR_OP_store_ex] = 3,
    [IR_OP_trap_if] = 3,     [IR_OP_br] = 1,         [IR_OP_exit_branch] = 7, [IR_OP_exit_call] = 1,
    [IR_OP_exit_indirect] = 1, [IR_OP_prefetch] = 1,
};

#define ATOMIC {"AB", "g:gT"}
static const struct ir_special special[IR_OP_COUNT] = {
    [IR_OP_none] = {"", "-:"},
    [IR_OP_const] = {"v", "a:"},
    [IR_OP_param] = {"i", "a:"},
    [IR_OP_get] = {"o", "a:"},
    [IR_OP_put] = {"oA", "-:a"},
    [IR_OP_insn] = {"ien", "-:"},
    [IR_OP_copy] = {"A", "T:a"},
    [IR_OP_zext] = {"A", "l:i"},
    [IR_OP_sext] = {"A", "l:i"},
    [IR_OP_trunc] = {"A", "i:l"},
    [IR_OP_sext_low] = {"Ai", "T:g"},
    [IR_OP_zext_low] = {"Ai", "T:g"},
    [IR_OP_bitcast] = {"A", "s:s"},
    [IR_OP_select] = {"ABC", "a:iTT"},
    [IR_OP_cond] = {"A", "i:F"},
    [IR_OP_flags_pack] = {"A", "F:i"},
    [IR_OP_flags_word] = {"A", "i:F"},
    [IR_OP_vec] = {"A", "v:s"},
    [IR_OP_low] = {"A", "s:v"},
    [IR_OP_load] = {"Ai", "a:g"},
    [IR_OP_store] = {"AiB", "-:ga"},
    [IR_OP_atomic_add] = ATOMIC,
    [IR_OP_atomic_andn] = ATOMIC,
    [IR_OP_atomic_or] = ATOMIC,
    [IR_OP_atomic_xor] = ATOMIC,
    [IR_OP_atomic_smax] = ATOMIC,
    [IR_OP_atomic_smin] = ATOMIC,
    [IR_OP_atomic_umax] = ATOMIC,
    [IR_OP_atomic_umin] = ATOMIC,
    [IR_OP_atomic_swap] = ATOMIC,
    [IR_OP_cas] = {"ABC", "a:gTT"},
    [IR_OP_load_ex] = {"A", "a:g"},
    [IR_OP_store_ex] = {"AB", "i:ga"},
    [IR_OP_clear_ex] = {"", "-:"},
    [IR_OP_prefetch] = {"Ai", "-:g"},
    [IR_OP_fence] = {"", "-:"},
    [IR_OP_call] = {"H", "a:"},
    [IR_OP_trap_if] = {"AtiB", "-:i?l"},
    [IR_OP_jump] = {"J", "-:"},
    [IR_OP_br] = {"AK", "-:i"},
    [IR_OP_exit_next] = {"i", "-:"},
    [IR_OP_exit_branch] = {"ABC", "-:ill"},
    [IR_OP_exit_call] = {"iA", "-:l"},
    [IR_OP_exit_indirect] = {"Ahi", "-:g"},
    [IR_OP_exit_syscall] = {"i", "-:"},
    [IR_OP_exit_trap] = {"ti", "-:"},
};

static const struct ir_special by_kind[] = {
    [IR_KIND_INT1] = {"A*i", "T:g"},       [IR_KIND_INT2] = {"AB*i", "T:gT"},      [IR_KIND_CMP2] = {"AB*i", "i:gA"},
    [IR_KIND_FLAGS2] = {"AB*i", "F:gA"},   [IR_KIND_FLAGS3] = {"ABC*i", "F:gAi"},  [IR_KIND_F1] = {"A*i", "T:f"},
    [IR_KIND_F2] = {"AB*i", "T:fT"},       [IR_KIND_F3] = {"ABC*i", "T:fTT"},      [IR_KIND_CUSTOM] = {"*ABCi", "a:a?aa"},
    [IR_KIND_VL1] = {"A*i", "v:v"},      [IR_KIND_VL2] = {"AB*i", "v:vv"},     [IR_KIND_VL3] = {"ABC*i", "v:vvv"},
    [IR_KIND_VF1] = {"A*i", "v:v"},      [IR_KIND_VF2] = {"AB*i", "v:vv"},     [IR_KIND_VF3] = {"ABC*i", "v:vvv"},
    [IR_KIND_V] = {"*ABCi", "v:?vvv"},
};

const struct ir_special *ir_special_of(enum ir_opcode op)
{
    unsigned kind = ir_op_info[op].kind;
    return kind == IR_KIND_SPECIAL ? &special[op] : &by_kind[kind];
}

enum ir_suffix ir_suffix_of(enum ir_opcode op)
{
    if (op == IR_OP_cond)
        return IR_SUFFIX_COND;
    if (op == IR_OP_fence)
        return IR_SUFFIX_ORDER;
    if (op == IR_OP_insn || op == IR_OP_trap_if || op == IR_OP_exit_trap || op == IR_OP_exit_indirect)
        return IR_SUFFIX_NONE;
    unsigned kind = ir_op_info[op].kind;
    if (kind >= IR_KIND_VL1)
        return IR_SUFFIX_LANE;
    if (kind == IR_KIND_SPECIAL && op != IR_OP_call && ir_op_info[op].effects & (IR_READ_MEM | IR_WRITE_MEM))
        return IR_SUFFIX_MEM;
    return IR_SUFFIX_NUMBER;
}
_Static_assert(IR_KIND_VL1 + 6 == IR_KIND_V, "vector kinds are the last");

const struct ir_flag_name ir_mem_flags[5] = {
    {IR_MEM_SIGN, "sign"}, {IR_MEM_SWAP, "swap"}, {IR_MEM_ACQ, "acq"}, {IR_MEM_REL, "rel"}, {IR_MEM_ALIGN, "align"},
};
const char ir_lane_names[8][4] = {"8b", "4h", "2s", "1d", "16b", "8h", "4s", "2d"};
const char *const ir_trap_names[TRAP_COUNT] = {
    [TRAP_NONE] = "none",           [TRAP_UNDEFINED] = "undefined",       [TRAP_BREAKPOINT] = "breakpoint",
    [TRAP_ALIGNMENT] = "alignment", [TRAP_PC_ALIGNMENT] = "pc_alignment", [TRAP_BTI] = "bti",
    [TRAP_PAC] = "pac",             [TRAP_FP] = "fp",                 [TRAP_MOPS] = "mops",
};
const char *const ir_hint_names[7] = {
    [IR_HINT_JUMP] = "jump",
    [IR_HINT_CALL] = "call",
    [IR_HINT_RETURN] = "return",
    [IR_HINT_SYNC] = "sync",
    [IR_EXCHANGE | IR_HINT_JUMP] = "exchange_jump",
    [IR_EXCHANGE | IR_HINT_CALL] = "exchange_call",
    [IR_EXCHANGE | IR_HINT_RETURN] = "exchange_return",
};
