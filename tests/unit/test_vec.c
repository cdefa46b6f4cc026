/* Support functions of the vector operations: cryptographic steps by the published examples of the whole algorithms,
 * saturating and rounding arithmetic by exact arithmetic in wider integers, estimates and sums by hand-made values. */
#include "ir/vec.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* FIPS 180-4: fractions of the cube roots of the first 80 primes; the upper halves of the first 64 are SHA-256's. */
static const u64 sha512_k[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static u32 be32(const u8 *p) { return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3]; }

static union v128 words(const u8 *p)
{
    return (union v128){.s = {be32(p), be32(p + 4), be32(p + 8), be32(p + 12)}};
}

static void check_bytes(const union v128 *v, const char *hex)
{
    char text[33];
    for (int i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", v->b[i]);
    ck_assert_str_eq(text, hex);
}

/* FIPS 197, appendix C.1. */
START_TEST(aes_128)
{
    union v128 key[11], zero = {0}, plain, x;
    for (int i = 0; i < 16; i++) {
        key[0].b[i] = (u8)i;
        plain.b[i] = (u8)(i * 0x11);
    }
    u8 rcon = 1;
    for (int i = 1; i <= 10; i++) {
        u32 w = rotr32(key[i - 1].s[3], 8);
        union v128 t = {.s = {w, w, w, w}}; /* equal columns: the shift of rows changes nothing */
        t = ir_vec_aese(t, zero);
        key[i].s[0] = key[i - 1].s[0] ^ t.s[0] ^ rcon;
        for (int k = 1; k < 4; k++)
            key[i].s[k] = key[i - 1].s[k] ^ key[i].s[k - 1];
        rcon = (u8)(rcon << 1 ^ (rcon >> 7) * 0x1b);
    }
    x = plain;
    for (int i = 0; i < 9; i++)
        x = ir_vec_aesmc(ir_vec_aese(x, key[i]));
    x = ir_vec_aese(x, key[9]);
    x.q ^= key[10].q;
    check_bytes(&x, "69c4e0d86a7b0430d8cdb78070b4c55a");
    x = ir_vec_aesd(x, key[10]);
    for (int i = 9; i > 0; i--)
        x = ir_vec_aesd(ir_vec_aesimc(x), ir_vec_aesimc(key[i]));
    x.q ^= key[0].q;
    check_bytes(&x, "00112233445566778899aabbccddeeff");
}
END_TEST

/* The one padded block of the message "abc". */
static void abc_block(u8 *block, size_t bytes)
{
    memset(block, 0, bytes);
    memcpy(block, "abc\x80", 4);
    block[bytes - 1] = 24;
}

START_TEST(sha1_abc)
{
    static const u32 k[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    u8 block[64];
    abc_block(block, sizeof block);
    union v128 w[4], abcd = {.s = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}}, e = {.s = {0xc3d2e1f0}};
    for (int i = 0; i < 4; i++)
        w[i] = words(block + 16 * i);
    for (int i = 0; i < 20; i++) {
        union v128 wk = w[i % 4], next_e = ir_vec_sha1h(abcd);
        for (int j = 0; j < 4; j++)
            wk.s[j] += k[i / 5];
        abcd = ir_vec_sha1(e, wk, abcd, i < 5 ? 0 : i >= 10 && i < 15 ? 2 : 1);
        e = next_e;
        union v128 *d = &w[i % 4];
        *d = ir_vec_sha1su0(w[(i + 1) % 4], w[(i + 2) % 4], *d);
        *d = ir_vec_sha1su1(w[(i + 3) % 4], *d);
    }
    ck_assert_uint_eq(abcd.s[0] + 0x67452301, 0xa9993e36);
    ck_assert_uint_eq(abcd.s[1] + 0xefcdab89, 0x4706816a);
    ck_assert_uint_eq(abcd.s[2] + 0x98badcfe, 0xba3e2571);
    ck_assert_uint_eq(abcd.s[3] + 0x10325476, 0x7850c26c);
    ck_assert_uint_eq(e.s[0] + 0xc3d2e1f0, 0x9cd0d89d);
}
END_TEST

/* Four rounds: the state is a b c d and e f g h before and after, rearranged as the operation wants it. */
static void sha256_rounds(union v128 *abcd, union v128 *efgh, union v128 words)
{
    union v128 abef = {.s = {efgh->s[1], efgh->s[0], abcd->s[1], abcd->s[0]}};
    union v128 cdgh = {.s = {efgh->s[3], efgh->s[2], abcd->s[3], abcd->s[2]}};
    cdgh = ir_vec_sha256_rounds(cdgh, abef, words, 0);
    abef = ir_vec_sha256_rounds(abef, cdgh, words, 1);
    *abcd = (union v128){.s = {abef.s[3], abef.s[2], cdgh.s[3], cdgh.s[2]}};
    *efgh = (union v128){.s = {abef.s[1], abef.s[0], cdgh.s[1], cdgh.s[0]}};
}

/* The published check values of both polynomials over "123456789". */
START_TEST(crc_of_the_check_string)
{
    u64 head = 0x3837363534333231;
    ck_assert_uint_eq(~value_crc(VALUE_CRC32, value_crc(VALUE_CRC32, ~0u, head, 3), '9', 0), 0xcbf43926);
    ck_assert_uint_eq(~value_crc(VALUE_CRC32C, value_crc(VALUE_CRC32C, ~0u, head, 3), '9', 0), 0xe3069283);
    u32 crc = ~0u;
    crc = value_crc(VALUE_CRC32C, crc, 0xff00000034333231, 2); /* bits above the length do not count */
    crc = value_crc(VALUE_CRC32C, crc, 0xffff3635, 1);
    crc = value_crc(VALUE_CRC32C, crc, 0xff3837, 1);
    ck_assert_uint_eq(~value_crc(VALUE_CRC32C, crc, '9', 0), 0xe3069283);
}
END_TEST

START_TEST(sha256_abc)
{
    static const u32 start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    static const u32 end[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
                               0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    u8 block[64];
    abc_block(block, sizeof block);
    union v128 w[4], abcd, efgh;
    memcpy(abcd.s, start, 16);
    memcpy(efgh.s, start + 4, 16);
    for (int i = 0; i < 4; i++)
        w[i] = words(block + 16 * i);
    for (int i = 0; i < 16; i++) {
        union v128 wk = w[i % 4];
        for (int j = 0; j < 4; j++)
            wk.s[j] += (u32)(sha512_k[4 * i + j] >> 32);
        sha256_rounds(&abcd, &efgh, wk);
        union v128 *d = &w[i % 4];
        *d = ir_vec_sha256su0(w[(i + 1) % 4], *d);
        *d = ir_vec_sha256su1(w[(i + 2) % 4], w[(i + 3) % 4], *d);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(abcd.s[i] + start[i], end[i]);
        ck_assert_uint_eq(efgh.s[i] + start[4 + i], end[4 + i]);
    }
}
END_TEST

static union v128 add_d(union v128 x, union v128 y) { return (union v128){.d = {x.d[0] + y.d[0], x.d[1] + y.d[1]}}; }

START_TEST(sha512_abc)
{
    static const u64 start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    static const u64 end[8] = {0xddaf35a193617aba, 0xcc417349ae204131, 0x12e6fa4e89a97ea2, 0x0a9eeee64b55d39a,
                               0x2192992a274fc1a8, 0x36ba3c23a3feebbd, 0x454d4423643ce80e, 0x2a9ac94fa54ca49f};
    u8 block[128];
    abc_block(block, sizeof block);
    union v128 w[8], ab, cd, ef, gh;
    memcpy(ab.d, start, 16);
    memcpy(cd.d, start + 2, 16);
    memcpy(ef.d, start + 4, 16);
    memcpy(gh.d, start + 6, 16);
    for (int i = 0; i < 16; i++)
        w[i / 2].d[i % 2] = (u64)be32(block + 8 * i) << 32 | be32(block + 8 * i + 4);
    for (int i = 0; i < 40; i++) {
        union v128 *d = &w[i % 8], wk = {.d = {sha512_k[2 * i + 1] + d->d[1], sha512_k[2 * i] + d->d[0]}};
        union v128 fg = ir_vec_ext(ef, gh, true, 8), de = ir_vec_ext(cd, ef, true, 8);
        union v128 t = ir_vec_sha512h(fg, de, add_d(gh, wk));
        union v128 next_ef = add_d(cd, t), next_ab = ir_vec_sha512h2(cd, ab, t);
        gh = ef;
        ef = next_ef;
        cd = ab;
        ab = next_ab;
        *d = ir_vec_sha512su0(w[(i + 1) % 8], *d);
        *d = ir_vec_sha512su1(w[(i + 7) % 8], ir_vec_ext(w[(i + 4) % 8], w[(i + 5) % 8], true, 8), *d);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(ab.d[i] + start[i], end[i]);
        ck_assert_uint_eq(cd.d[i] + start[2 + i], end[2 + i]);
        ck_assert_uint_eq(ef.d[i] + start[4 + i], end[4 + i]);
        ck_assert_uint_eq(gh.d[i] + start[6 + i], end[6 + i]);
    }
}
END_TEST

/* GB/T 32905, appendix A.1. The registers hold the words in descending order: a in lane 3. */
START_TEST(sm3_abc)
{
    static const u32 start[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600,
                                 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
    static const u32 end[8] = {0x66c7f0f4, 0x62eeedd9, 0xd1f2d46b, 0xdc10e4e2,
                               0x4167c487, 0x5cf2f7a2, 0x297da02b, 0x8f4ba8e0};
    u8 block[64];
    abc_block(block, sizeof block);
    union v128 w[5], abcd, efgh;
    for (int i = 0; i < 4; i++) {
        w[i] = words(block + 16 * i);
        abcd.s[3 - i] = start[i];
        efgh.s[3 - i] = start[4 + i];
    }
    for (int i = 0; i < 16; i++) {
        union v128 mixed = {.q = w[0].q ^ w[1].q};
        for (int j = 0; j < 4; j++) {
            int round = 4 * i + j;
            union v128 t = {.s = {0, 0, 0, rotr32(round < 16 ? 0x79cc4519 : 0x7a879d8a, 32 - (unsigned)round % 32)}};
            union v128 ss1 = ir_vec_sm3ss1(abcd, efgh, t);
            abcd = ir_vec_sm3tt1(ss1, mixed, abcd, (u64)j, round >= 16);
            efgh = ir_vec_sm3tt2(ss1, w[0], efgh, (u64)j, round >= 16);
        }
        w[4] = ir_vec_sm3partw1(w[0], w[3], ir_vec_ext(w[1], w[2], true, 12));
        w[4] = ir_vec_sm3partw2(ir_vec_ext(w[2], w[3], true, 8), ir_vec_ext(w[0], w[1], true, 12), w[4]);
        memmove(w, w + 1, sizeof w - sizeof *w);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(abcd.s[3 - i] ^ start[i], end[i]);
        ck_assert_uint_eq(efgh.s[3 - i] ^ start[4 + i], end[4 + i]);
    }
}
END_TEST

/* GB/T 32907, appendix A.1: the key is also the text. */
START_TEST(sm4_example)
{
    static const u32 fk[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
    union v128 key = {.s = {0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210}}, text = key;
    for (int i = 0; i < 4; i++)
        key.s[i] ^= fk[i];
    for (int i = 0; i < 8; i++) {
        union v128 ck;
        for (int j = 0; j < 16; j++)
            ck.b[j / 4 * 4 + 3 - j % 4] = (u8)((16 * i + j) * 7);
        key = ir_vec_sm4ekey(key, ck);
        text = ir_vec_sm4e(key, text);
    }
    static const u32 end[4] = {0x681edf34, 0xd206965e, 0x86b3e94f, 0x536e4246};
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(text.s[3 - i], end[i]);
}
END_TEST

/* --- lanes against exact arithmetic ------------------------------------------------------------------------------ */

static struct cpu_common cpu;

/* Runs f, then says whether it saturated. */
#define SATURATED(result, f) (cpu.fp_flags = 0, (result) = (f), cpu.fp_flags == FP_QC)

static u64 edge_value(unsigned L, unsigned i)
{
    static const u64 fixed[] = {0, 1, 2, 3, 7, 0x55555555555555, 0x80, 0x7f, 0xff, 0x8000, 0x7fff, 0xffff};
    if (i < ARRAY_SIZE(fixed))
        return fixed[i] & ones(L);
    i -= ARRAY_SIZE(fixed);
    u64 base = i / 4 == 0 ? 0 : i / 4 == 1 ? 1ull << (L - 1) : 0x9e3779b97f4a7c15;
    return (base + i % 4 - 2) & ones(L);
}
enum { EDGE_VALUES = 24 };

static void check_lane(const char *what, unsigned L, u64 a, u64 b, u64 got, bool qc, i128 exact, bool is_signed)
{
    i128 max = is_signed ? (i128)ones(L - 1) : (i128)ones(L), min = is_signed ? -max - 1 : 0;
    i128 want = exact > max ? max : exact < min ? min : exact;
    if ((got & ones(L)) != ((u64)want & ones(L)) || qc != (want != exact))
        ck_abort_msg("%s L=%u a=%lx b=%lx: got %lx qc %d", what, L, a, b, got & ones(L), qc);
}

static void check_add_sub(unsigned L, u64 a, u64 b)
{
    u64 r;
    bool qc;
    i128 sa = sext(a, L), sb = sext(b, L), ua = a, ub = b;
    qc = SATURATED(r, ir_lane_sqadd(&cpu, L, a, b));
    check_lane("sqadd", L, a, b, r, qc, sa + sb, true);
    qc = SATURATED(r, ir_lane_sqsub(&cpu, L, a, b));
    check_lane("sqsub", L, a, b, r, qc, sa - sb, true);
    qc = SATURATED(r, ir_lane_uqadd(&cpu, L, a, b));
    check_lane("uqadd", L, a, b, r, qc, ua + ub, false);
    qc = SATURATED(r, ir_lane_uqsub(&cpu, L, a, b));
    check_lane("uqsub", L, a, b, r, qc, ua - ub, false);
    qc = SATURATED(r, ir_lane_suqadd(&cpu, L, a, b));
    check_lane("suqadd", L, a, b, r, qc, sa + ub, true);
    qc = SATURATED(r, ir_lane_usqadd(&cpu, L, a, b));
    check_lane("usqadd", L, a, b, r, qc, ua + sb, false);
}

static void check_products(unsigned L, u64 a, u64 b)
{
    if (L != 16 && L != 32)
        return;
    u64 r;
    bool qc;
    i128 p = (i128)sext(a, L) * sext(b, L), half = (i128)1 << (L - 1);
    qc = SATURATED(r, ir_lane_sqdmulh(&cpu, L, a, b, false));
    check_lane("sqdmulh", L, a, b, r, qc, 2 * p >> L, true);
    qc = SATURATED(r, ir_lane_sqdmulh(&cpu, L, a, b, true));
    check_lane("sqrdmulh", L, a, b, r, qc, (2 * p + half) >> L, true);
    for (unsigned i = 0; i < EDGE_VALUES; i++) {
        u64 c = edge_value(L, i);
        i128 wide = (i128)sext(c, L) * ((i128)1 << L);
        qc = SATURATED(r, ir_lane_sqrdmla(&cpu, L, c, a, b, false));
        check_lane("sqrdmlah", L, a, b, r, qc, (wide + 2 * p + half) >> L, true);
        qc = SATURATED(r, ir_lane_sqrdmla(&cpu, L, c, a, b, true));
        check_lane("sqrdmlsh", L, a, b, r, qc, (wide - 2 * p + half) >> L, true);
    }
}

/* x * 2^n, rounded or cut for n < 0; some number that saturates in place of what does not fit. */
static i128 shifted(i128 x, int n, bool rounded)
{
    if (n >= 64)
        return x == 0 ? 0 : x > 0 ? (i128)1 << 100 : -((i128)1 << 100);
    if (n >= 0)
        return x * ((i128)1 << n);
    n = n < -100 ? 100 : -n;
    return (x + (rounded ? (i128)1 << (n - 1) : 0)) >> n;
}

static void check_shifts(unsigned L, u64 a, int n)
{
    u64 r, count = (u64)(i64)n;
    bool qc;
    for (int rounded = 0; rounded < 2; rounded++) {
        i128 s = shifted(sext(a, L), n, rounded), u = shifted(a, n, rounded);
        qc = SATURATED(r, ir_lane_sqshl(&cpu, L, a, n, rounded));
        check_lane("sqshl", L, a, count, r, qc, s, true);
        qc = SATURATED(r, ir_lane_uqshl(&cpu, L, a, n, rounded));
        check_lane("uqshl", L, a, count, r, qc, u, false);
        if (n >= (int)L)
            s = u = 0;
        r = rounded ? ir_lane_srshl(L, a, n) : ir_lane_sshl(L, a, n);
        check_lane("sshl", L, a, count, r, false, sext((u64)s, L), true);
        r = rounded ? ir_lane_urshl(L, a, n) : ir_lane_ushl(L, a, n);
        check_lane("ushl", L, a, count, r, false, (u64)u & ones(L), false);
    }
    if (n >= 0 && n < (int)L) {
        qc = SATURATED(r, ir_lane_sqshlu(&cpu, L, a, (u64)n));
        check_lane("sqshlu", L, a, count, r, qc, shifted(sext(a, L), n, false), false);
    }
}

START_TEST(lanes_saturate_and_round)
{
    for (unsigned L = 8; L <= 64; L *= 2)
        for (unsigned i = 0; i < EDGE_VALUES; i++) {
            u64 a = edge_value(L, i);
            for (unsigned k = 0; k < EDGE_VALUES; k++) {
                check_add_sub(L, a, edge_value(L, k));
                check_products(L, a, edge_value(L, k));
            }
            for (int n = -128; n < 128; n++)
                check_shifts(L, a, n);
        }
}
END_TEST

START_TEST(doubled_products)
{
    union v128 x = {.h = {0x8000, 0x7fff, 0x8000, 3}}, y = {.h = {0x8000, 0x7fff, 1, 0xffff}}, r;
    ck_assert(SATURATED(r, ir_vec_sqdmull(&cpu, x, y, 1, 0)));
    ck_assert_uint_eq(r.s[0], 0x7fffffff);
    ck_assert_uint_eq(r.s[1], 2 * 0x7fff * 0x7fff);
    ck_assert_uint_eq(r.s[2], 0xffff0000);
    ck_assert_uint_eq(r.s[3], -6u);
    ck_assert(!SATURATED(r, ir_vec_sqdmull(&cpu, x, y, 1, 1)));
    x = (union v128){.s = {0, 0, 0x80000000, 5}};
    ck_assert(SATURATED(r, ir_vec_sqdmull(&cpu, x, x, 2, 1)));
    ck_assert_uint_eq(r.d[0], ones(63));
    ck_assert_uint_eq(r.d[1], 50);
}
END_TEST

START_TEST(narrowing_saturates)
{
    union v128 x = {.d = {1ull << 63, 0x80000000}}, r;
    ck_assert(SATURATED(r, ir_vec_sqxtn(&cpu, x, 2)));
    ck_assert_uint_eq(r.d[0], 0x7fffffff80000000);
    ck_assert(SATURATED(r, ir_vec_uqxtn(&cpu, x, 2)));
    ck_assert_uint_eq(r.d[0], 0x80000000ffffffff);
    ck_assert(SATURATED(r, ir_vec_sqxtun(&cpu, x, 2)));
    ck_assert_uint_eq(r.d[0], 0x8000000000000000);
    ck_assert_uint_eq(r.d[1], 0);
    x = (union v128){.d = {0x7f, 0x007f007f007f007f}};
    ck_assert(!SATURATED(r, ir_vec_sqxtn(&cpu, x, 0)));
    ck_assert_uint_eq(r.d[0], 0x7f7f7f7f0000007f);
}
END_TEST

START_TEST(carry_less_products)
{
    union v128 x = {.d = {0x8000000000000001, 3}}, y = {.d = {0xffffffffffffffff, 5}};
    union v128 r = ir_vec_pmull(x, y, 3, 0);
    ck_assert_uint_eq(r.d[0], 0x7fffffffffffffff);
    ck_assert_uint_eq(r.d[1], 0x7fffffffffffffff);
    r = ir_vec_pmull(x, y, 3, 1);
    ck_assert_uint_eq(r.d[0], 15);
    r = ir_vec_pmull(x, y, 0, 0);
    ck_assert_uint_eq(r.h[0], 0xff);
    ck_assert_uint_eq(r.h[7], 0x7f80);
    ck_assert_uint_eq(ir_lane_clmul(0x53, 0xca) & 0xff, 0x7e);
}
END_TEST

/* The manual's tables of estimates: ends and one value between. */
START_TEST(estimates)
{
    ck_assert_uint_eq(ir_lane_urecpe(0x7fffffff), 0xffffffff);
    ck_assert_uint_eq(ir_lane_urecpe(0x80000000), 0xff800000);
    ck_assert_uint_eq(ir_lane_urecpe(0xffffffff), 0x80000000);
    ck_assert_uint_eq(ir_lane_ursqrte(0x3fffffff), 0xffffffff);
    ck_assert_uint_eq(ir_lane_ursqrte(0x40000000), 0xff800000);
    ck_assert_uint_eq(ir_lane_ursqrte(0xffffffff), 0x80000000);
}
END_TEST

START_TEST(dot_products_and_sums)
{
    union v128 x, y, acc = {.s = {100, 0, 0, 0}};
    memset(x.b, 0x80, 16);
    memset(y.b, 0xff, 16);
    ck_assert_uint_eq(ir_vec_dot(x, y, acc, true, true).s[0], 100 + 4 * 128);
    ck_assert_uint_eq(ir_vec_dot(x, y, acc, false, false).s[1], 4 * 128 * 255);
    ck_assert_uint_eq(ir_vec_dot(x, y, acc, false, true).s[3], -4u * 128);
    memset(y.b + 8, 1, 8);
    union v128 r = ir_vec_mmla(x, y, acc, false, true);
    ck_assert_uint_eq(r.s[0], 100 - 8u * 128);
    ck_assert_uint_eq(r.s[1], 8 * 128);
    ck_assert_uint_eq(r.s[2], -8u * 128);
    ck_assert_uint_eq(ir_vec_addv(x, 0, true).d[0], 0);
    ck_assert_uint_eq(ir_vec_addlv(x, 0, true, true).d[0], 0xf800);
    ck_assert_uint_eq(ir_vec_addlv(x, 0, false, false).d[0], 0x400);
    ck_assert_uint_eq(ir_vec_maxv(y, 0, true, true).d[0], 1);
    ck_assert_uint_eq(ir_vec_minv(y, 0, true, true).d[0], 0xff);
    ck_assert_uint_eq(ir_vec_minv(y, 0, false, false).d[0], 0xff);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("vec");
    TCase *t = tcase_create("vec");
    tcase_add_test(t, aes_128);
    tcase_add_test(t, sha1_abc);
    tcase_add_test(t, crc_of_the_check_string);
    tcase_add_test(t, sha256_abc);
    tcase_add_test(t, sha512_abc);
    tcase_add_test(t, sm3_abc);
    tcase_add_test(t, sm4_example);
    tcase_add_test(t, lanes_saturate_and_round);
    tcase_add_test(t, doubled_products);
    tcase_add_test(t, narrowing_saturates);
    tcase_add_test(t, carry_less_products);
    tcase_add_test(t, estimates);
    tcase_add_test(t, dot_products_and_sums);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
