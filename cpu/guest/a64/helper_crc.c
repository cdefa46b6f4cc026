/* CRC-32 (polynomial 0x04c11db7) and CRC-32C (0x1edc6f41), bit-reflected as the instructions of FEAT_CRC32 define. */
#include "base/host_cpu.h"
#include "state/common.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

u32 helper_crc32(struct cpu_common *cpu, u32 crc, u64 data, u32 bytes);
u32 helper_crc32c(struct cpu_common *cpu, u32 crc, u64 data, u32 bytes);

/* Remainders of the sixteen values of four bits, for a reflected polynomial. */
static const u32 crc32_nibble[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};
static const u32 crc32c_nibble[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static u32 by_nibbles(const u32 *table, u32 crc, u64 data, u32 bytes)
{
    for (u32 i = 0; i < bytes; i++) {
        crc ^= (u8)(data >> 8 * i);
        crc = table[crc & 15] ^ crc >> 4;
        crc = table[crc & 15] ^ crc >> 4;
    }
    return crc;
}

u32 helper_crc32(struct cpu_common *cpu, u32 crc, u64 data, u32 bytes)
{
    (void)cpu;
    return by_nibbles(crc32_nibble, crc, data, bytes);
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static u32 crc32c_host(u32 crc, u64 data, u32 bytes)
{
    switch (bytes) {
    case 1:
        return _mm_crc32_u8(crc, (u8)data);
    case 2:
        return _mm_crc32_u16(crc, (u16)data);
    case 4:
        return _mm_crc32_u32(crc, (u32)data);
    default:
        return (u32)_mm_crc32_u64(crc, data);
    }
}
#endif

u32 helper_crc32c(struct cpu_common *cpu, u32 crc, u64 data, u32 bytes)
{
    (void)cpu;
#if defined(__x86_64__)
    if (host_features()->sse42)
        return crc32c_host(crc, data, bytes);
#endif
    return by_nibbles(crc32c_nibble, crc, data, bytes);
}
