/* The AArch64 signal frame, byte for byte as arch/arm64/kernel/signal.c builds it.
 *
 *   sp at entry ->    0  siginfo                       (128 bytes)
 *                   128  ucontext: uc_flags, uc_link, uc_stack, uc_sigmask
 *                   304  sigcontext: fault_address, x0..x30, sp, pc, pstate
 *                   592  records of {magic, size}: fpsimd, esr (after a fault), terminator; 4096 bytes in all
 *                  4688  frame record {x29, x30}, which the handler's x29 points to, so that unwinders go on
 *
 * Every integer is in the guest's byte order. On return the records may be in any order, and an extra_context may say
 * that they go on elsewhere.
 */
#include "syscalls/signal/signal.h"
#include "state/a64_state.h"

#include <stdlib.h>

enum {
    /* offsets within the frame */
    AT_INFO = 0,
    AT_UC = 128,
    AT_STACK = AT_UC + 16,
    AT_MASK = AT_UC + 40,
    AT_MCONTEXT = AT_UC + 176,
    AT_REGS = AT_MCONTEXT + 8,
    AT_SP = AT_REGS + 31 * 8,
    AT_PC = AT_SP + 8,
    AT_PSTATE = AT_PC + 8,
    AT_RECORDS = AT_MCONTEXT + 288,
    RECORDS_BYTES = 4096,
    FRAME_BYTES = AT_RECORDS + RECORDS_BYTES,
    RECORD_BYTES = 16, /* the frame record */

    FPSIMD_MAGIC = 0x46508001,
    FPSIMD_BYTES = 528,
    ESR_MAGIC = 0x45535201,
    ESR_BYTES = 16,
    EXTRA_MAGIC = 0x45585401,
    EXTRA_BYTES = 32,
    HEAD_BYTES = 8,
    EXTRA_LIMIT = 65536, /* SIGFRAME_MAXSZ */

    A64_MINSIGSTKSZ = 5120,
};

enum pstate_bits {
    PSTATE_BTYPE_SHIFT = 10,
    PSTATE_SSBS = 1 << 12,
    PSTATE_DIT = 1 << 24,
    PSTATE_INVALID = 0x3df, /* mode, nRW, DAIF: EL0 has them all zero */
    BTYPE_CALL = 2,
};

static struct a64_state *state_of(const struct cpu_common *cpu) { return (struct a64_state *)cpu; }
static bool big(const struct cpu_common *cpu) { return cpu->mode & A64_MODE_BE; }

/* --- the frame's bytes in the guest's order ----------------------------------------------------------------------- */

struct bytes {
    u8 *p;
    bool be;
};

static void put32(struct bytes f, size_t at, u32 v)
{
    v = f.be ? __builtin_bswap32(v) : v;
    memcpy(f.p + at, &v, 4);
}

static void put64(struct bytes f, size_t at, u64 v)
{
    v = f.be ? __builtin_bswap64(v) : v;
    memcpy(f.p + at, &v, 8);
}

static u32 get32(struct bytes f, size_t at)
{
    u32 v;
    memcpy(&v, f.p + at, 4);
    return f.be ? __builtin_bswap32(v) : v;
}

static u64 get64(struct bytes f, size_t at)
{
    u64 v;
    memcpy(&v, f.p + at, 8);
    return f.be ? __builtin_bswap64(v) : v;
}

/* A vector register is one 128-bit integer there. */
static void put_vector(struct bytes f, size_t at, const union v128 *v)
{
    put64(f, at, v->d[f.be]);
    put64(f, at + 8, v->d[!f.be]);
}

static void get_vector(struct bytes f, size_t at, union v128 *v)
{
    v->d[f.be] = get64(f, at);
    v->d[!f.be] = get64(f, at + 8);
}

static u64 get_pstate(const struct a64_state *s)
{
    u64 btype = s->btype_pc[0] == s->c.pc ? s->btype[0] : 0;
    return s->nzcv[0] | btype << PSTATE_BTYPE_SHIFT | (s->ssbs[0] ? PSTATE_SSBS : 0) |
           (s->dit[0] ? PSTATE_DIT : 0);
}

/* At the pc. */
static void set_btype(struct a64_state *s, u32 btype)
{
    s->btype[0] = btype;
    s->btype_pc[0] = btype ? s->c.pc : A64_NO_BTYPE;
}

static void set_pstate(struct a64_state *s, u64 pstate)
{
    s->nzcv[0] = (u32)pstate & 0xf0000000;
    set_btype(s, pstate >> PSTATE_BTYPE_SHIFT & 3);
    s->ssbs[0] = (pstate & PSTATE_SSBS) != 0;
    s->dit[0] = (pstate & PSTATE_DIT) != 0;
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static void put_context(struct sys_thread *t, struct bytes f, u64 mask)
{
    struct a64_state *s = state_of(t->cpu);

    put64(f, AT_STACK, t->altstack_sp);
    put32(f, AT_STACK + 8, t->altstack_flags);
    put64(f, AT_STACK + 16, t->altstack_size);
    put64(f, AT_MASK, mask);
    put64(f, AT_MCONTEXT, t->pending->fault_address);
    for (unsigned i = 0; i < 31; i++)
        put64(f, AT_REGS + 8 * i, s->x[i]);
    put64(f, AT_SP, s->sp[0]);
    put64(f, AT_PC, s->c.pc);
    put64(f, AT_PSTATE, get_pstate(s));
}

static void put_records(struct sys_thread *t, struct bytes f)
{
    struct a64_state *s = state_of(t->cpu);
    size_t at = AT_RECORDS;

    put32(f, at, FPSIMD_MAGIC);
    put32(f, at + 4, FPSIMD_BYTES);
    put32(f, at + 8, (u32)a64_get_fpsr(s));
    put32(f, at + 12, (u32)s->fpcr[0]);
    for (unsigned i = 0; i < 32; i++)
        put_vector(f, at + 16 + 16 * i, &s->v[i]);
    at += FPSIMD_BYTES;
    if (t->pending->fault_esr) {
        put32(f, at, ESR_MAGIC);
        put32(f, at + 4, ESR_BYTES);
        put64(f, at + 8, t->pending->fault_esr);
    }
    /* The buffer is zero, which is the terminator. */
}

static bool a64_push(struct sys_thread *t, int signal, const siginfo_t *info, const struct sig_action *action, u64 mask)
{
    struct a64_state *s = state_of(t->cpu);
    u8 buffer[FRAME_BYTES + RECORD_BYTES] = { 0 };
    struct bytes f = { buffer, big(t->cpu) };
    u64 top = align_down(sig_frame_sp(t, action) - RECORD_BYTES, 16), sp = top - FRAME_BYTES;

    if (action->flags & SA_SIGINFO)
        siginfo_to_guest(buffer + AT_INFO, info);
    put_context(t, f, mask);
    put_records(t, f);
    put64(f, FRAME_BYTES, s->x[29]);
    put64(f, FRAME_BYTES + 8, s->x[30]);
    if (copy_out(sp, buffer, sizeof buffer) != 0)
        return false;

    s->x[0] = (u64)signal;
    if (action->flags & SA_SIGINFO) {
        s->x[1] = sp + AT_INFO;
        s->x[2] = sp + AT_UC;
    }
    s->x[29] = top;
    s->x[30] = action->flags & 0x04000000 /* SA_RESTORER */ ? action->restorer : sys.sigreturn_addr;
    s->sp[0] = sp;
    s->c.pc = action->handler;
    set_btype(s, BTYPE_CALL);
    return true;
}

/* --- returning ---------------------------------------------------------------------------------------------------- */

static void get_fpsimd(struct a64_state *s, struct bytes f, size_t at)
{
    for (unsigned i = 0; i < 32; i++)
        get_vector(f, at + 16 + 16 * i, &s->v[i]);
    a64_set_fpcr(s, get32(f, at + 12));
    a64_set_fpsr(s, get32(f, at + 8));
}

static bool get_records(struct sys_thread *t, u64 frame, struct bytes f, size_t at, size_t limit, bool *seen);

/* The records go on elsewhere: the extra_context at `at` is the last but the terminator, and names what follows
 * directly behind the frame's own. frame is 0 when f is such a continuation: there is only one. */
static bool get_extra(struct sys_thread *t, u64 frame, struct bytes f, size_t at, size_t limit, bool *seen)
{
    u64 data = get64(f, at + 8);
    u32 bytes = get32(f, at + 16);

    if (!frame || at + EXTRA_BYTES + 2 * HEAD_BYTES > limit || get64(f, at + EXTRA_BYTES) != 0)
        return false;
    if (data != frame + at + EXTRA_BYTES + 2 * HEAD_BYTES || bytes % 16 || bytes < HEAD_BYTES || bytes > EXTRA_LIMIT)
        return false;
    u8 *copy = malloc(bytes);
    bool good = copy && copy_in(copy, data, bytes) == 0 &&
                get_records(t, 0, (struct bytes){ copy, f.be }, 0, bytes, seen);
    free(copy);
    return good;
}

static bool get_records(struct sys_thread *t, u64 frame, struct bytes f, size_t at, size_t limit, bool *seen)
{
    while (at + HEAD_BYTES <= limit) {
        u32 magic = get32(f, at), size = get32(f, at + 4);
        if (magic == 0)
            return size == 0 && *seen;
        if (size < HEAD_BYTES || size % 16 || size > limit - at)
            return false;
        if (magic == EXTRA_MAGIC)
            return size >= EXTRA_BYTES && get_extra(t, frame, f, at, limit, seen);
        if (magic == FPSIMD_MAGIC) {
            if (*seen || size != FPSIMD_BYTES)
                return false;
            *seen = true;
            get_fpsimd(state_of(t->cpu), f, at);
        } else if (magic != ESR_MAGIC) {
            return false;
        }
        at += size;
    }
    return false;
}

static bool a64_pop(struct sys_thread *t, u64 *mask)
{
    struct a64_state *s = state_of(t->cpu);
    u8 buffer[FRAME_BYTES];
    struct bytes f = { buffer, big(t->cpu) };
    u64 frame = s->sp[0], pstate;
    bool seen = false;

    if (frame & 15 || copy_in(buffer, frame, sizeof buffer) != 0)
        return false;
    pstate = get64(f, AT_PSTATE);
    if (pstate & PSTATE_INVALID || !get_records(t, frame, f, AT_RECORDS, FRAME_BYTES, &seen))
        return false;
    for (unsigned i = 0; i < 31; i++)
        s->x[i] = get64(f, AT_REGS + 8 * i);
    s->sp[0] = get64(f, AT_SP);
    s->c.pc = get64(f, AT_PC);
    set_pstate(s, pstate);
    *mask = get64(f, AT_MASK);
    sig_set_altstack(t, get64(f, AT_STACK), (i32)get32(f, AT_STACK + 8), get64(f, AT_STACK + 16), A64_MINSIGSTKSZ);
    s->c.excl_size = 0;
    return true;
}

/* --- small things ------------------------------------------------------------------------------------------------- */

static unsigned a64_syscall_bytes(const struct cpu_common *cpu)
{
    (void)cpu;
    return 4;
}

static void a64_read_call(const struct cpu_common *cpu, u64 *number, u64 args[6])
{
    const struct a64_state *s = state_of(cpu);
    *number = (u32)s->x[8];
    for (int i = 0; i < 6; i++)
        args[i] = s->x[i];
}

static void a64_result(struct cpu_common *cpu, i64 result) { state_of(cpu)->x[0] = (u64)result; }
static u64 a64_stack_pointer(const struct cpu_common *cpu) { return state_of(cpu)->sp[0]; }

static void a64_start_child(struct cpu_common *cpu, u64 sp, bool set_tls, u64 tls)
{
    struct a64_state *s = state_of(cpu);
    s->x[0] = 0;
    if (sp)
        s->sp[0] = sp;
    if (set_tls) {
        s->tpidr[0] = tls;
        s->tpidr2[0] = 0;
    }
    cpu->excl_size = 0;
    cpu->poll = 0;
}

/* ESR_EL1 of an abort from EL0 (Arm ARM D24.2.40): class, IL, WnR, fault status. */
static u64 a64_syndrome(const struct cpu_common *cpu, int signal)
{
    enum { CLASS_INSN = 0x20, CLASS_DATA = 0x24, LENGTH_32 = 1 << 25, WRITE = 1 << 6 };
    enum { TRANSLATION_3 = 0x07, PERMISSION_3 = 0x0f, EXTERNAL = 0x10, ALIGNMENT = 0x21 };
    bool fetch = cpu->fault_addr == cpu->pc;
    unsigned status;

    if (signal != SIGBUS && signal != SIGSEGV)
        return 0;
    if (signal == SIGBUS && cpu->trap == TRAP_ALIGNMENT)
        return (u64)CLASS_DATA << 26 | LENGTH_32 | ALIGNMENT;
    if (signal == SIGBUS)
        status = EXTERNAL;
    else
        status = cpu->fault_code == SEGV_ACCERR ? PERMISSION_3 : TRANSLATION_3;
    return (u64)(fetch ? CLASS_INSN : CLASS_DATA) << 26 | LENGTH_32 | (cpu->fault_write ? WRITE : 0) | status;
}

/* As the kernel's arm64_mops_reset_regs(), by the Arm ARM's rules CNTMJ and MWFQH. The prologue is taken to stand
 * before the instruction; nobody looks whether it does. */
static void a64_restart_mops(struct cpu_common *cpu)
{
    enum { SET = 1 << 24, FROM_EPILOGUE = 1 << 18, WRONG_OPTION = 1 << 17, OPTION_A = 1 << 16 };
    struct a64_state *s = (struct a64_state *)cpu;
    u32 iss = cpu->trap_code;
    u64 *to = &s->x[iss >> 10 & 31], *from = &s->x[iss >> 5 & 31], *size = &s->x[iss & 31], n = *size;
    bool set = iss & SET, option_a = !(iss & OPTION_A) != !(iss & WRONG_OPTION);

    if (option_a && (set || n >> 63)) { /* forwards, size counts up to 0 */
        *to += n;
        if (!set)
            *from += n;
        *size = -n;
    } else if (!option_a && !set && s->nzcv[0] & A64_N) { /* backwards, from the ends */
        *to -= n;
        *from -= n;
    }
    cpu->pc -= iss & FROM_EPILOGUE ? 8 : 4;
}

const struct sig_arch sig_arch_a64 = {
    .syscall_bytes = a64_syscall_bytes,
    .read_call = a64_read_call,
    .set_result = a64_result,
    .stack_pointer = a64_stack_pointer,
    .start_child = a64_start_child,
    .syndrome = a64_syndrome,
    .restart_mops = a64_restart_mops,
    .push = a64_push,
    .pop = a64_pop,
    .least_altstack = A64_MINSIGSTKSZ,
};
