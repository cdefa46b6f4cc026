/* Conversion of structs and constants between a guest's ABI and the host's, driven by the generated tables.
 *
 * Example: struct stat for an arm64 guest on an x86-64 host:
 *     u8 guest[ABI_MAX_BYTES];
 *     abi_to_guest(&abi, ST_stat, guest, &host_stat);      fields move to their arm64 offsets, padding becomes zero
 *     copy_out(addr, guest, abi_bytes(&abi, ST_stat));
 */
#ifndef XRUN_ABI_H
#define XRUN_ABI_H

#include "base/base.h"
#include "syscalls/table.h"

/* The guest's ABI: a layout and a byte order. */
struct sys_abi {
    enum sys_abi_id id;
    bool big_endian;
};

enum { ABI_MAX_BYTES = 1024 }; /* no struct of structs.def is larger (tests/unit/test_abi.c) */

/* True where long and pointers have 32 bits. */
bool abi_narrow(const struct sys_abi *abi);
/* Size of a struct in the guest. */
static inline size_t abi_bytes(const struct sys_abi *abi, enum abi_struct_id s)
{
    return abi_structs[s].layout[abi->id].bytes;
}
/* True if the guest's bytes of this struct are the host's. */
static inline bool abi_same(const struct sys_abi *abi, enum abi_struct_id s)
{
    return abi_structs[s].layout[abi->id].same && abi->big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}
/* Guest bytes to host struct: members that the guest does not have are zero. */
void abi_to_host(const struct sys_abi *abi, enum abi_struct_id s, void *host, const void *guest);
/* Host struct to guest bytes: padding is zero, values are cut to the guest's width. */
void abi_to_guest(const struct sys_abi *abi, enum abi_struct_id s, void *guest, const void *host);
/* Reads and writes an unsigned number of 1, 2, 4 or 8 bytes in the guest's byte order, at any alignment. */
u64 abi_load(const struct sys_abi *abi, const void *from, unsigned bytes);
void abi_store(const struct sys_abi *abi, void *to, unsigned bytes, u64 value);

/* Flags or a value of a constants table from the guest's numbers to the host's and back; bits without a row stay. */
u64 abi_flags_to_host(const struct sys_abi *abi, enum abi_consts_id c, u64 value);
u64 abi_flags_to_guest(const struct sys_abi *abi, enum abi_consts_id c, u64 value);

/* The same through guest memory: 0 or -EFAULT. */
__attribute__((warn_unused_result)) int abi_copy_in(const struct sys_abi *abi, enum abi_struct_id s, void *host,
                                                    u64 addr);
__attribute__((warn_unused_result)) int abi_copy_out(const struct sys_abi *abi, enum abi_struct_id s, u64 addr,
                                                     const void *host);

#endif
