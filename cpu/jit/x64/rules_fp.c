/* Scalar floating point: arithmetic, comparison, minimum and maximum, rounding to integral values. */
#include "jit/x64/rules_fp.h"

/* --- instructions and constants ---------------------------------------------------------------------------------------- */

void x64_three(struct x64 *x, unsigned insn, unsigned dst, unsigned a, unsigned b, i32 imm)
{
    if (x64_shared.avx) {
        x64_rvri(&x->c, insn, dst, a, b, imm);
        return;
    }
    if (dst != a)
        x64_rr(&x->c, X64_movaps, dst, a);
    x64_rri(&x->c, insn, dst, b, imm);
}

void x64_two(struct x64 *x, unsigned insn, unsigned dst, unsigned a, i32 imm)
{
    if (x64_shared.avx)
        x64_rvri(&x->c, insn, dst, 0, a, imm);
    else
        x64_rri(&x->c, insn, dst, a, imm);
}

/* The displacement of the instruction just written, with an immediate behind it or not. */
static void point_to_constant(struct x64 *x, unsigned insn, unsigned constant)
{
    u32 behind = x64_rows[insn].imm;
    x64_external(x, x->c.count - 4 - behind, x64_shared.fp_constants + 16 * constant - behind);
}

void x64_three_const(struct x64 *x, unsigned insn, unsigned dst, unsigned a, unsigned constant, i32 imm)
{
    struct x64_mem m = x64_at(X64_RIP, 0);
    if (x64_shared.avx) {
        x64_rvmi(&x->c, insn, dst, a, m, imm);
    } else {
        if (dst != a)
            x64_rr(&x->c, X64_movaps, dst, a);
        x64_rmi(&x->c, insn, dst, m, imm);
    }
    point_to_constant(x, insn, constant);
}

void x64_two_const(struct x64 *x, unsigned insn, unsigned dst, unsigned constant)
{
    if (x64_shared.avx)
        x64_rvmi(&x->c, insn, dst, 0, x64_at(X64_RIP, 0), 0);
    else
        x64_rmi(&x->c, insn, dst, x64_at(X64_RIP, 0), 0);
    point_to_constant(x, insn, constant);
}

static void fill32(u8 *at, unsigned constant, u32 value)
{
    for (unsigned i = 0; i < 16; i += 4)
        memcpy(at + 16 * constant + i, &value, 4);
}
static void fill64(u8 *at, unsigned constant, u64 value)
{
    for (unsigned i = 0; i < 16; i += 8)
        memcpy(at + 16 * constant + i, &value, 8);
}

void x64_fp_init(void)
{
    static const struct {
        unsigned constant;
        u32 single;
        u64 twice;
    } rows[] = {
        {FPC_ABS, 0x7fffffff, 0x7fffffffffffffff},
        {FPC_SIGN, 0x80000000, 0x8000000000000000},
        {FPC_MIN, 0x00800000, 0x0010000000000000},
        {FPC_ONE, 0x3f800000, 0x3ff0000000000000},
        {FPC_HALF, 0x3f000000, 0x3fe0000000000000},
        {FPC_INTEGERS, 0x4b000000, 0x4330000000000000},
        {FPC_BELOW, 0x4affffff, 0x432fffffffffffff},
        {FPC_UNSIGNED, 0x4effffff, 0x43dfffffffffffff},
        {FPC_LEAST, 0x80000000, 0x8000000000000000},
        {FPC_SPLIT, 0x47800000, 0x0000ffff0000ffff},
        {FPC_ZERO, 0, 0},
        {FPC_UNIT, 1, 1},
        {FPC_PRODUCT, 128u << 23, 1024ull << 52},
        {FPC_FUSED, 152u << 23, 1077ull << 52},
    };
    u8 bytes[16 * FPC_COUNT];
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        fill32(bytes, rows[i].constant, rows[i].single);
        fill64(bytes, rows[i].constant + 1, rows[i].twice);
    }
    for (unsigned n = 0; n <= 64; n++) {
        fill32(bytes, x64_fp_scale(false, n), (u32)(127 - n) << 23);
        fill64(bytes, x64_fp_scale(true, n), (u64)(1023 - n) << 52);
    }
    x64_shared.fp_constants = buffer_add(NULL, bytes, sizeof bytes);
    must(x64_shared.fp_constants && (uintptr_t)x64_shared.fp_constants % 16 == 0);
}

/* --- doubt ------------------------------------------------------------------------------------------------------------- */

struct slow *x64_fp_slow(struct x64 *x, unsigned dst, const struct ir_op *op)
{
    struct slow *s = x64_slow(x, x64_slow_eval, 0);
    ir_ref operand[3] = {op->a, op->b, op->c};
    for (unsigned i = 0; i < 3; i++)
        s->src[i] = operand[i] ? jit_reg(&x->j, operand[i]) : JIT_NOWHERE;
    s->dst = (u8)dst;
    s->traps = true;
    if (x64_flush(x) == FLUSH_PERHAPS) {
        x64_rmi(&x->c, X64_test_i, 0, cpu_field(offsetof(struct cpu_common, fp_mode)), FP_FZ);
        x64_fp_doubt(s, x64_jcc(&x->c, CC_NE));
    }
    s->from = x->c.count;
    return s;
}

void x64_fp_done(struct x64 *x, struct slow *s)
{
    s->back = x->c.count;
    if (s->traps && x->j.fp_traps)
        jit_note_site(&x->j, s->from, s->back, (u32)(s - x->slow));
}

bool x64_nans_trap(const struct x64 *x)
{
    const struct ir_fp_model *fp = &x->fp;
    u32 needed = FP_DEFAULT_NAN | FP_NAN_MASK;
    return x->j.fp_traps && (fp->known & needed) == needed && (fp->value & needed) == FP_NAN_ARM;
}

void x64_fp_doubt(struct slow *s, u32 jump)
{
    unsigned n = 0;
    while (s->jump[n])
        n++;
    must(n < ARRAY_SIZE(s->jump));
    s->jump[n] = jump;
}

/* Unordered sets ZF as equal does, so that one comparison finds both doubts. */
void x64_fp_check(struct x64 *x, struct slow *s, unsigned reg, bool f64, bool tiny)
{
    unsigned compare = f64 ? X64_ucomisd : X64_ucomiss;
    if (tiny) {
        x64_three_const(x, X64_andps, 0, reg, FPC_ABS + f64, 0);
        x64_two_const(x, compare, 0, FPC_MIN + f64);
        x64_fp_doubt(s, x64_jcc(&x->c, CC_E));
    } else if (!x64_nans_trap(x)) {
        x64_two(x, compare, reg, reg, 0);
        x64_fp_doubt(s, x64_jcc(&x->c, CC_P));
    }
}

static bool scalar(u8 type) { return type == IR_F32 || type == IR_F64; }

bool x64_float_has(const struct x64 *x, const struct ir_op *op)
{
    u8 operand = x64_op(x, op->a)->type;
    if (!scalar(operand))
        return false;
    switch (op->op) {
    case IR_OP_fabs:
    case IR_OP_fneg: return true;
    case IR_OP_fmuladd: return x64_shared.fma && x64_flush(x) != FLUSH_ALWAYS;
    case IR_OP_fcmp: /* these have no path out of line */
    case IR_OP_fcmpe:
    case IR_OP_fcmeq:
    case IR_OP_fcmge:
    case IR_OP_fcmgt:
    case IR_OP_facge:
    case IR_OP_facgt: return x64_flush(x) == FLUSH_NEVER;
    default: return x64_flush(x) != FLUSH_ALWAYS;
    }
}

/* --- arithmetic -------------------------------------------------------------------------------------------------------- */

void x64_float(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = op->type == IR_F64, tiny = false;
    unsigned a = use_vector(x, op->a), b = op->b ? use_vector(x, op->b) : a, third = op->c ? use_vector(x, op->c) : 0;
    unsigned dst = def_vector(x, k), insn;
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    switch (op->op) {
    case IR_OP_fadd: insn = X64_addss; break;
    case IR_OP_fsub: insn = X64_subss; break;
    case IR_OP_fmul: insn = X64_mulss; tiny = true; break;
    case IR_OP_fdiv: insn = X64_divss; break;
    case IR_OP_fsqrt: insn = X64_sqrtss; break;
    default: insn = X64_vfmadd231ss; tiny = true; break;
    }
    insn += f64; /* the row of the double form is the next one */
    if (op->op == IR_OP_fmuladd) {
        x64_two(x, X64_movaps, dst, a, 0);
        x64_rvr(&x->c, insn, dst, b, third);
    } else {
        x64_three(x, insn, dst, a, b, 0);
    }
    x64_fp_check(x, s, dst, f64, tiny);
    x64_fp_done(x, s);
}

void x64_fabs_neg(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = op->type == IR_F64, neg = op->op == IR_OP_fneg;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    x64_three_const(x, neg ? X64_xorps : X64_andps, dst, a, (neg ? FPC_SIGN : FPC_ABS) + f64, 0);
}

/* The host's minimum is its second operand if both are zeros, and an invalid operation for every NaN. So those trap, or are
 * looked for first, and both orders are combined: with "or" the minimum of two zeros is -0 if one is, with "and" the maximum +0. */
void x64_fminmax(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = op->type == IR_F64, max = op->op == IR_OP_fmax || op->op == IR_OP_fmaxnm;
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), dst = def_vector(x, k);
    unsigned insn = (max ? X64_maxss : X64_minss) + f64;
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    if (!x->j.fp_traps) {
        x64_two(x, f64 ? X64_ucomisd : X64_ucomiss, a, b, 0);
        x64_fp_doubt(s, x64_jcc(&x->c, CC_P));
    }
    x64_three(x, insn, 0, a, b, 0);
    x64_three(x, insn, dst, b, a, 0);
    x64_three(x, max ? X64_andps : X64_orps, dst, dst, 0, 0);
    x64_fp_done(x, s);
}

/* --- comparison -------------------------------------------------------------------------------------------------------- */

/* With the operands exchanged, EFLAGS have these conditions directly. */
static bool wants_exchange(const struct x64 *x, u32 k)
{
    u32 end = x->j.fn->count < k + 64 ? x->j.fn->count : k + 64;
    for (u32 i = k + 1; i < end; i++) {
        const struct ir_op *op = x64_op(x, i);
        if (op->op == IR_OP_cond && op->a == k)
            return op->sub >= IR_CS && op->sub <= IR_LS && op->sub != IR_VS && op->sub != IR_VC;
        if (ir_op_info[op->op].effects & IR_END)
            break;
    }
    return false;
}

void x64_fcompare(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = x64_op(x, op->a)->type == IR_F64, exchange = wants_exchange(x, k);
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b);
    unsigned insn = op->op == IR_OP_fcmp ? X64_ucomiss : X64_comiss;
    u32 from = x->c.count;
    x64_two(x, insn + f64, exchange ? b : a, exchange ? a : b, 0);
    if (x->j.fp_traps)
        jit_note_site(&x->j, from, x->c.count, JIT_SITE_UNORDERED);
    x64_set_flags(x, k, exchange ? FLAGS_FLOAT_EXCHANGED : FLAGS_FLOAT);
}
_Static_assert(X64_ucomisd == X64_ucomiss + 1 && X64_comisd == X64_comiss + 1, "rows of singles and doubles");

/* To all ones or zero. Equality is quiet, order signals every NaN; both as on Arm. */
void x64_fcompare_mask(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = op->type == IR_F64, magnitudes = op->op == IR_OP_facge || op->op == IR_OP_facgt;
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), dst = def_vector(x, k);
    struct slow *s = x->j.fp_traps ? x64_fp_slow(x, dst + JIT_VECTOR, op) : NULL;
    if (magnitudes) {
        x64_three_const(x, X64_andps, 0, a, FPC_ABS + f64, 0);
        x64_three_const(x, X64_andps, 1, b, FPC_ABS + f64, 0);
        a = 0;
        b = 1;
    }
    bool equal = op->op == IR_OP_fcmeq;
    i32 predicate = equal ? CMP_EQ : op->op == IR_OP_fcmge || op->op == IR_OP_facge ? CMP_LE : CMP_LT;
    x64_three(x, X64_cmpss + f64, dst, equal ? a : b, equal ? b : a, predicate);
    if (s)
        x64_fp_done(x, s);
}

/* --- to integral values ------------------------------------------------------------------------------------------------ */

void x64_round_away(struct x64 *x, struct slow *s, unsigned dst, unsigned a, bool f64)
{
    x64_three_const(x, X64_andps, 0, a, FPC_ABS + f64, 0);
    x64_two_const(x, f64 ? X64_movsd : X64_movss, 1, FPC_INTEGERS + f64);
    x64_two(x, f64 ? X64_ucomisd : X64_ucomiss, 1, 0, 0);
    x64_fp_doubt(s, x64_jcc(&x->c, CC_BE));
    x64_three(x, X64_roundss + f64, dst, a, a, 3 | 8);
    x64_three(x, X64_subss + f64, 0, a, dst, 0);
    x64_three_const(x, X64_andps, 0, 0, FPC_ABS + f64, 0);
    x64_two_const(x, X64_movaps, 1, FPC_HALF + f64);
    x64_three(x, X64_cmpss + f64, 1, 1, 0, CMP_LE);
    x64_three_const(x, X64_andps, 1, 1, FPC_ONE + f64, 0);
    x64_three_const(x, X64_andps, 0, a, FPC_SIGN + f64, 0);
    x64_three(x, X64_orps, 1, 1, 0, 0);
    x64_three(x, X64_addss + f64, dst, dst, 1, 0);
}

i32 x64_round_imm(unsigned rounding)
{
    static const u8 modes[] = {[FP_ROUND_NEAREST] = 0, [FP_ROUND_UP] = 2, [FP_ROUND_DOWN] = 1, [FP_ROUND_ZERO] = 3};
    return rounding == FP_CURRENT ? 4 : modes[rounding & 3];
}

void x64_frint(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = op->type == IR_F64;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k), rounding = op->imm & FP_IMM_ROUND_MASK;
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    if (rounding == FP_TIES_AWAY) {
        x64_round_away(x, s, dst, a, f64);
    } else {
        enum { NO_INEXACT = 8 };
        x64_three(x, X64_roundss + f64, dst, a, a, x64_round_imm(rounding) | (op->imm & FP_IMM_INEXACT ? 0 : NO_INEXACT));
        x64_fp_check(x, s, dst, f64, false);
    }
    x64_fp_done(x, s);
}
