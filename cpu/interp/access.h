/* Guest memory as the interpreter reaches it. Everything that dereferences a guest address is compiled into one section,
 * so that the handler of host signals can tell a guest's fault from a bug of xrun (interp_fault()). */
#ifndef XRUN_INTERP_ACCESS_H
#define XRUN_INTERP_ACCESS_H

#include "interp/code.h"
#include "state/helper_mem.h"

/* Guest memory is foreign to the sanitizers: it is not theirs to track, and alignment is the guest's business. */
#define GUEST_ACCESS                                                                                                   \
    __attribute__((section("xrun_guest_access"), noinline, no_sanitize("address", "undefined")))

/* Parts of such functions; inlined without optimisation too, so that they stay in the section. */
#define GUEST_INLINE static inline __attribute__((always_inline, no_sanitize("address", "undefined")))

typedef u16 u16_any __attribute__((aligned(1), may_alias));
typedef u32 u32_any __attribute__((aligned(1), may_alias));
typedef u64 u64_any __attribute__((aligned(1), may_alias));
typedef long long v128_any __attribute__((vector_size(16), aligned(1), may_alias));

/* The general forms of load, store and the atomics: any size, byte order, memory order, alignment rule. `sub` is enum
 * ir_mem. They fault or trap by not returning. Results are zero- or sign-extended to their type;
 * atomic, cas and load_ex give the old value, store_ex 0 if it stored and 1 if not. */
void access_load(struct cpu_common *cpu, u64 addr, u8 sub, enum ir_type t, union ir_value *result);
void access_store(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *value);
void access_atomic(struct cpu_common *cpu, enum ir_opcode op, u64 addr, u8 sub, const union ir_value *value,
                   union ir_value *result);
void access_cas(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *expected,
                const union ir_value *desired, union ir_value *result);
void access_load_ex(struct cpu_common *cpu, u64 addr, u8 sub, union ir_value *result);
u32 access_store_ex(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *value);

/* Leaves interp_run() with a result from any depth. */
__attribute__((noreturn)) void interp_land(struct cpu_common *cpu, enum interp_result result);

#endif
