/* The compiler: IR to host code, one function at a time.
 *
 * A compiled function is a struct block like an interpreted one. Its `code` is one operation of the interpreter that enters
 * the host code; its `native` is where other compiled code enters it directly. What the compiler cannot do yet is left to
 * the interpreter, block by block: such a block's `native` leads back there. */
#ifndef XRUN_JIT_JIT_H
#define XRUN_JIT_JIT_H

#include "interp/interp.h"

struct jit_host;
struct jit_thread;

/* Reserves code_bytes of address space for code and prepares the host's part. False: this host or its settings do not
 * allow it. Blocks of the interpreter may exist. */
bool jit_init(const struct jit_host *host, size_t code_bytes);
/* True after jit_init() succeeded. */
bool jit_ready(void);

/* True if these bytes lie in the memory for code and its constants: they can be read. */
bool jit_has_code(const u8 *at, size_t bytes);
/* Name of code that all blocks share and that begins there; NULL: none does. For listings. */
const char *jit_shared_name(const u8 *code);

/* Compiles a function to a block that is not in the cache yet. NULL: not possible, let the interpreter run it. *t holds
 * working memory, NULL at first. Of cpu only the guest's address space counts, which all processors share. heat: runs
 * after which the code leaves with INTERP_HOT; 0: never. no_link: all exits leave. */
struct block *jit_compile(struct jit_thread **t, const struct ir_fn *fn, u32 mode, const struct cpu_common *cpu, u32 heat,
                          bool no_link);
/* Of a block that jit_compile() made with a heat: runs that are left of it. 0: none, or it does not count. */
u64 jit_runs_left(const struct block *b);
/* True if the last function was not compiled because the code buffer is full. */
bool jit_full(const struct jit_thread *t);
void jit_thread_free(struct jit_thread *t);

/* An exit of kept code: its jump's displacement and what that is while nothing is linked. */
struct jit_kept_exit {
    u64 pc;
    u32 jump : 31, exchange : 1;
    i32 unlinked;
};
/* Bytes of what jit_keep() writes for b, which has compiled code; info_at: as jit_kept_valid(). */
u32 jit_kept_bytes(const struct block *b, u32 *info_at);
/* Writes the compiled code of b, with what belongs to it, as bytes that do not depend on where it and b lie, and its
 * exits. least: code must not hold a number from here to the end of the address space; false if it does. */
bool jit_keep(const struct block *b, u8 *to, struct jit_kept_exit *exits, u64 least);
/* Checks that no offset in kept bytes leads out of them. info_at: where what is known about the code begins. */
bool jit_kept_valid(const u8 *kept, u32 bytes, u32 info_at, const struct jit_kept_exit *exits, u32 exit_count);
/* Gives kept code, a valid one, to a block from jit_new_block(), after jit_init() by a process with the same program,
 * processor features and guest address space. The bytes stay as they are until the process ends: what is known about the code
 * is read there. NULL: no room, or another order of modes. */
struct block *jit_restore(const u8 *kept, u32 info_at, const struct jit_kept_exit *exits, struct block *b);
/* A block for compiled code, entered from the interpreter. */
struct block *jit_new_block(u64 pc, u64 pc_end, u32 mode, u32 exits, bool may_link);

/* interp_fault() for compiled code. */
void *jit_fault(struct cpu_common *cpu, int signal, int code, uintptr_t host_pc, uintptr_t host_addr, bool write,
                const void *ucontext);

/* Called by compiled code with an address beyond cpu_common.mem_limit: a fault, or, if it is good without its tag, all code
 * is compiled anew by rules that mask addresses. Does not return. */
void jit_beyond_limit(struct cpu_common *cpu, u64 addr, u64 write);
/* The same from a place that the map of its code describes, which calls this; back: the return address. */
struct jit_regs;
void jit_beyond(struct cpu_common *cpu, u64 addr, u64 write, const struct jit_regs *regs, uintptr_t back);
/* True once the guest has used such an address. */
bool jit_tagged(void);
/* A floating-point exception of the host on the thread that runs cpu: lets compiled code go on. False: not ours. */
bool jit_fp_trap(struct cpu_common *cpu, uintptr_t host_pc, void *ucontext);

/* Around fork(2), after cache_fork_prepare() and before cache_fork_done(): parent and child share all code that there is;
 * each copies the pages that it changes. */
void jit_fork_prepare(void);
void jit_fork_done(void);

#endif
