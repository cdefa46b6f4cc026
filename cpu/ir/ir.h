/* The intermediate representation: what guest code is lifted to, passes improve, the interpreter runs and the JIT
 * compiles.
 *
 * A function is a list of basic blocks with parameters (no phi nodes). A block is a flat run of operations in SSA
 * form; an operand is the index of the operation that defines it, so operand lists need no allocation. What each
 * operation means is stated once, in ops.def; this file has only the containers and the builder.
 *
 * Example, `subs w0, w1, #1; b.ne 0x1000` at 0x2000:
 *
 *     fn 0x2000, 0x2008, insns 2, mode 0x0, fp 0x0/0x0
 *     insn 0x2000, 0x71000420, 4
 *     %2:i32 = get x[1]
 *     %3:i32 = const 0x1
 *     %4:i32 = sub %2, %3
 *     %5:flags = flags_sub %2, %3
 *     %6:i64 = zext %4
 *     put x[0], %6
 *     put nzcv, %5
 *     insn 0x2004, 0x54ff7fe1, 4
 *     %10:i32 = cond.ne %5
 *     %11:i64 = const 0x1000
 *     %12:i64 = const 0x2008
 *     exit_branch %10, %11, %12
 *
 * Rules: an i32 is 32 bits and nothing else (widening is explicit: zext, sext; narrowing: trunc). Shift and rotate
 * counts have the type of the value shifted and are taken modulo the width. A scalar float in a vector register is
 * f16, f32 or f64; `vec` makes it a v128 with zeroed upper bits and `low` takes the low part of a v128. Flags are
 * N Z C V with Arm's carry (a subtraction without borrow sets C); the value is the word with N Z C V in bits 31..28.
 * An exit_indirect with the hint "jump" is the end of a block that may also lead to any block with `target` (`block3, target:`
 * in the text form), which has no parameters and begins with an instruction; running it as an exit is right, too. With
 * "exchange_jump" it does so if bit 0 of the operand says that the mode stays.
 */
#ifndef XRUN_IR_H
#define XRUN_IR_H

#include "base/base.h"
#include "state/common.h"

typedef u32 ir_ref; /* index into ir_fn.ops; 0 (IR_NONE) is no value */
enum { IR_NONE = 0 };

enum ir_type { IR_VOID, IR_I32, IR_I64, IR_F16, IR_F32, IR_F64, IR_V128, IR_FLAGS, IR_TYPE_COUNT };

/* The kinds of row in ops.def; they say operand and result types. See the legend there. */
enum ir_kind {
    IR_KIND_SPECIAL,
    IR_KIND_INT1,
    IR_KIND_INT2,
    IR_KIND_CMP2,
    IR_KIND_FLAGS2,
    IR_KIND_FLAGS3,
    IR_KIND_F1,
    IR_KIND_F2,
    IR_KIND_F3,
    IR_KIND_CUSTOM,
    IR_KIND_VL1,
    IR_KIND_VL2,
    IR_KIND_VL3,
    IR_KIND_VF1,
    IR_KIND_VF2,
    IR_KIND_VF3,
    IR_KIND_V,
};

enum ir_effect {
    IR_PURE = 0,
    IR_READ_STATE = 1 << 0,  /* get */
    IR_WRITE_STATE = 1 << 1, /* put */
    IR_READ_MEM = 1 << 2,
    IR_WRITE_MEM = 1 << 3,
    IR_FAULTS = 1 << 4, /* may leave the function here, with exact guest state */
    IR_FP = 1 << 5,     /* reads fp_mode, accumulates fp_flags: kept even if nobody uses the value */
    IR_ANY = 1 << 6,    /* may read and write anything: all state is exact before, all is reread after */
    IR_END = 1 << 7,    /* ends a block */
    IR_MARK = 1 << 8,   /* no value, kept in order: insn, prefetch */
};

enum ir_opcode {
    IR_OP_none,
#define OP(name, kind, effects, value, doc) IR_OP_##name,
#include "ir/ops.def"
#undef OP
    IR_OP_COUNT
};

/* Conditions over flags, numbered as Arm's condition field. */
enum ir_cond {
    IR_EQ, IR_NE, IR_CS, IR_CC, IR_MI, IR_PL, IR_VS, IR_VC, IR_HI, IR_LS, IR_GE, IR_LT, IR_GT, IR_LE, IR_AL, IR_NV
};

/* `sub` of a vector operation: lane size and whether all 128 bits take part. Without IR_FULL only the low 64 bits are
 * computed and the upper half of the result is zero (so no stray floating-point flags come from there). */
enum ir_lane { IR_B = 0, IR_H = 1, IR_S = 2, IR_D = 3, IR_LANE_MASK = 3, IR_FULL = 4 };

/* `sub` of a memory operation. */
enum ir_mem {
    IR_MEM_SIZE_MASK = 7, /* log2 of bytes: 0..4 */
    IR_MEM_SIGN = 1 << 3, /* a narrow load is sign-extended to the result's type; otherwise zero-extended */
    IR_MEM_ALONE = IR_MEM_SIGN, /* of exclusives: no memory access between the two of a pair */
    IR_MEM_SWAP = 1 << 4, /* byte order opposite to the host's */
    IR_MEM_ACQ = 1 << 5,  /* load-acquire; on a read-modify-write: acquire */
    IR_MEM_REL = 1 << 6,  /* store-release; with ACQ on atomics: both */
    IR_MEM_ALIGN = 1 << 7, /* a misaligned address traps: TRAP_ALIGNMENT (16 bytes: any address inside one aligned 16) */
};

/* `sub` of a prefetch: into which cache, and whether it will be written. */
enum ir_prefetch {
    IR_PREFETCH_L1,
    IR_PREFETCH_L2,
    IR_PREFETCH_L3,
    IR_PREFETCH_ONCE, /* used once: so that it drives nothing else out */
    IR_PREFETCH_WHERE = 3,
    IR_PREFETCH_WRITE = 1 << 2,
};

/* `sub` of a CUSTOM operation is below this: each value has evaluators of its own. */
enum { IR_CUSTOM_SUBS = 8 };

/* `sub` of exit_indirect; IR_EXCHANGE alone of exit_call, where the mode was put before. */
enum ir_hint {
    IR_HINT_JUMP,
    IR_HINT_CALL,
    IR_HINT_RETURN,
    IR_HINT_SYNC, /* to what follows, which a region must not have ready: it may have changed since */
    IR_HINT_MASK = 3,
    IR_EXCHANGE = 4, /* bit 0 of the i32 becomes CPU_MODE_THUMB in cpu_common.mode and is 0 in the pc */
};

struct ir_op {
    u16 op;   /* enum ir_opcode */
    u8 type;  /* enum ir_type of the result; IR_VOID: none */
    u8 sub;   /* lane, condition, memory flags, trap: by op */
    ir_ref a, b, c;
    u64 imm;
};
_Static_assert(sizeof(struct ir_op) == 24, "operations are dense");

enum { IR_TARGETS = 64 }; /* of a function, at most */

struct ir_block {
    u32 first, end;    /* ops[first..end) ; the last is the only one with IR_END */
    u32 param_count;   /* the block's first operations are its `param`s */
    u32 weight;        /* how often it runs, compared with the others; 0: not known */
    bool target;       /* an indirect jump of the function to the pc of its first instruction may lead here */
};

/* How floating point behaves in a whole function; FP_* bits that the frontend guarantees, and which ones it does not
 * know (those are read from cpu_common.fp_mode when it runs). */
struct ir_fp_model {
    u32 known, value;
};

struct ir_fn {
    struct ir_op *ops; /* ops[0] is IR_OP_none */
    u32 count, capacity;
    struct ir_block *blocks;
    u32 block_count, block_capacity;
    ir_ref *args; /* operands of `call`, `jump`, `br` beyond three */
    u32 arg_count, arg_capacity;
    u64 pc;       /* guest address of the entry */
    u64 pc_end;   /* kept up by ir_insn(): first guest address after the last instruction lifted */
    u32 insn_count;
    u32 mode;     /* cpu_common.mode it was lifted under */
    struct ir_fp_model fp;
    u32 *scratch; /* for passes: ir_scratch() */
    u32 scratch_capacity;
};

struct ir_op_info {
    const char *name, *doc;
    u8 kind;
    u16 effects;
};
extern const struct ir_op_info ir_op_info[IR_OP_COUNT];
/* Names as in the text form: "i32", "ne". */
const char *ir_type_name(enum ir_type t);
const char *ir_cond_name(unsigned cond);
/* Bits of a value of type t: 32, 64, 16, 32, 64, 128, 32. */
unsigned ir_type_bits(enum ir_type t);
/* enum ir_effect bits of one operation; of a `call`, those of its helper. */
u16 ir_effects(const struct ir_op *o);

/* True if cpu_common.mode is fn->mode at every exit to a constant pc, or what CPU_MODE_THUMB makes of it at an exit_call with
 * IR_EXCHANGE: no block leaves another value in it, except one that ends with an exit that looks at it. */
bool ir_keeps_mode(const struct ir_fn *fn);
/* True if it is fn->mode at the end of one block, whatever that is. */
bool ir_block_keeps_mode(const struct ir_fn *fn, const struct ir_block *block);
/* True if op is an exit_call that leaves with the other instruction set. */
static inline bool ir_is_exchange(const struct ir_op *op) { return op->op == IR_OP_exit_call && op->sub & IR_EXCHANGE; }
/* True if a put writes fn->mode to cpu_common.mode. */
bool ir_puts_own_mode(const struct ir_fn *fn, const struct ir_op *put);

/* --- helpers: C functions that IR calls, one row each in helpers.def ------------------------------------------- */

enum ir_helper_id {
#define HELPER(name, result, args, effects, doc) IR_HELPER_##name,
#include "ir/helpers.def"
#undef HELPER
    IR_HELPER_COUNT
};
enum { IR_CALL_ARGS = 6 };
struct ir_helper {
    const char *name;
    void *fn; /* void or result-typed function (struct cpu_common *, args...); v128 arguments go by pointer */
    u8 result, arg_count, args[IR_CALL_ARGS];
    u16 effects;
};
extern const struct ir_helper ir_helpers[]; /* by enum ir_helper_id; one empty row at the end */

/* --- builder ---------------------------------------------------------------------------------------------------- */

enum { IR_RECENT = 128 };

/* What a lift function works on. Folds constants and trivial identities while it appends, so that lifting alone
 * yields decent code. */
struct ir_build {
    struct ir_fn *fn;
    u64 pc;            /* address of the instruction being lifted */
    u32 insn;          /* its encoding */
    u8 insn_bytes;     /* its length */
    bool swap;         /* data byte order is not the host's: memory helpers of the guest set IR_MEM_SWAP */
    bool guarded;      /* the code page has PROT_BTI; set by the guest's block lifter */
    u32 known;         /* facts that the guest's lift functions keep about the state at this point of the block */
    const struct cpu_common *cpu; /* model and mode; never register contents */
    void *lifter;      /* the guest's block lifter's own; not kept between blocks of guest code */
    u32 block;         /* the block that operations are appended to */
    ir_ref recent[IR_RECENT]; /* private: pure operations by hash, so that equal ones become one */
};

/* Start and finish. A function starts with one open block; the frontend closes it with an exit. All memory comes from
 * malloc and is reused by the next ir_begin() on the same fn. */
void ir_begin(struct ir_build *b, struct ir_fn *fn, u64 pc, u32 mode);
/* Frees the memory of fn, which is empty then. */
void ir_fn_free(struct ir_fn *fn);
/* Working memory of a pass: count words, contents undefined, valid until the next call on the same fn. */
u32 *ir_scratch(struct ir_fn *fn, u32 count);
/* Appends an operation as it is: no folding. */
ir_ref ir_emit(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm);
/* Marks the start of a guest instruction; sets b->pc, b->insn, b->insn_bytes. */
void ir_insn(struct ir_build *b, u64 pc, u32 insn, unsigned bytes);

/* Type of value a. */
enum ir_type ir_type_of(const struct ir_build *b, ir_ref a);

ir_ref ir_const(struct ir_build *b, enum ir_type t, u64 value); /* i32, i64, f16/32/64 (bit pattern), flags */
ir_ref ir_const_v128(struct ir_build *b, u64 lo, u64 hi);
/* An integer constant of 32 or 64 bits. */
static inline ir_ref ir_imm(struct ir_build *b, unsigned width, u64 value)
{
    return ir_const(b, width == 64 ? IR_I64 : IR_I32, width == 64 ? value : (u32)value);
}
/* True and the value, if a is a constant of at most 64 bits. */
bool ir_is_const(const struct ir_build *b, ir_ref a, u64 *value);

/* State, by byte offset of the guest's state struct. The type gives the size (flags: 4). */
ir_ref ir_get(struct ir_build *b, enum ir_type t, u32 offset);
void ir_put(struct ir_build *b, u32 offset, ir_ref value);

/* The general forms: result type follows from the row's kind and the operands' types. Folding applies. */
ir_ref ir_op1(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, u64 imm);
ir_ref ir_op2(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, ir_ref c, u64 imm);
ir_ref ir_op3(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm);
/* For rows whose result type does not follow from the operands (conversions, vector element extraction). */
ir_ref ir_op_typed(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm);

/* ir_add(b, x, y) and so on for every INT1, INT2, CMP2, FLAGS2, FLAGS3 row. */
#define KIND_INT1(name) static inline ir_ref ir_##name(struct ir_build *b, ir_ref x) { return ir_op1(b, IR_OP_##name, 0, x, 0); }
#define KIND_INT2(name) static inline ir_ref ir_##name(struct ir_build *b, ir_ref x, ir_ref y) { return ir_op2(b, IR_OP_##name, 0, x, y, 0); }
#define KIND_CMP2(name) KIND_INT2(name)
#define KIND_FLAGS2(name) KIND_INT2(name)
#define KIND_FLAGS3(name) static inline ir_ref ir_##name(struct ir_build *b, ir_ref x, ir_ref y, ir_ref z) { return ir_op3(b, IR_OP_##name, 0, x, y, z, 0); }
#define OP(name, kind, effects, value, doc) KIND_##kind(name)
#include "ir/ops_int.def"
#undef OP
#undef KIND_INT1
#undef KIND_INT2
#undef KIND_CMP2
#undef KIND_FLAGS2
#undef KIND_FLAGS3

ir_ref ir_zext(struct ir_build *b, ir_ref a);  /* i32 -> i64 */
ir_ref ir_sext(struct ir_build *b, ir_ref a);  /* i32 -> i64 */
ir_ref ir_trunc(struct ir_build *b, ir_ref a); /* i64 -> i32 */
/* Sign- or zero-extends the low `bits` (8, 16, 32) of an integer within its type. */
ir_ref ir_sext_low(struct ir_build *b, ir_ref a, unsigned bits);
ir_ref ir_zext_low(struct ir_build *b, ir_ref a, unsigned bits);
/* The bits of a value as another type of the same size: i32-f32, i64-f64, i32 (low 16)-f16. */
ir_ref ir_bitcast(struct ir_build *b, enum ir_type t, ir_ref a);
ir_ref ir_select(struct ir_build *b, ir_ref cond_i32, ir_ref if_true, ir_ref if_false); /* any type */
ir_ref ir_cond(struct ir_build *b, enum ir_cond cond, ir_ref flags);                    /* i32: 0 or 1 */
ir_ref ir_vec(struct ir_build *b, ir_ref scalar);                 /* i32, i64, f16, f32, f64 -> v128, upper bits zero */
ir_ref ir_low(struct ir_build *b, enum ir_type t, ir_ref vector); /* low bits of a v128 as f16, f32, f64, i32, i64 */

/* op is crc32_1 or crc32c_1: the i32 crc continued by the low 1 << log2_bytes (0..3) bytes of an i64. */
ir_ref ir_crc(struct ir_build *b, enum ir_opcode op, ir_ref crc, ir_ref data, unsigned log2_bytes);
/* Four SHA-256 rounds with the words of `words`: the new abcd, or the new efgh (lane 0 first). What both need is computed
 * once, and consecutive rounds pass the state on in the order that vsha256rounds wants. */
ir_ref ir_sha256(struct ir_build *b, ir_ref abcd, ir_ref efgh, ir_ref words, bool second);

/* Memory: sub = enum ir_mem bits; the address is an i64 of the guest (i32 for 32-bit guests), plus a constant offset
 * that folds into the host's addressing. Bits above cpu_common.addr_mask do not count. */
ir_ref ir_load(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, i64 offset);
void ir_store(struct ir_build *b, u8 sub, ir_ref addr, i64 offset, ir_ref value);
/* atomic_* of ops_mem.def; the result is the old value, zero-extended to t (i32 or i64). */
ir_ref ir_atomic(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref addr, ir_ref value);
/* Compare-and-swap: old value. i32/i64, or v128 for 16 bytes. */
ir_ref ir_cas(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, ir_ref expected, ir_ref desired);
/* Exclusives use the monitor in cpu_common. A 16-byte pair is a v128, lower address in the low half.
 * ir_store_ex() yields 0 when it stored, 1 when not, and opens the monitor. */
ir_ref ir_load_ex(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr);
ir_ref ir_store_ex(struct ir_build *b, u8 sub, ir_ref addr, ir_ref value);
/* Opens the monitor. */
void ir_clear_ex(struct ir_build *b);
/* A hint (sub: enum ir_prefetch) that memory at addr + offset is soon wanted; of any address, it never faults. */
void ir_prefetch(struct ir_build *b, u8 sub, ir_ref addr, i64 offset);
/* A barrier for IR_MEM_ACQ (loads), IR_MEM_REL (stores) or both (full). */
void ir_fence(struct ir_build *b, u8 order);

/* Calls a row of helpers.def. IR_NONE for a void helper. */
ir_ref ir_call(struct ir_build *b, enum ir_helper_id helper, unsigned count, const ir_ref *args);

/* Leaves with a trap at this instruction if the i32 is nonzero; execution goes on otherwise. addr: i64 or IR_NONE. */
void ir_trap_if(struct ir_build *b, ir_ref cond, enum cpu_trap trap, u32 code, ir_ref addr);

/* Exits; each ends the block (and with it the lifting of this function). next: control falls through to pc. branch: to
 * one of two constant pcs. call: to target, the return address is in the state already; exchange: so is the mode, fn->mode with
 * the other instruction set. indirect: to the i64 (i32) pc.
 * syscall: EXIT_SYSCALL with the pc behind the instruction. trap: EXIT_TRAP at this instruction, code as in enum
 * cpu_trap. */
void ir_exit_next(struct ir_build *b, u64 pc);
void ir_exit_branch(struct ir_build *b, ir_ref cond_i32, u64 taken, u64 not_taken);
void ir_exit_call(struct ir_build *b, u64 target, u64 return_pc, bool exchange);
void ir_exit_indirect(struct ir_build *b, ir_ref pc, enum ir_hint hint, u64 return_pc);
/* The same with IR_EXCHANGE; target: i32. */
void ir_exit_exchange(struct ir_build *b, ir_ref target, enum ir_hint hint, u64 return_pc);
void ir_exit_syscall(struct ir_build *b, u64 next_pc);
void ir_exit_trap(struct ir_build *b, enum cpu_trap trap, u32 code);

/* Regions: further blocks, and edges between blocks of one function. */
u32 ir_new_block(struct ir_build *b);                   /* index; becomes current with ir_use_block() */
void ir_use_block(struct ir_build *b, u32 block);
ir_ref ir_param(struct ir_build *b, enum ir_type t);    /* of the current block, before any other operation */
/* End the current block; the arguments become the target's parameters (ir_br: of both targets). */
void ir_jump(struct ir_build *b, u32 block, unsigned count, const ir_ref *args);
void ir_br(struct ir_build *b, ir_ref cond_i32, u32 if_true, u32 if_false, unsigned count, const ir_ref *args);

/* --- text ------------------------------------------------------------------------------------------------------- */

struct ir_names; /* guest register names for offsets: state/names.h */
/* Writes the text form to a stdio stream. names may be NULL: offsets are printed as numbers. */
void ir_print(const struct ir_fn *fn, const struct ir_names *names, void *stream);
/* Writes it to the log channel in one piece, if the channel is on. */
void ir_log(enum log_channel channel, const struct ir_fn *fn, const struct ir_names *names);
/* Parses the text form: what ir_print() writes, with any numbering of values, blank lines and comments from `;` to the end
 * of the line. fn is reused as by ir_begin(). Returns NULL, or a message with the line number (static buffer per thread).
 * Types are checked by ir_verify() only. */
const char *ir_parse(struct ir_fn *fn, const struct ir_names *names, const char *text);
/* Checks types, dominance, block ends, effects. Returns NULL, or what is wrong (static buffer per thread). */
const char *ir_verify(const struct ir_fn *fn);

/* --- evaluation ------------------------------------------------------------------------------------------------- */

union ir_value {
    u32 u32;
    u64 u64;
    u16 u16;
    float f32;
    double f64;
    union v128 v;
};
/* One operation on values; result and operands may be the same object. Unused operands are NULL. Exactly the bytes of the
 * result's type are written (16 for a v128), and only those of the operands' types count. A scalar result needs the
 * alignment of its type, everything else that of union ir_value. */
typedef void ir_eval_fn(struct cpu_common *c, union ir_value *r, const union ir_value *x, const union ir_value *y,
                        const union ir_value *z, u64 imm);
/* The evaluator of an operation without memory, state or control effects, specialised for operand type and sub;
 * NULL for those that have such effects. operand is the type of operand a. The one statement of what an op does:
 * interpreter, folder, JIT fallback and tests use it. */
ir_eval_fn *ir_eval_find(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub);

/* Where a memory operation's flags and addresses are interpreted once for all engines: see interp/. */

#endif
