/* Vector values that are too long for a row or a header: products, saturating narrowing, sums across lanes. */
#include "ir/vec.h"

u64 ir_lane_clmul(u64 a, u64 b)
{
    u64 r = 0;
    for (; b; b &= b - 1)
        r ^= a << ctz64(b);
    return r;
}

/* Estimates: 9-bit fractions by the division and the search that the manual prescribes. */
u32 ir_lane_urecpe(u32 a)
{
    if (!(a >> 31))
        return ~0u;
    u32 x = (a >> 23) * 2 + 1; /* the middle of the interval: 513..1023 */
    u32 estimate = ((1u << 19) / x + 1) / 2;
    return estimate << 23;
}

u32 ir_lane_ursqrte(u32 a)
{
    if (!(a >> 30))
        return ~0u;
    u32 x = a >> 23;
    x = x < 256 ? x * 2 + 1 : ((x >> 1 << 1) + 1) * 2;
    u32 b = 512;
    while (x * (b + 1) * (b + 1) < 1u << 28)
        b++;
    return (b + 1) / 2 << 23;
}

union v128 ir_vec_pmull(union v128 x, union v128 y, unsigned lane, u64 half)
{
    union v128 r = {0};
    if (lane == 0) {
        for (unsigned i = 0; i < 8; i++)
            r.h[i] = (u16)ir_lane_clmul(x.b[(half & 1) * 8 + i], y.b[(half & 1) * 8 + i]);
        return r;
    }
    for (u64 b = y.d[half & 1]; b; b &= b - 1)
        r.q ^= (u128)x.d[half & 1] << ctz64(b);
    return r;
}

union v128 ir_vec_sqdmull(struct cpu_common *cpu, union v128 x, union v128 y, unsigned lane, u64 half)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, false);
    for (unsigned i = 0; i < n; i++) {
        u64 p = (u64)ir_lane_get_as(&x, lane, half * n + i, true) * (u64)ir_lane_get_as(&y, lane, half * n + i, true);
        /* p + p is out of range only for two minimums, also in 64 bits. */
        p &= ones(16u << lane);
        ir_lane_set(&r, lane + 1, i, ir_lane_sqadd(cpu, 16u << lane, p, p));
    }
    return r;
}

union v128 ir_vec_sqxtn(struct cpu_common *cpu, union v128 x, unsigned lane)
{
    union v128 r = {0};
    for (unsigned i = 0; i < ir_lane_count(lane, false); i++)
        ir_lane_set(&r, lane, i, ir_sat_s(cpu, 8u << lane, ir_lane_get_as(&x, lane + 1, i, true)));
    return r;
}

union v128 ir_vec_uqxtn(struct cpu_common *cpu, union v128 x, unsigned lane)
{
    union v128 r = {0};
    u64 max = ones(8u << lane);
    for (unsigned i = 0; i < ir_lane_count(lane, false); i++) {
        u64 v = ir_lane_get(&x, lane + 1, i);
        ir_set_qc(cpu, v > max);
        ir_lane_set(&r, lane, i, v > max ? max : v);
    }
    return r;
}

union v128 ir_vec_sqxtun(struct cpu_common *cpu, union v128 x, unsigned lane)
{
    union v128 r = {0};
    for (unsigned i = 0; i < ir_lane_count(lane, false); i++)
        ir_lane_set(&r, lane, i, ir_sat_u(cpu, 8u << lane, ir_lane_get_as(&x, lane + 1, i, true)));
    return r;
}

/* The sum of `count` products of bytes; at most 16 bits each, so an int holds it. */
static int dot_bytes(const u8 *x, const u8 *y, unsigned count, bool x_signed, bool y_signed)
{
    int sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += (x_signed ? (i8)x[i] : x[i]) * (y_signed ? (i8)y[i] : y[i]);
    return sum;
}

union v128 ir_vec_dot(union v128 x, union v128 y, union v128 acc, bool x_signed, bool y_signed)
{
    for (unsigned i = 0; i < 4; i++)
        acc.s[i] += (u32)dot_bytes(x.b + 4 * i, y.b + 4 * i, 4, x_signed, y_signed);
    return acc;
}

union v128 ir_vec_mmla(union v128 x, union v128 y, union v128 acc, bool x_signed, bool y_signed)
{
    for (unsigned i = 0; i < 4; i++)
        acc.s[i] += (u32)dot_bytes(x.b + 8 * (i >> 1), y.b + 8 * (i & 1), 8, x_signed, y_signed);
    return acc;
}

union v128 ir_vec_addv(union v128 x, unsigned lane, bool full)
{
    u64 sum = 0;
    for (unsigned i = 0; i < ir_lane_count(lane, full); i++)
        sum += ir_lane_get(&x, lane, i);
    return (union v128){.d = {sum & ones(8u << lane), 0}};
}

union v128 ir_vec_addlv(union v128 x, unsigned lane, bool full, bool is_signed)
{
    u64 sum = 0;
    for (unsigned i = 0; i < ir_lane_count(lane, full); i++)
        sum += (u64)ir_lane_get_as(&x, lane, i, is_signed);
    return (union v128){.d = {sum & ones(16u << lane), 0}};
}

union v128 ir_vec_maxv(union v128 x, unsigned lane, bool full, bool is_signed)
{
    i64 best = ir_lane_get_as(&x, lane, 0, is_signed);
    for (unsigned i = 1; i < ir_lane_count(lane, full); i++) {
        i64 v = ir_lane_get_as(&x, lane, i, is_signed);
        best = v > best ? v : best;
    }
    return (union v128){.d = {(u64)best & ones(8u << lane), 0}};
}

union v128 ir_vec_minv(union v128 x, unsigned lane, bool full, bool is_signed)
{
    i64 best = ir_lane_get_as(&x, lane, 0, is_signed);
    for (unsigned i = 1; i < ir_lane_count(lane, full); i++) {
        i64 v = ir_lane_get_as(&x, lane, i, is_signed);
        best = v < best ? v : best;
    }
    return (union v128){.d = {(u64)best & ones(8u << lane), 0}};
}
