/* The threaded code: operations and their handlers. Private to the interpreter. */
#ifndef XRUN_INTERP_CODE_H
#define XRUN_INTERP_CODE_H

#include "interp/interp.h"

struct interp_op {
    const void *go; /* handler's address */
    u16 d, a, b, c; /* byte offsets from the state pointer, unless the handler says otherwise */
    u64 imm;
};
_Static_assert(sizeof(struct interp_op) == 24, "code is dense");

/* Of `count`: the runs after which the block is warm, in the place of b and c. */
static inline u32 *interp_count_limit(const struct interp_op *op)
{
    _Static_assert(offsetof(struct interp_op, b) % 4 == 0, "aligned");
    return (u32 *)(uintptr_t)&op->b;
}

/* Handlers by name, as H_<name>. Rows of ops_int.def give these forms:
 *   INT1    name_32, name_64                 d = op a
 *   INT2    name_32_rr, _32_ri, _64_rr, _64_ri   d = a op b; b in a register or imm
 *   CMP2    the same, and exit_name_... : exit d if a op b, else exit d+1
 *   FLAGS2  the same as INT2, result 4 bytes
 *   FLAGS3  name_32, name_64                 d = flags of a, b, c
 * A result of 32 bits is written as 64 bits with zeros above. */
#define HANDLER_FORMS_INT1(X, name) X(name##_32) X(name##_64)
#define HANDLER_FORMS_INT2(X, name) X(name##_32_rr) X(name##_32_ri) X(name##_64_rr) X(name##_64_ri)
#define HANDLER_FORMS_CMP2(X, name) HANDLER_FORMS_INT2(X, name) HANDLER_FORMS_INT2(X, exit_##name)
#define HANDLER_FORMS_FLAGS2(X, name) HANDLER_FORMS_INT2(X, name)
#define HANDLER_FORMS_FLAGS3(X, name) HANDLER_FORMS_INT1(X, name)

/* The others.
 *   mov<n>         d = a, exactly n bits           movi<n>  d = imm, n bits (128: high half in the next operation's imm)
 *   zx<n>, sx<n>_<w>  extensions, 64 bits written
 *   sel_*          d = a ? b : c (a i32)           csel_*   d = truth table imm of flags a ? b : c
 *   cond           d = truth table imm of flags a  pack     d = a & flag bits, 4 bytes
 *   adds subs ands as FLAGS2 forms, d = result, c = flags
 *   vec<n>         d = 128 bits, low n from a      eval     d = fn(a, b, c, next.imm), fn in imm
 *   ld_*, st_*     at a + imm; d, b                ld_any, st_any: c = enum ir_mem
 *   atomic         d = old, at a with b; imm = IR operation << 8 | enum ir_mem      cas: c = desired
 *   call           imm = helper; arguments in the a, b, c, d of the operations after it, four each
 *   jump           imm = signed distance in operations; br: a ? next : imm
 *   native         imm = interp_native_fn              count    imm = counter of runs; leaves at interp_count_limit()
 *   exit_*         d = number of the block's exit  exit_cond: flags a, truth table c
 *   exit_indirect  b = enum indirect_operand */
#define HANDLERS_OTHER(X)                                                                                              \
    X(mov16) X(mov32) X(mov64) X(mov128) X(movi16) X(movi32) X(movi64) X(movi128)                                      \
    X(zx16) X(zx32) X(sx8_32) X(sx16_32) X(sx8_64) X(sx16_64) X(sx32_64)                                               \
    X(sel_64) X(sel_32) X(sel_flags) X(sel_128) X(csel_64) X(csel_32) X(csel_flags) X(csel_128)                        \
    X(cond) X(pack)                                                                                                    \
    HANDLER_FORMS_INT2(X, adds) HANDLER_FORMS_INT2(X, subs) HANDLER_FORMS_INT2(X, ands)                                \
    X(vec16) X(vec32) X(vec64) X(eval)                                                                                 \
    X(ld_u8) X(ld_u16) X(ld_u32) X(ld_u64) X(ld_128) X(ld_any)                                                         \
    X(ld_s8_32) X(ld_s16_32) X(ld_s8_64) X(ld_s16_64) X(ld_s32_64)                                                     \
    X(st_8) X(st_16) X(st_32) X(st_64) X(st_128) X(st_any)                                                             \
    X(atomic) X(cas) X(load_ex) X(store_ex) X(clear_ex) X(fence)                                                       \
    X(call) X(trap_if) X(jump) X(jump_back) X(br)                                                                      \
    X(exit_next) X(exit_nz) X(exit_bits_32) X(exit_bits_64) X(exit_cond) X(exit_indirect) X(exit_indirect_slow)    \
    X(exit_syscall) X(exit_trap) X(native) X(count)

enum indirect_operand { INDIRECT_64, INDIRECT_32, INDIRECT_EXCHANGE };

enum handler {
#define X(name) H_##name,
#define KIND_SPECIAL(name)
#define KIND_INT1(name) HANDLER_FORMS_INT1(X, name)
#define KIND_INT2(name) HANDLER_FORMS_INT2(X, name)
#define KIND_CMP2(name) HANDLER_FORMS_CMP2(X, name)
#define KIND_FLAGS2(name) HANDLER_FORMS_FLAGS2(X, name)
#define KIND_FLAGS3(name) HANDLER_FORMS_FLAGS3(X, name)
#define OP(name, kind, effects, value, doc) KIND_##kind(name)
#include "ir/ops_int.def"
#undef OP
#undef KIND_SPECIAL
#undef KIND_INT1
#undef KIND_INT2
#undef KIND_CMP2
#undef KIND_FLAGS2
#undef KIND_FLAGS3
    HANDLERS_OTHER(X)
#undef X
    HANDLER_COUNT
};

/* Addresses of the handlers, by enum handler; valid after interp_init(). */
extern const void *const *interp_handlers;

/* Constants that every processor's scratch area starts with: 0..16 and -1, as 64 bits in slots of 16 bytes. */
enum { INTERP_CONSTS = 18 };
static inline int interp_const_slot(u64 value) { return value <= 16 ? (int)value : value == ~0ull ? 17 : -1; }

/* analyse.c: prepares its table. */
void interp_analyse_init(void);
/* call.c: prepares the libffi interfaces; calls helper number `id` with argument values at the offsets in op[1..]. */
void interp_call_init(void);
void interp_call(struct cpu_common *cpu, const struct interp_op *op);

#endif
