/* AES, SHA-1, SHA-256, SHA-512 and CRCs on the host's instructions. */
#include "jit/x64/vec.h"

/* --- AES ----------------------------------------------------------------------------------------------------------------- */

/* Alone: MixColumns of what the last round's inverse gives. */
void vec_aesmc(struct x64 *x, const struct vec *v)
{
    if (v->op->op == IR_OP_vaesimc) {
        vec2(x, X64_aesimc, v->d, v->a);
        return;
    }
    vec_zero(x, T0);
    vec3(x, X64_aesdeclast, v->d, v->a, T0);
    vec3(x, X64_aesenc, v->d, v->d, T0);
}

/* The mixing that alone uses v, or 0. Found near v, where compilers put it: processors fuse the pair as well. */
static u32 mix_of(struct x64 *x, u32 k, u16 mix)
{
    enum { NEAR = 4 };
    const struct ir_fn *fn = x->j.fn;
    if (x->j.values[k].uses != 1)
        return 0;
    for (u32 i = k + 1; i < fn->count && i <= k + NEAR; i++)
        if (ir_effects(&fn->ops[i]) & IR_END)
            break;
        else if (fn->ops[i].op == mix && fn->ops[i].a == k)
            return x->j.values[i].done ? 0 : i;
    return 0;
}

/* Key addition comes first in the guest and last in the host: the key there is zero. A round and its mixing are one
 * instruction, and the mixing's result is computed here. */
void vec_aes_mix(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool encrypt = op->op == IR_OP_vaese;
    u32 mix = mix_of(x, k, encrypt ? IR_OP_vaesmc : IR_OP_vaesimc);
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), d = def_vector(x, mix ? mix : k);
    unsigned insn = encrypt ? mix ? X64_aesenc : X64_aesenclast : mix ? X64_aesdec : X64_aesdeclast;
    vec_zero(x, T0);
    vec3(x, X64_pxor, d, a, b);
    vec3(x, insn, d, d, T0);
    if (mix)
        x->j.values[mix].done = true;
}

/* --- SHA-1 --------------------------------------------------------------------------------------------------------------- */

/* SHA1RNDS4 has the words in the other order, and adds the constant itself, so that it is taken off the guest's words. */
void vec_sha1(struct x64 *x, const struct vec *v)
{
    static const u32 constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc};
    unsigned which = v->op->op == IR_OP_vsha1c ? 0 : v->op->op == IR_OP_vsha1p ? 1 : 2;
    vec3l(x, X64_psubd, T0, v->b, splat32(constants[which]));
    x64_rri(&x->c, X64_pshufd, T0, T0, 0x1b);
    vec_shift(x, X64_pslldq_i, T1, v->a, 12); /* e joins the first word */
    vec3(x, X64_paddd, T0, T0, T1);
    x64_rri(&x->c, X64_pshufd, v->d, v->c, 0x1b);
    x64_rri(&x->c, X64_sha1rnds4, v->d, T0, (i32)which);
    x64_rri(&x->c, X64_pshufd, v->d, v->d, 0x1b);
}

void vec_sha1h(struct x64 *x, const struct vec *v)
{
    vec3ll(x, X64_pand, v->d, v->a, 0xffffffff, 0);
    vec_shift_imm(x, VEC_ROTATE, IR_S, v->d, v->d, 2);
}

void vec_sha1su0(struct x64 *x, const struct vec *v)
{
    vec3i(x, X64_palignr, v->d, v->a, v->c, 8); /* upper half of d, lower one of n */
    vec3(x, X64_pxor, v->d, v->d, v->c);
    vec3(x, X64_pxor, v->d, v->d, v->b);
}

void vec_sha1su1(struct x64 *x, const struct vec *v)
{
    vec_shift(x, X64_psrldq_i, T0, v->a, 4);
    vec3(x, X64_pxor, T0, T0, v->b);
    vec_shift_imm(x, VEC_ROTATE, IR_S, v->d, T0, 31);
    vec_shift(x, X64_pslldq_i, T0, T0, 12);
    vec_shift_imm(x, VEC_ROTATE, IR_S, T1, T0, 30);
    vec3(x, X64_pxor, v->d, v->d, T1);
}

/* --- SHA-256 ------------------------------------------------------------------------------------------------------------- */

/* As SHA256RNDS2 has it, words in xmm0. */
void vec_sha256(struct x64 *x, const struct vec *v)
{
    if (v->op->imm & 1)
        x64_rri(&x->c, X64_pshufd, T0, v->c, 0xee);
    else
        vec_move(x, T0, v->c);
    vec_move(x, v->d, v->a);
    x64_rr(&x->c, X64_sha256rnds2, v->d, v->b);
}

void vec_sha256su0(struct x64 *x, const struct vec *v)
{
    vec_move(x, v->d, v->b);
    x64_rr(&x->c, X64_sha256msg1, v->d, v->a);
}

void vec_sha256su1(struct x64 *x, const struct vec *v)
{
    vec3i(x, X64_palignr, T0, v->b, v->a, 4);
    vec3(x, X64_paddd, v->d, v->c, T0);
    x64_rr(&x->c, X64_sha256msg2, v->d, v->b);
}

/* --- SHA-512, with the rotations and three-input functions of AVX-512 ------------------------------------------------------ */

enum { CHOOSE = 0xca, MAJORITY = 0xe8 };

/* d = exclusive or of a rotated right by three counts; the last one negative: shifted. Changes T2. */
static void sigma(struct x64 *x, unsigned d, unsigned a, int r1, int r2, int r3)
{
    vec_shift(x, X64_vprorq_i, d, a, r1);
    vec_shift(x, X64_vprorq_i, T2, a, r2);
    vec3(x, X64_pxor, d, d, T2);
    vec_shift(x, r3 < 0 ? X64_psrlq_i : X64_vprorq_i, T2, a, r3 < 0 ? -r3 : r3);
    vec3(x, X64_pxor, d, d, T2);
}

void vec_sha512su0(struct x64 *x, const struct vec *v)
{
    vec3i(x, X64_palignr, T0, v->a, v->b, 8);
    sigma(x, v->d, T0, 1, 8, -7);
    vec3(x, X64_paddq, v->d, v->d, v->b);
}

void vec_sha512su1(struct x64 *x, const struct vec *v)
{
    sigma(x, v->d, v->a, 19, 61, -6);
    vec3(x, X64_paddq, v->d, v->d, v->b);
    vec3(x, X64_paddq, v->d, v->d, v->c);
}

/* Two rounds, one half of them; sums are in the lowest doublewords. See ir/vec_crypto.c. */
void vec_sha512(struct x64 *x, const struct vec *v)
{
    struct x64_code *c = &x->c;
    bool is_h = v->op->op == IR_OP_vsha512h;
    if (is_h) {
        x64_rri(c, X64_pshufd, T1, v->b, 0xee); /* m1 */
        sigma(x, T0, T1, 14, 18, 41);
        x64_rri(c, X64_pshufd, T2, v->a, 0xee);
        vec_ternary(x, T1, v->a, T2, CHOOSE); /* m1 ? n0 : n1 */
    } else {
        sigma(x, T0, v->b, 28, 34, 39);
        x64_rri(c, X64_pshufd, T1, v->b, 0xee);
        vec_ternary(x, T1, v->b, v->a, MAJORITY); /* m1, m0, n0 */
    }
    vec3(x, X64_paddq, T0, T0, T1);
    x64_rri(c, X64_pshufd, T1, v->c, 0xee);
    vec3(x, X64_paddq, v->d, T0, T1); /* the upper result */
    if (is_h) {
        vec3(x, X64_paddq, T1, v->d, v->b); /* e */
        sigma(x, T0, T1, 14, 18, 41);
        x64_rri(c, X64_pshufd, T2, v->b, 0xee);
        vec_ternary(x, T1, T2, v->a, CHOOSE); /* e ? m1 : n0 */
    } else {
        sigma(x, T0, v->d, 28, 34, 39);
        x64_rri(c, X64_pshufd, T1, v->b, 0xee);
        vec_ternary(x, T1, v->b, v->d, MAJORITY);
    }
    vec3(x, X64_paddq, T0, T0, T1);
    vec3(x, X64_paddq, T0, T0, v->c);
    vec3(x, X64_punpcklqdq, v->d, T0, v->d);
}

/* --- CRC ----------------------------------------------------------------------------------------------------------------- */

/* The remainder of the 64 bits in RAX by the reflected polynomial of CRC-32 (Barrett): the low half of the product with
 * floor(x^95 / P) is the quotient, bits 64 to 95 of the quotient times P the remainder. */
static void remainder_of_rax(struct x64 *x, unsigned to)
{
    u64 inverse = 0xb4e5b025f7011641, polynomial = 0x1db710641;
    x64_rr(&x->c, X64_movd_xg | X64_W, T0, RAX);
    vec_literal(x, X64_pclmulqdq, T0, T0, inverse, polynomial, 0x00);
    vec_literal(x, X64_pclmulqdq, T0, T0, inverse, polynomial, 0x10);
    x64_rri(&x->c, X64_pextrq, T0, to, 2);
}

bool x64_crc_has(const struct x64 *x, const struct ir_op *op)
{
    (void)x;
    return op->type == IR_I64 && (op->op >= IR_OP_crc32c_1 || x64_shared.pclmul);
}

void x64_crc(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned a = use(x, op->a), b = use(x, op->b), d = def(x, k), size = (op->op - IR_OP_crc32_1) & 3;
    if (op->op >= IR_OP_crc32c_1) {
        x64_rr(c, X64_mov_rr, d, a);
        if (size == 1)
            x64_byte(c, 0x66);
        x64_rr(c, size == 0 ? X64_crc32b : size == 3 ? X64_crc32 | X64_W : X64_crc32, d, b);
        return;
    }
    u8 bits = (u8)(8u << size);
    x64_rr(c, X64_mov_rr, RCX, a);
    x64_rr(c, X64_mov_rr | X64_W, RAX, b);
    x64_rr(c, X64_xor | X64_W, RAX, RCX);
    if (bits < 64)
        x64_rri(c, X64_shl_i | X64_W, 0, RAX, 64 - bits);
    remainder_of_rax(x, d);
    if (bits < 32) { /* what the data does not reach of the old value moves down */
        x64_rri(c, X64_shr_i, 0, RCX, bits);
        x64_rr(c, X64_xor, d, RCX);
    }
}
