/* Struct and constant conversion, see abi.h. */
#include "syscalls/abi/abi.h"
#include "softmmu/softmmu.h"

#if defined(__x86_64__)
enum { HOST_ABI = ABI_amd64 };
#elif defined(__aarch64__)
enum { HOST_ABI = ABI_arm64 };
#else
#error "no ABI row for this host"
#endif

static u64 load_host(const void *from, unsigned bytes)
{
    u64 value = 0;
    memcpy(&value, from, bytes); /* hosts are little-endian */
    return value;
}
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "host byte order");

static u64 swap_bytes(u64 value, unsigned bytes) { return __builtin_bswap64(value) >> (64 - 8 * bytes); }

u64 abi_load(const struct sys_abi *abi, const void *from, unsigned bytes)
{
    u64 value = load_host(from, bytes);
    return abi->big_endian ? swap_bytes(value, bytes) : value;
}

void abi_store(const struct sys_abi *abi, void *to, unsigned bytes, u64 value)
{
    if (abi->big_endian)
        value = swap_bytes(value << (64 - 8 * bytes) >> (64 - 8 * bytes), bytes);
    memcpy(to, &value, bytes);
}

bool abi_narrow(const struct sys_abi *abi) { return abi->id == ABI_arm || abi->id == ABI_i386; }

/* A number as it was read in the guest's byte order. */
static u64 number_to_host(const struct sys_abi *abi, const struct abi_field *f, u64 value)
{
    switch ((enum abi_sign)f->sign) {
    case ABI_SIGNED:
        return (u64)sext(value, 8u * f->bytes);
    case ABI_LOW:
        return (u64)sext(value, abi_narrow(abi) ? 32 : 64);
    case ABI_WORDS:
        return abi_narrow(abi) && abi->big_endian ? rotr64(value, 32) : value;
    default:
        return value;
    }
}

static u64 number_to_guest(const struct sys_abi *abi, const struct abi_field *f, u64 value)
{
    switch ((enum abi_sign)f->sign) {
    case ABI_SIGNED:
    case ABI_LOW:
        return (u64)sext(value, 8u * f->host_bytes);
    case ABI_WORDS:
        return abi_narrow(abi) && abi->big_endian ? rotr64(value, 32) : value;
    case ABI_FOLDED:
        return abi_narrow(abi) ? (u32)(value ^ value >> 32) : value;
    default:
        return value;
    }
}

void abi_to_host(const struct sys_abi *abi, enum abi_struct_id s, void *host, const void *guest)
{
    const struct abi_layout *l = &abi_structs[s].layout[abi->id];
    must(l->bytes);
    if (abi_same(abi, s)) {
        memcpy(host, guest, l->bytes);
        return;
    }
    memset(host, 0, abi_structs[s].host_bytes);
    for (unsigned i = 0; i < l->fields; i++) {
        const struct abi_field *f = &l->field[i];
        for (unsigned k = 0; f->host_bytes && k < f->count; k++) {
            u64 value = abi_load(abi, (const u8 *)guest + f->offset + k * f->bytes, f->bytes);
            value = number_to_host(abi, f, value);
            memcpy((u8 *)host + f->host_offset + k * f->host_bytes, &value, f->host_bytes);
        }
    }
}

void abi_to_guest(const struct sys_abi *abi, enum abi_struct_id s, void *guest, const void *host)
{
    const struct abi_layout *l = &abi_structs[s].layout[abi->id];
    must(l->bytes);
    if (abi_same(abi, s)) {
        memcpy(guest, host, l->bytes);
        return;
    }
    memset(guest, 0, l->bytes);
    for (unsigned i = 0; i < l->fields; i++) {
        const struct abi_field *f = &l->field[i];
        for (unsigned k = 0; f->host_bytes && k < f->count; k++) {
            u64 value = load_host((const u8 *)host + f->host_offset + k * f->host_bytes, f->host_bytes);
            value = number_to_guest(abi, f, value);
            abi_store(abi, (u8 *)guest + f->offset + k * f->bytes, f->bytes, value);
        }
    }
}

static u64 convert_flags(enum abi_consts_id c, u64 value, unsigned from, unsigned to)
{
    const struct abi_consts *t = &abi_consts[c];
    if (!t->differs || from == to)
        return value;
    if (!t->flags) {
        for (unsigned i = 0; i < t->count; i++)
            if (t->row[i].value[from] == value)
                return t->row[i].value[to];
        return value;
    }
    u64 result = 0;
    for (unsigned i = 0; i < t->count; i++) {
        u64 bit = t->row[i].value[from];
        if (bit && (value & bit) == bit) {
            result |= t->row[i].value[to];
            value &= ~bit;
        }
    }
    return result | value;
}

u64 abi_flags_to_host(const struct sys_abi *abi, enum abi_consts_id c, u64 value)
{
    return convert_flags(c, value, abi->id, HOST_ABI);
}
u64 abi_flags_to_guest(const struct sys_abi *abi, enum abi_consts_id c, u64 value)
{
    return convert_flags(c, value, HOST_ABI, abi->id);
}

int abi_copy_in(const struct sys_abi *abi, enum abi_struct_id s, void *host, u64 addr)
{
    u8 guest[ABI_MAX_BYTES];
    int r = copy_in(guest, addr, abi_bytes(abi, s));
    if (r == 0)
        abi_to_host(abi, s, host, guest);
    return r;
}

int abi_copy_out(const struct sys_abi *abi, enum abi_struct_id s, u64 addr, const void *host)
{
    u8 guest[ABI_MAX_BYTES];
    abi_to_guest(abi, s, guest, host);
    return copy_out(addr, guest, abi_bytes(abi, s));
}
