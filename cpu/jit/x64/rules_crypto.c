/* AES, SHA-1, SHA-256, SHA-512 on the host's instructions. */
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

/* The other half of the rounds at k: SHA256H and SHA256H2 come as a pair on the same operands. 0: not near. */
static u32 sha256_partner(struct x64 *x, u32 k, const struct ir_op *op)
{
    enum { NEAR = 8 };
    const struct ir_fn *fn = x->j.fn;
    u16 other = op->op == IR_OP_vsha256h ? IR_OP_vsha256h2 : IR_OP_vsha256h;
    for (u32 i = k + 1; i < fn->count && i <= k + NEAR; i++) {
        const struct ir_op *o = &fn->ops[i];
        if (ir_effects(o) & IR_END)
            break;
        if (o->op == other && o->a == op->c && o->b == op->b && o->c == op->a)
            return x->j.values[i].done ? 0 : i;
    }
    return 0;
}

/* SHA256RNDS2 does two rounds with the state as ABEF and CDGH, most significant first, words in xmm0; its result is the new
 * ABEF, and the old one is the new CDGH. */
void vec_sha256(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool is_h = op->op == IR_OP_vsha256h;
    u32 partner = sha256_partner(x, k, op);
    unsigned abcd = use_vector(x, is_h ? op->c : op->a), efgh = use_vector(x, is_h ? op->a : op->c);
    unsigned words = use_vector(x, op->b), first = def_vector(x, k), second = partner ? def_vector(x, partner) : 0;
    vec_move(x, T0, words);
    vec3i(x, X64_shufps, T1, efgh, abcd, 0xbb); /* CDGH */
    vec3i(x, X64_shufps, T2, efgh, abcd, 0x11); /* ABEF */
    x64_rr(c, X64_sha256rnds2, T1, T2);
    x64_rri(c, X64_pshufd, T0, T0, 0xee);
    x64_rr(c, X64_sha256rnds2, T2, T1);
    /* T2 is ABEF, T1 CDGH */
    if (is_h || partner)
        vec3i(x, X64_shufps, is_h ? first : second, T2, T1, 0xbb);
    if (!is_h || partner)
        vec3i(x, X64_shufps, is_h ? second : first, T2, T1, 0x11);
    if (partner)
        x->j.values[partner].done = true;
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
