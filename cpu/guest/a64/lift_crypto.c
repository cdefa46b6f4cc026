/* Cryptographic instructions: one IR operation each, except SHA-3's, which are bitwise. Source: Arm ARM C7.2. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

static const u8 whole = IR_FULL; /* the lane size of these operations is part of their meaning */

#define OF_N(name, op)                                                                                                 \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_1(b, IR_OP_##op, whole, a64_get_v(b, d->rn)));                                        \
        return FLOW_NEXT;                                                                                              \
    }
#define OF_D_N(name, op)                                                                                               \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, whole, a64_get_v(b, d->rd), a64_get_v(b, d->rn)));                   \
        return FLOW_NEXT;                                                                                              \
    }
#define OF_N_D(name, op)                                                                                               \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, whole, a64_get_v(b, d->rn), a64_get_v(b, d->rd)));                   \
        return FLOW_NEXT;                                                                                              \
    }
#define OF_N_M(name, op)                                                                                               \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, whole, a64_get_v(b, d->rn), a64_get_v(b, d->rm)));                   \
        return FLOW_NEXT;                                                                                              \
    }
#define OF_N_M_D(name, op, imm)                                                                                        \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = a64_get_v(b, d->rn), m = a64_get_v(b, d->rm), old = a64_get_v(b, d->rd);                            \
        a64_set_v(b, d->rd, ir_op3(b, IR_OP_##op, whole, n, m, old, imm));                                             \
        return FLOW_NEXT;                                                                                              \
    }

OF_D_N(AESE, vaese)
OF_D_N(AESD, vaesd)
OF_N(AESMC, vaesmc)
OF_N(AESIMC, vaesimc)

OF_N_M_D(SHA1C, vsha1c, 0)
OF_N_M_D(SHA1P, vsha1p, 0)
OF_N_M_D(SHA1M, vsha1m, 0)
OF_N_M_D(SHA1SU0, vsha1su0, 0)
OF_N(SHA1H, vsha1h)
OF_N_D(SHA1SU1, vsha1su1)
LIFT(a64, SHA256H)
{
    ir_ref abcd = a64_get_v(b, d->rd), efgh = a64_get_v(b, d->rn);
    a64_set_v(b, d->rd, ir_sha256(b, abcd, efgh, a64_get_v(b, d->rm), false));
    return FLOW_NEXT;
}

LIFT(a64, SHA256H2)
{
    ir_ref abcd = a64_get_v(b, d->rn), efgh = a64_get_v(b, d->rd);
    a64_set_v(b, d->rd, ir_sha256(b, abcd, efgh, a64_get_v(b, d->rm), true));
    return FLOW_NEXT;
}

OF_N_D(SHA256SU0, vsha256su0)
OF_N_M_D(SHA256SU1, vsha256su1, 0)

OF_N_M_D(SHA512H, vsha512h, 0)
OF_N_M_D(SHA512H2, vsha512h2, 0)
OF_N_D(SHA512SU0, vsha512su0)
OF_N_M_D(SHA512SU1, vsha512su1, 0)

LIFT(a64, SM3SS1)
{
    ir_ref n = a64_get_v(b, d->rn), m = a64_get_v(b, d->rm), a = a64_get_v(b, d->ra);
    a64_set_v(b, d->rd, simd_3(b, IR_OP_vsm3ss1, whole, n, m, a));
    return FLOW_NEXT;
}

OF_N_M_D(SM3TT1A, vsm3tt1a, d->imm2)
OF_N_M_D(SM3TT1B, vsm3tt1b, d->imm2)
OF_N_M_D(SM3TT2A, vsm3tt2a, d->imm2)
OF_N_M_D(SM3TT2B, vsm3tt2b, d->imm2)
OF_N_M_D(SM3PARTW1, vsm3partw1, 0)
OF_N_M_D(SM3PARTW2, vsm3partw2, 0)
OF_N_D(SM4E, vsm4e)
OF_N_M(SM4EKEY, vsm4ekey)

/* --- SHA-3 -------------------------------------------------------------------------------------------------------- */

LIFT(a64, EOR3)
{
    ir_ref sum = simd_2(b, IR_OP_vxor, whole, a64_get_v(b, d->rm), a64_get_v(b, d->ra));
    a64_set_v(b, d->rd, simd_2(b, IR_OP_vxor, whole, a64_get_v(b, d->rn), sum));
    return FLOW_NEXT;
}

LIFT(a64, BCAX)
{
    ir_ref cleared = simd_2(b, IR_OP_vandn, whole, a64_get_v(b, d->rm), a64_get_v(b, d->ra));
    a64_set_v(b, d->rd, simd_2(b, IR_OP_vxor, whole, a64_get_v(b, d->rn), cleared));
    return FLOW_NEXT;
}

LIFT(a64, RAX1)
{
    ir_ref rotated = simd_imm(b, IR_OP_vrotr_imm, simd_sub(IR_D, 1), a64_get_v(b, d->rm), 63);
    a64_set_v(b, d->rd, simd_2(b, IR_OP_vxor, whole, a64_get_v(b, d->rn), rotated));
    return FLOW_NEXT;
}

LIFT(a64, XAR)
{
    ir_ref sum = simd_2(b, IR_OP_vxor, whole, a64_get_v(b, d->rn), a64_get_v(b, d->rm));
    a64_set_v(b, d->rd, simd_imm(b, IR_OP_vrotr_imm, simd_sub(IR_D, 1), sum, d->imm6));
    return FLOW_NEXT;
}
