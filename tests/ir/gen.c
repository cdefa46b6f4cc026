/* Random operations, from the rows of ops.def. */
#include "gen.h"
#include "ir/special.h"

u64 gen_state;
ir_ref (*gen_make)(struct ir_build *b, enum ir_type t);
ir_ref gen_first;

u32 draw(u32 below)
{
    gen_state = gen_state * 6364136223846793005 + 1442695040888963407;
    return (u32)((gen_state >> 33) % below);
}

u64 interesting(void)
{
    static const u64 numbers[] = {0,
                                  1,
                                  2,
                                  7,
                                  8,
                                  31,
                                  32,
                                  63,
                                  64,
                                  0x7f,
                                  0x80,
                                  0xff,
                                  0x7fff,
                                  0x8000,
                                  0xffff,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  ~0ull,
                                  ~0ull - 1,
                                  0x3c00,
                                  0x7e01,
                                  0x7d00,
                                  0xfc00,
                                  0x3f800000,
                                  0x7fc00001,
                                  0x7f800001,
                                  0xff800000,
                                  0x00000001,
                                  0x3ff0000000000000,
                                  0x7ff8000000000001,
                                  0x7ff0000000000001,
                                  0xfff0000000000000};
    u64 r = (u64)draw(1u << 31) << 33 ^ (u64)draw(1u << 31) << 11 ^ draw(1u << 11);
    return draw(3) ? numbers[draw(ARRAY_SIZE(numbers))] : r;
}

static const enum ir_type value_types[] = {IR_I32, IR_I64, IR_I64, IR_F16, IR_F32, IR_F64, IR_V128, IR_FLAGS};
enum ir_type draw_type(void) { return value_types[draw(ARRAY_SIZE(value_types))]; }
enum ir_type draw_int(void) { return draw(2) ? IR_I32 : IR_I64; }
enum ir_type draw_float(void) { return (enum ir_type)(IR_F16 + draw(3)); }

ir_ref pick(struct ir_build *b, enum ir_type t)
{
    u32 count = b->fn->count - gen_first;
    for (int i = 0; count && i < 6; i++) {
        ir_ref r = b->fn->count - 1 - draw(count < 30 ? count : 30);
        if (b->fn->ops[r].type == t)
            return r;
    }
    return gen_make(b, t);
}

static void add_conversion(struct ir_build *b)
{
    enum ir_type t = draw_int(), f = draw_float();
    static const u8 widths[] = {8, 16, 32};
    switch (draw(13)) {
    case 0: ir_emit(b, IR_OP_zext, IR_I64, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 1: ir_emit(b, IR_OP_sext, IR_I64, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 2: ir_emit(b, IR_OP_trunc, IR_I32, 0, pick(b, IR_I64), 0, 0, 0); break;
    case 3: ir_emit(b, IR_OP_sext_low, t, 0, pick(b, t), 0, 0, widths[draw(3)]); break;
    case 4: ir_emit(b, IR_OP_zext_low, t, 0, pick(b, t), 0, 0, widths[draw(3)]); break;
    case 5: ir_emit(b, IR_OP_bitcast, f, 0, pick(b, f == IR_F64 ? IR_I64 : IR_I32), 0, 0, 0); break;
    case 6: ir_emit(b, IR_OP_bitcast, f == IR_F64 ? IR_I64 : IR_I32, 0, pick(b, f), 0, 0, 0); break;
    case 7: ir_emit(b, IR_OP_flags_pack, IR_FLAGS, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 8: ir_emit(b, IR_OP_flags_word, IR_I32, 0, pick(b, IR_FLAGS), 0, 0, 0); break;
    case 9: ir_emit(b, IR_OP_vec, IR_V128, 0, pick(b, draw(2) ? t : f), 0, 0, 0); break;
    case 10: ir_emit(b, IR_OP_low, draw(2) ? t : f, 0, pick(b, IR_V128), 0, 0, 0); break;
    case 11: ir_emit(b, IR_OP_cond, IR_I32, (u8)draw(16), pick(b, IR_FLAGS), 0, 0, 0); break;
    default:
        t = draw_type();
        ir_ref x = pick(b, IR_I32), y = pick(b, t), z = pick(b, t);
        ir_emit(b, IR_OP_select, t, 0, x, y, z, 0);
    }
}

static void add_custom(struct ir_build *b, enum ir_opcode op)
{
    enum ir_type f = draw_float(), g = draw_float();
    ir_ref x, y;
    switch (op) {
    case IR_OP_vextract: ir_emit(b, op, draw_int(), (u8)draw(4), pick(b, IR_V128), 0, 0, draw(16)); break;
    case IR_OP_vdup: ir_emit(b, op, IR_V128, (u8)draw(8), pick(b, IR_I64), 0, 0, 0); break;
    case IR_OP_fcmp:
    case IR_OP_fcmpe:
        x = pick(b, f), y = pick(b, f);
        ir_emit(b, op, IR_FLAGS, 0, x, y, 0, 0);
        break;
    case IR_OP_fcvt:
        if (f != g)
            ir_emit(b, op, g, 0, pick(b, f), 0, 0, 0);
        break;
    default: break; /* other rows have rules of their own for imm */
    }
}

void add_integer(struct ir_build *b)
{
    static const u16 two[] = {IR_OP_add, IR_OP_add, IR_OP_sub, IR_OP_and, IR_OP_or, IR_OP_xor, IR_OP_shl, IR_OP_shr, IR_OP_sar,
                              IR_OP_mul, IR_OP_rotr};
    enum ir_type t = draw(3) ? IR_I64 : IR_I32;
    ir_ref x, y;
    switch (draw(8)) {
    case 0:
    case 1: ir_emit(b, IR_OP_zext, IR_I64, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 2: ir_emit(b, IR_OP_trunc, IR_I32, 0, pick(b, IR_I64), 0, 0, 0); break;
    case 3:
        x = pick(b, t), y = pick(b, t);
        ir_emit(b, IR_OP_flags_sub, IR_FLAGS, 0, x, y, 0, 0);
        break;
    default:
        x = pick(b, t), y = pick(b, t);
        ir_emit(b, (enum ir_opcode)two[draw(ARRAY_SIZE(two))], t, 0, x, y, 0, 0);
    }
}

/* Any row with a kind that fixes its types. */
void add_row(struct ir_build *b)
{
    enum ir_opcode op = (enum ir_opcode)(1 + draw(IR_OP_COUNT - 1));
    enum ir_type t = draw_int(), f = draw_float(), v = IR_V128;
    u8 lane = (u8)draw(3), sub = (u8)(draw(8) ? lane : 3) | (draw(2) ? IR_FULL : 0);
    ir_ref x, y, z;
    switch ((enum ir_kind)ir_op_info[op].kind) {
    case IR_KIND_INT1: ir_emit(b, op, t, 0, pick(b, t), 0, 0, 0); break;
    case IR_KIND_INT2:
    case IR_KIND_CMP2:
    case IR_KIND_FLAGS2:
        x = pick(b, t), y = pick(b, t);
        ir_emit(b, op,
                ir_op_info[op].kind == IR_KIND_INT2   ? t
                : ir_op_info[op].kind == IR_KIND_CMP2 ? IR_I32
                                                      : IR_FLAGS,
                0, x, y, 0, 0);
        break;
    case IR_KIND_FLAGS3:
        x = pick(b, t), y = pick(b, t), z = pick(b, IR_I32);
        ir_emit(b, op, IR_FLAGS, 0, x, y, z, 0);
        break;
    case IR_KIND_F1: ir_emit(b, op, f, 0, pick(b, f), 0, 0, draw(4) | 32 << 8); break;
    case IR_KIND_F2:
        x = pick(b, f), y = pick(b, f);
        ir_emit(b, op, f, 0, x, y, 0, 0);
        break;
    case IR_KIND_F3:
        x = pick(b, f), y = pick(b, f), z = pick(b, f);
        ir_emit(b, op, f, 0, x, y, z, 0);
        break;
    case IR_KIND_VF1:
    case IR_KIND_VF2:
    case IR_KIND_VF3: sub |= !(sub & IR_LANE_MASK); /* fall through */
    case IR_KIND_VL1:
    case IR_KIND_VL2:
    case IR_KIND_VL3:
        x = pick(b, v), y = pick(b, v), z = pick(b, v);
        unsigned count = (unsigned)strspn(ir_special_of(op)->format, "ABC");
        u64 imm = ir_op_info[op].kind == IR_KIND_VF1 ? draw(4) | 32 << 8 : 1; /* in range for all shifts and roundings */
        ir_emit(b, op, v, sub, x, count > 1 ? y : 0, count > 2 ? z : 0, imm);
        break;
    case IR_KIND_V:
        x = pick(b, v), y = pick(b, v), z = pick(b, v);
        if (ir_op_info[op].effects & IR_FP) /* no floating-point lanes of a byte */
            sub |= !(sub & IR_LANE_MASK);
        ir_emit(b, op, v, (sub & IR_LANE_MASK) == IR_D ? IR_FULL | IR_H : sub, x, y, z, 0);
        break;
    case IR_KIND_CUSTOM: add_custom(b, op); break;
    case IR_KIND_SPECIAL: add_conversion(b); break;
    }
}
