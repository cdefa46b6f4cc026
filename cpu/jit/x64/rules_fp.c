/* Scalar floating point: the host's instruction where ir/fp_host.h says that it agrees, else the evaluator, out of line. */
#include "jit/x64/rules.h"
#include "ir/fp.h"

static bool scalar(u8 type) { return type == IR_F32 || type == IR_F64; }

bool x64_float_has(const struct x64 *x, const struct ir_op *op)
{
    u8 operand = x64_op(x, op->a)->type;
    switch (op->op) {
    case IR_OP_ffrom_s: return op->imm == FP_CURRENT && scalar(op->type) && !jit_is_vector(operand);
    case IR_OP_ffrom_u: return op->imm == FP_CURRENT && scalar(op->type) && operand == IR_I32;
    case IR_OP_fto_s: return op->imm == FP_ROUND_ZERO && scalar(operand) && !jit_is_vector(op->type);
    case IR_OP_fcvt:
        return scalar(operand) && scalar(op->type) && operand != op->type && op->imm == FP_CURRENT;
    case IR_OP_fmuladd: return scalar(op->type) && x64_shared.fma;
    default: return scalar(operand);
    }
}

static struct slow *slow_eval(struct x64 *x, unsigned dst, const struct ir_op *op)
{
    /* Nothing is flushed, or the evaluator does it all. */
    x64_rmi(&x->c, X64_test_i, 0, x64_at(CPU, offsetof(struct cpu_common, fp_mode)), FP_FZ);
    struct slow *s = x64_slow(x, x64_slow_eval, x64_jcc(&x->c, CC_NE));
    ir_ref operand[3] = {op->a, op->b, op->c};
    for (unsigned i = 0; i < 3; i++)
        s->src[i] = operand[i] ? jit_reg(&x->j, operand[i]) : JIT_NOWHERE;
    s->dst = (u8)dst;
    return s;
}

/* The results that are doubtful; the smallest normal number only where a result can be rounded up to it. */
static void check_result(struct x64 *x, struct slow *s, unsigned reg, bool f64, bool tiny)
{
    struct x64_code *c = &x->c;
    x64_rr(c, f64 ? X64_ucomisd : X64_ucomiss, reg, reg);
    s->jump[1] = x64_jcc(c, CC_P);
    if (!tiny)
        return;
    unsigned w = f64 ? X64_W : 0;
    x64_rr(c, X64_movd_gx | w, reg, RAX);
    x64_rr(c, X64_add | w, RAX, RAX);
    if (f64) {
        x64_const(c, RCX, 0x0020000000000000);
        x64_rr(c, X64_cmp | X64_W, RAX, RCX);
    } else {
        x64_rri(c, X64_cmp_i, 0, RAX, 0x01000000);
    }
    s->jump[2] = x64_jcc(c, CC_E);
}

void x64_float(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool f64 = op->type == IR_F64;
    unsigned a = use_vector(x, op->a), b = op->b ? use_vector(x, op->b) : 0, third = op->c ? use_vector(x, op->c) : 0;
    unsigned dst = def_vector(x, k), insn;
    struct slow *s = slow_eval(x, dst + JIT_VECTOR, op);
    bool tiny = false;
    switch (op->op) {
    case IR_OP_fadd: insn = X64_addss; break;
    case IR_OP_fsub: insn = X64_subss; break;
    case IR_OP_fmul: insn = X64_mulss; tiny = true; break;
    case IR_OP_fdiv: insn = X64_divss; tiny = true; break;
    case IR_OP_fsqrt: insn = X64_sqrtss; break;
    default: insn = X64_vfmadd231ss; tiny = true; break;
    }
    insn += f64; /* the row of the double form is the next one */
    x64_rr(c, X64_movaps, dst, a);
    if (op->op == IR_OP_fmuladd)
        x64_rvr(c, insn, dst, b, third);
    else
        x64_rr(c, insn, dst, op->op == IR_OP_fsqrt ? a : b);
    check_result(x, s, dst, f64, tiny);
    s->back = c->count;
}

/* less N, equal Z C, greater C, unordered C V. Of ZF PF CF only four combinations occur; their number picks four bits of a
 * constant. */
void x64_fcompare(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool f64 = x64_op(x, op->a)->type == IR_F64, quiet = op->op == IR_OP_fcmp;
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), dst = def(x, k);
    struct slow *s = slow_eval(x, dst, op);
    x64_rr(c, quiet ? f64 ? X64_ucomisd : X64_ucomiss : f64 ? X64_comisd : X64_comiss, a, b);
    x64_byte(c, 0x9f); /* lahf: ZF is bit 14, PF 10, CF 8 */
    x64_rri(c, X64_shr_i, 0, RAX, 8);
    x64_rri(c, X64_and_i, 0, RAX, 0x45);
    /* 0, 1, 0x40, 0x45 become 0, 1, 8 + 0x40, 13 + 0x40, which four times modulo 64 is 0, 4, 32, 52 */
    x64_rr(c, X64_mov_rr, RCX, RAX);
    x64_rri(c, X64_shr_i, 0, RCX, 3);
    x64_rr(c, X64_add, RCX, RAX);
    x64_rri(c, X64_shl_i, 0, RCX, 2);
    x64_const(c, dst, 2ull | 8ull << 4 | 6ull << 32 | 3ull << 52);
    x64_rr(c, X64_shr_cl | X64_W, 0, dst);
    x64_rri(c, X64_shl_i, 0, dst, 28);
    s->back = c->count;
}

void x64_fabs_neg(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    u64 sign = op->type == IR_F64 ? 1ull << 63 : 1u << 31;
    unsigned dst = def_vector_from(x, k, op->a);
    x64_const(c, RAX, op->op == IR_OP_fneg ? sign : sign - 1);
    x64_rr(c, X64_movd_xg | X64_W, 0, RAX);
    x64_rr(c, op->op == IR_OP_fneg ? X64_pxor : X64_pand, dst, 0);
}

void x64_fto_s(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned a = use_vector(x, op->a), dst = def(x, k), w = wide(op->type);
    struct slow *s = slow_eval(x, dst, op);
    x64_rr(c, (x64_op(x, op->a)->type == IR_F64 ? X64_cvttsd2si : X64_cvttss2si) | w, dst, a);
    x64_rri(c, X64_cmp_i8 | w, 0, dst, 1); /* overflows for the least integer, which stands for every failure */
    s->jump[1] = x64_jcc(c, CC_O);
    s->back = c->count;
}

void x64_ffrom(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned a = use_zero_extended(x, op->a), dst = def_vector(x, k);
    bool wide_form = x64_op(x, op->a)->type == IR_I64 || op->op == IR_OP_ffrom_u; /* an i32 has zeros above it */
    x64_rr(&x->c, X64_pxor, dst, dst);
    x64_rr(&x->c, (op->type == IR_F64 ? X64_cvtsi2sd : X64_cvtsi2ss) | (wide_form ? X64_W : 0), dst, a);
}

void x64_fcvt(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool to64 = op->type == IR_F64;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = slow_eval(x, dst + JIT_VECTOR, op);
    x64_rr(&x->c, X64_pxor, dst, dst);
    x64_rr(&x->c, to64 ? X64_cvtss2sd : X64_cvtsd2ss, dst, a);
    check_result(x, s, dst, to64, true);
    s->back = x->c.count;
}
