/* Registers for the values of a function, given out block by block while code is written. Host-independent: registers are
 * numbers 0..31, general ones below JIT_VECTOR.
 *
 * A value is in a register, in a stack slot, or both (it never changes, so a slot stays right); constants are made anew
 * where they are needed. The register that is needed longest from now is emptied when none is free.
 *
 * Pinned registers hold one guest register each in the whole function: a get of it is the host register itself, a put
 * changes it, and memory gets it where the function is left. See pins.h. */
#ifndef XRUN_JIT_ALLOC_H
#define XRUN_JIT_ALLOC_H

#include "cache/cache.h"
#include "interp/interp.h"
#include "ir/ir.h"
#include "jit/watch.h"

enum { JIT_REGS = 32, JIT_VECTOR = 16, JIT_NOWHERE = 0xff, JIT_SLOTS = 200 };

struct jit_value {
    u32 uses, last; /* last: operation after which it is dead */
    u32 user;       /* of a deferred one: the operation that computes it */
    ir_ref root;    /* itself, or the value whose register it shares */
    u8 reg, slot;   /* of a root; or JIT_NOWHERE */
    u8 target;      /* pinned register that it is put to, nothing that may leave being between; or JIT_NOWHERE */
    bool deferred;  /* computed by its only user */
    ir_ref told_by; /* of deferred flags: the result that their condition is told by; IR_NONE: they are computed */
    u32 sum;        /* of a flags_adc: the addition that computes them; of that, which adds up their operands: they */
    bool done;      /* computed ahead, with another */
    bool loose;     /* an i32 with unknown bits above it; all others have zeros there */
    /* flags.c */
    u8 flags_use;      /* of a put: what becomes of the flags that it leaves, FLAGS_READ, FLAGS_SEEN */
    bool flags_light;  /* of a get: nobody needs the word; conditions look where the flags are */
    bool flags_asked;  /* of a get: by conditions */
    bool flags_word;   /* of a get that is light: but a put needs the word after all */
    bool flags_passes; /* of a put: C and V, or V, are those that were there before */
};

/* What a piece of code says about itself, mostly for faults. It is not in the code buffer: there the code that runs is to
 * lie close together. */
struct jit_map {
    u32 at;      /* host code from this offset on ... */
    i32 pc;      /* belongs to the guest instruction at this distance from the block's pc */
    u32 dirty;   /* pinned registers that are newer than the state */
    u32 mode;    /* cpu_common.mode, or JIT_MODE_STORED: the state has it */
};
enum { JIT_MODE_STORED = 0xffffffff };
/* The same where all entries of a map are small, nothing is dirty and the state has the mode: in most blocks. */
struct jit_small_map {
    u16 at, pc;
};
struct jit_pin {
    u16 offset;  /* in the state */
    u8 bytes, reg;
};
struct jit_info {
    u32 map_count, site_count, place_count, pin_count;
    i32 jump_table;       /* cache_jump_mode() of the code */
    i32 thumb_table;      /* the same with CPU_MODE_THUMB, if the code looks there, too; -1: it does not */
    u32 small;            /* the entries of the map are struct jit_small_map */
    struct jit_map map[]; /* the sites follow, then the places, then the pins */
};

/* A place in the code that depends on where something of this process lies: what jit_keep() takes out. */
enum jit_place_kind {
    JIT_PLACE_SHARED, /* displacement (32 bits, from its end) of code or data that all blocks share */
    JIT_PLACE_BLOCK,  /* address (64 bits) within the struct block */
    JIT_PLACE_HEAT,   /* displacement of the block's counter, from a byte behind it */
};
struct jit_place {
    u32 at : 30, kind : 2;
};
/* Lets a block that will count do so; before its code is placed. */
void jit_begin_counting(struct block *b, u32 runs);
/* Values of a counter. */
enum { JIT_RUNS = 256 };
/* What stands at a JIT_PLACE_HEAT; at: its executable address. */
static inline i32 jit_heat_distance(const struct block *b, const u8 *at)
{
    return (i32)((const u8 *)b->runs_left - (at + 5));
}

/* Floating-point code that may trap, and where it goes on then; offsets of host code, in order. */
struct jit_site {
    u32 from, end, to;
};
enum { JIT_SITE_UNORDERED = 0xffffffff }; /* as `to`: a comparison; at the end, with the flags of an unordered result */

static inline u64 jit_map_bytes(const struct jit_info *info)
{
    return (u64)info->map_count * (info->small ? sizeof(struct jit_small_map) : sizeof(struct jit_map));
}
static inline const struct jit_site *jit_sites(const struct jit_info *info)
{
    return (const struct jit_site *)((const u8 *)info->map + jit_map_bytes(info));
}
static inline const struct jit_place *jit_places(const struct jit_info *info)
{
    return (const struct jit_place *)(jit_sites(info) + info->site_count);
}
static inline const struct jit_pin *jit_pins(const struct jit_info *info)
{
    return (const struct jit_pin *)(jit_places(info) + info->place_count);
}
/* Of all of it. */
static inline u64 jit_info_bytes(const struct jit_info *info)
{
    return sizeof *info + jit_map_bytes(info) + (u64)info->site_count * sizeof(struct jit_site) +
           (u64)info->place_count * sizeof(struct jit_place) + (u64)info->pin_count * sizeof(struct jit_pin);
}

struct jit {
    const struct ir_fn *fn;
    const struct jit_host *host;
    struct jit_value *values;
    u32 at;                   /* operation that is being compiled */
    u32 block_index;          /* and the block it is in */
    ir_ref in_reg[JIT_REGS];  /* 0: free; of a pinned one: no value stands for it now */
    u32 held;                 /* registers with a value in in_reg */
    u32 locked;               /* registers that the operation uses */
    ir_ref in_slot[JIT_SLOTS];
    u64 guest_pc;             /* of the instruction that the operation belongs to */
    u64 mem_base, mem_limit, addr_mask; /* of cpu_common */
    bool direct; /* guest addresses are host addresses, and have no tags */
    struct block *block;
    bool no_link, failed;
    bool full;                /* the code buffer had no room */
    struct jit_mark *marks;   /* watch.h; empty while nobody watches */
    u32 mark_count, mark_capacity;

    u32 pinned;               /* registers */
    u32 dirty;                /* pinned registers that are newer than the state now */
    u32 put_at[JIT_REGS];     /* the last put of a pinned register in this IR block; 0: none so far */
    u16 pin_offset[JIT_REGS];
    u8 pin_bytes[JIT_REGS];
    u32 entry_pins;           /* those that must be loaded where the function is entered */
    u32 *dirty_in;            /* by block */
    u32 mode;                 /* of jit_map, at this place */
    u32 exits;                /* compiled so far */
    int thumb_table;          /* of jit_info */
    u32 flags_offset;         /* of cpu_common; flags.h */
    bool flags_alike;         /* no numbers in kinds: comparisons that end in one place have one kind */
    u32 *flags_kind_in;       /* by block: cpu_common.flags_kind where it begins, or FLAGS_KIND_UNKNOWN */

    struct jit_map *map;      /* grows */
    u32 map_count, map_capacity;
    bool fp_traps;            /* CPU_MODE_FP_TRAPS */
    u32 heat;                 /* of jit_compile() */
    struct jit_site *sites;   /* grows; `to` is the host's until its end() */
    u32 site_count, site_capacity;
    struct jit_place *places; /* grows */
    u32 place_count, place_capacity;
};

/* Registers of interrupted code. */
struct jit_regs {
    u64 general[16];
    union v128 vector[16];
};

/* What a host provides. */
struct jit_host {
    u32 general, vector, saved; /* registers to give out; those that calls keep */
    u32 pins;                   /* those that may be pinned; enough others stay for the operands of any operation */
    bool (*usable)(void);
    /* Writes code that all blocks share to the buffer. The entry for interp_native(), and for interpreted blocks. */
    interp_native_fn *(*init)(const void **interpreted);
    struct jit *(*new_thread)(void);
    void (*free_thread)(struct jit *j);
    void (*begin)(struct jit *j);
    void (*begin_block)(struct jit *j);
    void (*op)(struct jit *j, u32 k);
    /* Code of the whole function and its size; false: did not fit. */
    bool (*end)(struct jit *j, const u8 **code, u32 *bytes);
    u32 (*position)(const struct jit *j);
    /* Called with the code's final address. */
    void (*place)(struct jit *j, const u8 *code);
    void (*link)(struct block_exit *e, const struct block *to);
    void (*spill)(struct jit *j, unsigned reg, unsigned slot, u8 type);
    void (*reload)(struct jit *j, unsigned reg, unsigned slot, u8 type);
    void (*move)(struct jit *j, unsigned to, unsigned from);
    void (*constant)(struct jit *j, unsigned reg, const struct ir_op *op);
    /* Name of code that all blocks share and that begins there; NULL: none does. */
    const char *(*shared_name)(const u8 *code);
    /* Brings a value that is in no register yet (flags) into one. */
    void (*produce)(struct jit *j, ir_ref v);
    /* In a signal handler: stores the pinned registers `dirty`, as the interrupted code left them, to the state. */
    /* In the handler of a floating-point exception: lets the interrupted code go on as the site says; without one, the same
     * instruction again with exceptions masked. */
    void (*after_fp_trap)(struct cpu_common *cpu, const struct jit_site *site, const u8 *code, void *ucontext);
    /* True if code has a 64-bit immediate operand from `least` to the end of the host's address space. */
    bool (*has_number)(const u8 *code, u32 bytes, u64 least);
    void (*get_regs)(const void *ucontext, struct jit_regs *out);
};

/* The one in use. */
const struct jit_host *jit_host(void);

static inline bool jit_is_vector(u8 type) { return type == IR_F16 || type == IR_F32 || type == IR_F64 || type == IR_V128; }
static inline ir_ref jit_root(const struct jit *j, ir_ref v) { return j->values[v].root; }
/* The register that v is in, or JIT_NOWHERE. */
static inline u8 jit_reg(const struct jit *j, ir_ref v) { return j->values[jit_root(j, v)].reg; }

/* Nothing is known of any value. */
void jit_forget_values(struct jit *j);
/* Counts uses and last uses of all blocks; defers what its user computes better. After pins_choose() and flags_analyse(). */
void jit_analyse(struct jit *j);
/* The operation that computes k: itself, or if it is deferred its only user, or the user of that. */
u32 jit_computed_at(const struct jit *j, u32 k);
/* The condition, carry set, that an addition adds; IR_NONE: it is another operation. */
ir_ref jit_added_carry(const struct jit *j, const struct ir_op *op);
/* Forgets all registers and slots; the pinned registers hold what they pin. */
void jit_alloc_reset(struct jit *j);
/* The register that holds v; it stays until jit_end_op(). */
unsigned jit_use(struct jit *j, ir_ref v);
/* A register for the result v, different from those of all operands. */
unsigned jit_def(struct jit *j, ir_ref v);
/* True if jit_def() would give v the pinned register that it is put to. */
bool jit_has_target(const struct jit *j, ir_ref v);
/* If v dies at this operation and is in a register that may change: it becomes the result's. Else JIT_NOWHERE. */
unsigned jit_take(struct jit *j, ir_ref v, ir_ref result);
/* Lets v be in the register of another value. */
void jit_alias(struct jit *j, ir_ref v, ir_ref of);
/* The pinned registers that hold any of these bytes of the state. */
u32 jit_pins_at(const struct jit *j, u64 offset, unsigned bytes);
/* The pinned register that op, a get or a put, is about: of the value's kind, and the value is its low part (get) or all of it
 * (put). JIT_NOWHERE: none; op may be about a part of one, or several. */
unsigned jit_pin_of(const struct jit *j, const struct ir_op *op);
/* get and put of such a register. */
void jit_get_pin(struct jit *j, ir_ref v, unsigned pin);
void jit_put_pin(struct jit *j, ir_ref v, unsigned pin);
/* put of a part of what v's register holds, or of a part of the pinned register. What the latter held stays for its other users;
 * the caller copies from the register that is returned (it may be the pinned one). */
unsigned jit_put_pin_part(struct jit *j, ir_ref v, unsigned pin);
/* Before a call: what lives longer than this operation is safe in slots or in registers that calls keep. */
void jit_save_for_call(struct jit *j);
/* Before a call that may change any guest register: no value may stand for a pinned register afterwards. */
void jit_forget_pins(struct jit *j);
void jit_end_op(struct jit *j);
/* A constant of at most 64 bits? */
bool jit_const(const struct jit *j, ir_ref v, u64 *value);
/* From here on code belongs to guest instruction pc, with these registers dirty and j->mode. */
void jit_note_map(struct jit *j, u64 pc, u32 dirty);
/* Adds a site; they come in order. */
void jit_note_site(struct jit *j, u32 from, u32 end, u32 to);
/* The code has something at offset `at` that is not the same in another process. */
void jit_note_place(struct jit *j, u32 at, enum jit_place_kind kind);

#endif
