/* Private to the x86-64 backend: what the emission rules share. */
#ifndef XRUN_JIT_X64_RULES_H
#define XRUN_JIT_X64_RULES_H

#include "jit/alloc.h"
#include "jit/buffer.h"
#include "jit/jit.h"
#include "jit/x64/x64.h"

/* Registers. RAX RCX RDX and xmm0..xmm2 are free for every rule; the others of these have one meaning in all code. Those
 * that carry arguments of calls are never pinned. */
/* CPU: the state's address and X64_CPU_BIAS. LIMIT: cpu_common.mem_limit; where the guest has a window it is BASE, the host
 * address of guest address 0. */
enum { CPU = RBX, LIMIT = R14, BASE = LIMIT, TEMP_VECTORS = 3 };

/* The frame of compiled code, from the stack pointer up. */
enum {
    FRAME_OUT = 0,                  /* arguments of calls beyond six */
    FRAME_SLOTS = 32,
    FRAME_VALUES = FRAME_SLOTS + 16 * JIT_SLOTS, /* operands and results of calls, 16 bytes each */
    FRAME_RESULT = FRAME_VALUES + 16 * 7,
    FRAME_SAVED = FRAME_RESULT + 16, /* registers around evaluators */
    FRAME_PEXT = FRAME_SAVED + 272, /* the mask that collects flags */
    FRAME_MXCSR = FRAME_PEXT + 8,   /* on its way */
    FRAME_BYTES = FRAME_PEXT + 16 + 8,
};
_Static_assert(FRAME_BYTES % 16 == 8, "keeps the stack aligned after six pushes and a return address");

/* What EFLAGS hold of a flags value: of a subtraction (CF is borrow), with CF as Arm's carry, or of a floating-point
 * comparison. */
enum flags_kind {
    FLAGS_SUB,
    FLAGS_CARRY,
    FLAGS_FLOAT,           /* of ucomis on the operands */
    FLAGS_FLOAT_EXCHANGED, /* of ucomis on the operands in the other order */
};

struct x64;
struct slow;

/* fp_mode where its puts of constants are not stored, because nothing but evaluators would read it: what it should be, and
 * what memory has. */
struct fp_pending {
    bool known; /* memory's is */
    u32 value, memory;
};

typedef void x64_slow_path(struct x64 *x, const struct slow *s);
/* A path out of line, written after the function. What the fields mean is up to the rule that adds it, the jumps and op
 * apart. */
struct slow {
    x64_slow_path *emit;
    u8 write;
    u8 bytes;
    u8 dst, src[3];  /* registers, or JIT_NOWHERE */
    i32 disp;        /* of an address */
    u32 jump[4];     /* what leads here; 0: none */
    u32 back;
    u32 from;        /* floating point: where the code begins that may trap, if any may */
    bool traps;
    u32 eval;        /* index of the path to the evaluator, for a second look that may lead there */
    struct fp_pending pending;
    u32 at;          /* position of the path, once it is written */
    u32 op;          /* IR operation, or number of the exit or block */
    u32 dirty;       /* pinned registers that are newer than the state here */
    u32 mode;        /* as jit.mode */
    u64 pc;
};
enum { SLOW_MAX = 4096, CODE_MAX = 256 << 10, CODE_ROOM = 4096, EXTERN_MAX = 8192, EXIT_MAX = 1024, EDGE_MAX = 2048, BLOCK_MAX = 1024,
       LITERAL_MAX = 1024, LITERAL_USES = 8192 };

#define MODE_UNKNOWN (~0ull)

struct x64 {
    struct jit j; /* first */
    struct x64_code c;
    ir_ref flags_of; /* flags value that EFLAGS hold; 0: none */
    enum flags_kind flags_kind;
    u32 flags_kind_now; /* cpu_common.flags_kind, or FLAGS_KIND_UNKNOWN */
    ir_ref flags_base;  /* of this IR block, whose operands flags_a and flags_b are; IR_NONE: not known */
    struct slow slow[SLOW_MAX];
    u32 slow_count;
    struct {
        u32 at;        /* position of a displacement */
        const u8 *to;  /* code that all blocks share */
    } external[EXTERN_MAX];
    u32 external_count;
    u32 heat_at; /* displacement of the counter; 0: nothing counts */
    u32 exit_jump[EXIT_MAX], exit_slow[EXIT_MAX];
    u32 label[BLOCK_MAX]; /* positions of blocks */
    struct {
        u32 at; /* position of a displacement */
        u32 block;
    } edges[EDGE_MAX];
    u32 edge_count;
    struct ir_fp_model fp; /* at this place */
    struct fp_pending fp_pending;
    ir_ref flushed[16]; /* operations of this IR block whose lanes are not denormal */
    u32 flushed_next;
    int jump_table;    /* cache_jump_mode() of this code; -1: exits do not look there */
    bool mode_written; /* in this IR block: it is perhaps not the one that this is compiled for */
    u64 mode_in_state; /* what cpu_common.mode is in memory, MODE_UNKNOWN: that is not known */
    bool window; /* guest addresses have 32 bits and count from BASE; else, if not j.direct, they are masked and compared */
    struct {
        ir_ref root; /* root + distance was compared with LIMIT in this IR block */
        i64 distance;
    } checked[8];
    u32 checked_next;
    union v128 literal[LITERAL_MAX]; /* constants that follow the code */
    struct {
        u32 at;       /* position of a displacement */
        u16 literal;
        u8 behind;    /* bytes from the displacement to the next instruction */
    } literal_use[LITERAL_USES];
    u32 literal_count, literal_uses;
    struct {
        u32 count;        /* blocks that indirect jumps may lead to; 0: no table */
        u32 bits, factor; /* a pc's place is the top `bits` of (u32)pc * factor */
        u32 use[IR_TARGETS], uses; /* positions of displacements that mean the table */
    } targets;
};

/* Shared code and processor features. */
struct x64_shared {
    const u8 *leave, *interpreted, *unlinked, *beyond_read, *beyond_write, *eval, *eval_general, *eval_fp, *settle, *find,
        *find_jump, *find_any, *find_exchange, *find_exchange_jump, *poll, *poll_exchange, *hot, *trap, *fp_constants;
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state) bool name;
#include "jit/x64/features.def"
#undef FEATURE
};
extern struct x64_shared x64_shared;
/* Sets the features in x64_shared to what was chosen. */
void x64_apply_features(void);

static inline const struct ir_op *x64_op(const struct x64 *x, ir_ref v) { return &x->j.fn->ops[v]; }
static inline unsigned use(struct x64 *x, ir_ref v) { return jit_use(&x->j, v); }
static inline unsigned use_vector(struct x64 *x, ir_ref v) { return jit_use(&x->j, v) - JIT_VECTOR; }
static inline unsigned def(struct x64 *x, ir_ref v) { return jit_def(&x->j, v); }
static inline unsigned def_vector(struct x64 *x, ir_ref v) { return jit_def(&x->j, v) - JIT_VECTOR; }
static inline unsigned wide(u8 type) { return type == IR_I64 ? X64_W : 0; }
/* The register of an i32 with zeros above it; may be RAX. */
unsigned use_zero_extended(struct x64 *x, ir_ref v);
/* True and the number, if v is a constant that fits a signed 32-bit immediate of its type's width. */
bool x64_imm(const struct x64 *x, ir_ref v, i32 *imm);
/* The result's register with the value of v in it: v's own if v dies here. */
unsigned def_from(struct x64 *x, ir_ref result, ir_ref v);
unsigned def_vector_from(struct x64 *x, ir_ref result, ir_ref v);

/* fp_mode in memory becomes what it should be; changes no register. */
void x64_store_fp_mode(struct x64 *x);
/* Around a call of an evaluator that reads it. */
void x64_fp_mode_enter(struct x64 *x, const struct fp_pending *p);
void x64_fp_mode_leave(struct x64 *x, const struct fp_pending *p);

/* True if EFLAGS hold a flags value that is needed after the operation being compiled, and is nowhere else. */
bool x64_flags_are_wanted(const struct x64 *x);
/* Before EFLAGS change: keeps a flags value that is still needed. */
void x64_clobber_flags(struct x64 *x);
/* Lets the flags of k be those that EFLAGS hold now. */
void x64_set_flags(struct x64 *x, ir_ref k, enum flags_kind kind);
/* Makes EFLAGS tell whether the i32 v is nonzero; v may be deferred. */
enum x64_cc x64_condition(struct x64 *x, ir_ref v);

/* Makes the guest's flags a word in the state, before they are read there. EFLAGS are free, RAX RCX RDX change. */
void x64_settle_flags(struct x64 *x);

/* Adds a slow path for the conditional jump at `jump`; back is set to the present place by x64_slow_back(). */
struct slow *x64_slow(struct x64 *x, x64_slow_path *emit, u32 jump);
/* Evaluates operation s->op with operands in s->src, result to s->dst; goes on at s->back. */
x64_slow_path x64_slow_eval;
/* The shared code that calls an operation's evaluator; vectors: it must keep vector registers. */
const u8 *x64_eval_stub(const struct x64 *x, const struct ir_op *op, bool vectors);
/* Traps: op->sub and op->imm of s->op, address in s->src[0]. */
x64_slow_path x64_slow_trap;
void x64_external(struct x64 *x, u32 displacement, const u8 *to);
/* reg = an address within the struct block; any other address of this process's memory must not be in code (jit_keep()). */
void x64_block_address(struct x64 *x, unsigned reg, const void *within);
/* Pinned registers to and from the state. */
void x64_write_pins(struct x64 *x, u32 mask);
void x64_read_pins(struct x64 *x, u32 mask);
/* A constant for a field of cpu_common. EFLAGS stay. */
void x64_set32(struct x64 *x, size_t offset, u32 value);
/* What pinned registers need after a call from the main path, as x64_call_fn() leaves them; any: the call may have changed
 * the state (jit_forget_pins() came before it). */
void x64_after_call(struct x64 *x, bool any);
/* Notes the guest pc for what may leave from within a call, and makes the state in memory exact; changes RAX and RCX. */
void x64_note_pc(struct x64 *x, u64 pc);
/* Ends a path out of line with a trap of the guest's; RDI: trap_addr. */
void x64_trap(struct x64 *x, enum cpu_trap trap, u32 code, u64 pc);
void x64_call_fn(struct x64 *x, const void *fn);
/* True if an integer, the low part of a vector, is only stored: it stays in the vector register. */
bool x64_stores_vector(const struct x64 *x, u32 k);
/* Stores a value where calls find it: FRAME_VALUES number n. */
void x64_store_value(struct x64 *x, unsigned n, ir_ref v);
/* A memory operand of the state or of the frame to and from a register of either class. */
void x64_load_typed(struct x64 *x, unsigned reg, struct x64_mem m, u8 type);
void x64_store_typed(struct x64 *x, unsigned reg, struct x64_mem m, u8 type);

/* The rules, by file. Each is called with EFLAGS free unless x64_keeps_flags() says otherwise. */
typedef void x64_rule(struct x64 *x, u32 k, const struct ir_op *op);
x64_rule x64_eval, x64_load, x64_store, x64_prefetch, x64_call_helper;
x64_rule x64_atomic, x64_cas, x64_load_ex, x64_store_ex, x64_clear_ex, x64_fence;
x64_rule x64_float, x64_fcompare, x64_fcompare_mask, x64_fabs_neg, x64_fminmax, x64_frint;
x64_rule x64_fto_s, x64_fto_u, x64_ffrom, x64_fcvt, x64_vfloat;
/* False: this form of the operation has no rule. */
bool x64_float_has(const struct x64 *x, const struct ir_op *op);
bool x64_convert_has(const struct x64 *x, const struct ir_op *op);
bool x64_vfloat_has(const struct x64 *x, const struct ir_op *op);
/* Writes the constants of floating-point rules to the buffer. */
void x64_fp_init(void);
x64_rule x64_jump, x64_br, x64_exit_direct, x64_exit_branch, x64_exit_indirect, x64_exit_other, x64_trap_if;
x64_rule x64_vector, x64_vec, x64_low, x64_crc;
bool x64_crc_has(const struct x64 *x, const struct ir_op *op);
/* reg = 128 bits of constant. */
void x64_literal_load(struct x64 *x, unsigned reg, u64 low, u64 high);
/* Writes the constants behind the code and fixes the displacements. */
void x64_write_literals(struct x64 *x);
/* False: this form of the operation has no rule. */
bool x64_vector_has(const struct ir_op *op);
/* At the beginning of each IR block: no address is known. */
void x64_forget_addresses(struct x64 *x);
/* A field of the state. */
static inline struct x64_mem cpu_field(size_t offset) { return x64_at(CPU, (i32)offset - X64_CPU_BIAS); }
/* reg = the state's address. */
static inline void x64_cpu_pointer(struct x64_code *c, unsigned reg)
{
    x64_rm(c, X64_lea | X64_W, reg, x64_at(CPU, -X64_CPU_BIAS));
}
/* Leaves compiled code; the state is complete. */
void x64_leave(struct x64 *x, enum interp_result result);
/* The table of the function's blocks that indirect jumps lead to: chosen before code is written, written behind it. */
void x64_choose_targets(struct x64 *x);
void x64_write_targets(struct x64 *x);
/* Counts the block's heat down, and leaves when nothing is left. */
void x64_count_heat(struct x64 *x);
void x64_write_slow_paths(struct x64 *x);
/* Shared code, see their definitions. */
void x64_write_leave(struct x64_code *c, bool to_block);
enum x64_find { X64_FIND_ANY, X64_FIND_FILL, X64_FIND_JUMP };
void x64_write_find(struct x64_code *c, enum x64_find how, bool exchange);
void x64_write_unlinked(struct x64_code *c);
void x64_write_poll(struct x64_code *c, bool exchange);
/* reg, a branch's address, becomes the pc, cpu_common.mode what its bit 0 says; temp: 0 if the mode stays. */
void x64_write_exchange(struct x64_code *c, unsigned reg, unsigned temp);
void x64_write_hot(struct x64_code *c);
void x64_write_trap(struct x64_code *c);
void x64_write_beyond(struct x64_code *c, bool write);

#endif
