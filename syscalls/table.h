/* The tables that gensys makes of table.def, abi/ and nr/, and the types of their rows. */
#ifndef XRUN_SYS_TABLE_H
#define XRUN_SYS_TABLE_H

#include "base/base.h"
#include "syscalls/abi/types.h"
#include "sys_gen.h"

/* How a scalar's bytes are a number (the words of scalars.def). */
enum abi_sign { ABI_UNSIGNED, ABI_SIGNED, ABI_LOW, ABI_WORDS, ABI_FOLDED };

/* One leaf of a struct in one guest ABI. An array has count > 1. Padding has host_bytes 0. */
struct abi_field {
    u16 offset, count;
    u8 bytes, sign; /* enum abi_sign */
    u16 name; /* offset into abi_names */
    u16 host_offset;
    u8 host_bytes;
};
/* A struct in one guest ABI; bytes 0: the ABI does not have it. */
struct abi_layout {
    u16 bytes, align, fields;
    const struct abi_field *field;
    bool same; /* offsets and sizes are the host's */
};
struct abi_struct {
    const char *name;
    u16 host_bytes;
    struct abi_layout layout[ABI_COUNT];
};
extern const struct abi_struct abi_structs[ST_COUNT];
extern const char abi_names[];

struct abi_const {
    const char *name;
    u64 value[ABI_COUNT];
};
struct abi_consts {
    const struct abi_const *row;
    u16 count;
    bool flags;   /* a set of bits; otherwise one value */
    bool differs; /* some value is not the same for all ABIs */
};
extern const struct abi_consts abi_consts[CT_COUNT];

struct sys_arg {
    const char *name;
    u8 kind;  /* enum sys_kind */
    i16 ref;  /* enum abi_struct_id or abi_consts_id */
    i16 link; /* argument that holds a length; below -1: the length is -1 - link */
};
struct sys_row {
    const char *name;
    u8 level, wait, result, args;
    i16 error;   /* of ENOSYS and REFUSE rows */
    i16 host_nr; /* of FORWARD rows */
    long (*call)(const u64 *args);
    struct sys_arg arg[6];
};
extern const struct sys_row sys_rows[CALL_COUNT];

/* Row of each number of one guest, -1: none; behind them those of the private_count numbers from private_base on. */
struct sys_number_name {
    i32 number;
    const char *name;
};
struct sys_numbers {
    const i16 *row;
    u16 count;
    u32 private_base;
    u16 private_count;
    const struct sys_number_name *name; /* of numbers that the guest calls otherwise than the row is; ends with -1 */
};
extern const struct sys_numbers sys_numbers_arm64, sys_numbers_arm;
/* The numbers of the running guest. */
extern const struct sys_numbers *sys_numbers;
/* Row of a number, NULL: none. What the guest calls it. */
const struct sys_row *sys_find_row(u32 number);
const char *sys_call_name(const struct sys_row *row, u32 number);

/* Numbers of calls that are newer than the host's headers; the same on all architectures. */
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif

#endif
