/* The signal frames of 32-bit Arm, byte for byte as arch/arm/kernel/signal.c builds them.
 *
 *   sp at entry ->    0  siginfo (128 bytes), with SA_SIGINFO only; what follows is 128 bytes lower without it
 *                   128  ucontext: uc_flags, uc_link, uc_stack
 *                   148  sigcontext: trap_no, error_code, oldmask, r0..r15, cpsr, fault_address
 *                   232  uc_sigmask
 *                   360  uc_regspace: {VFP_MAGIC, 288, d0..d31, fpscr, fpexc, fpinst, fpinst2}, a zero that ends it
 *                   872  the instructions that return from the handler; they are run where sys.sigreturn_addr says
 *
 * Every integer is in the guest's byte order, which is not the one that SETEND has chosen.
 */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"
#include "state/a32_state.h"

enum {
    INFO_BYTES = 128,
    /* offsets within struct ucontext */
    AT_STACK = 8,
    AT_TRAP = 20,
    AT_ERROR = 24,
    AT_OLDMASK = 28,
    AT_REGS = 32,
    AT_PC = AT_REGS + 15 * 4,
    AT_CPSR = AT_REGS + 16 * 4,
    AT_ADDRESS = AT_CPSR + 4,
    AT_MASK = 104,
    AT_VFP = 232,
    AT_VFP_REGS = AT_VFP + 8,
    AT_VFP_FPSCR = AT_VFP_REGS + 32 * 8,
    AT_VFP_FPEXC = AT_VFP_FPSCR + 8,
    AT_CODE = 744,
    FRAME_BYTES = AT_CODE + 16,

    VFP_MAGIC = 0x56465001,
    VFP_BYTES = 288,
    FPEXC_ENABLED = 1 << 30,
    OLD_FRAME_FLAGS = 0x5ac3c35a, /* uc_flags of a frame without siginfo */

    A32_MINSIGSTKSZ = 2048,
    SA_HAS_RESTORER = 0x04000000,
};

enum psr_bits {
    PSR_MODE = 0x1f,
    PSR_FLAGS = (int)0xff000000, /* with Q, J and two bits of the IT state */
    PSR_IT = 0x0600fc00,
    PSR_IRQ_OFF = 1 << 7,
};

static struct a32_state *state_of(const struct cpu_common *cpu) { return (struct a32_state *)cpu; }

static void put32(u8 *frame, size_t at, u32 v) { abi_store(&sys_abi, frame + at, 4, v); }
static u32 get32(const u8 *frame, size_t at) { return (u32)abi_load(&sys_abi, frame + at, 4); }

/* --- building ----------------------------------------------------------------------------------------------------- */

static void put_context(struct sys_thread *t, u8 *uc, u64 mask)
{
    struct a32_state *s = state_of(t->cpu);

    put32(uc, AT_TRAP, (u32)(t->pending->fault_esr >> 32));
    put32(uc, AT_ERROR, (u32)t->pending->fault_esr);
    put32(uc, AT_OLDMASK, (u32)mask);
    for (unsigned i = 0; i < 15; i++)
        put32(uc, AT_REGS + 4 * i, s->r[i]);
    put32(uc, AT_PC, (u32)s->c.pc);
    put32(uc, AT_CPSR, a32_get_cpsr(s));
    put32(uc, AT_ADDRESS, (u32)t->pending->fault_address);
    put32(uc, AT_MASK, (u32)mask);
    put32(uc, AT_MASK + 4, (u32)(mask >> 32));

    put32(uc, AT_VFP, VFP_MAGIC);
    put32(uc, AT_VFP + 4, VFP_BYTES);
    for (unsigned i = 0; i < 32; i++)
        abi_store(&sys_abi, uc + AT_VFP_REGS + 8 * i, 8, *a32_d(s, i));
    put32(uc, AT_VFP_FPSCR, a32_get_fpscr(s));
    put32(uc, AT_VFP_FPEXC, FPEXC_ENABLED);
}

static void put_altstack(const struct sys_thread *t, u8 *uc)
{
    put32(uc, AT_STACK, (u32)t->altstack_sp);
    put32(uc, AT_STACK + 4, t->altstack_flags);
    put32(uc, AT_STACK + 8, (u32)t->altstack_size);
}

/* Writes the instructions for the return into the frame, since debuggers and unwinders know them by their bytes, and
 * returns what the link register gets. code: their guest address in the frame. Instructions are little-endian also in
 * BE8 programs. */
static u32 return_address(u8 *uc, const struct sig_action *action, u32 code)
{
    static const u32 codes[6] = {0xe3a07077, 0xef900077, 0xdf002777, 0xe3a070ad, 0xef9000ad, 0xdf0027ad};
    bool thumb = action->handler & 1;
    unsigned first = (thumb ? 2 : 0) + (action->flags & SA_SIGINFO ? 3 : 0);

    if (action->flags & SA_HAS_RESTORER)
        return (u32)action->restorer;
    memcpy(uc + AT_CODE, &codes[first], thumb ? 4 : 8);
    return (sys.sigreturn_addr ? (u32)sys.sigreturn_addr + 4 * first : code) + thumb;
}

/* Registers as a handler finds them; the flags and the IT state are clear, the byte order is the program's. */
static void enter(struct a32_state *s, const struct sig_action *action, int signal, u32 sp, u32 lr)
{
    u32 cpsr = a32_get_cpsr(s) & ~(u32)(PSR_FLAGS | PSR_IT | A32_PSR_E | A32_PSR_T);
    bool thumb = action->handler & 1;

    cpsr |= (sys_abi.big_endian ? A32_PSR_E : 0) | (thumb ? A32_PSR_T : 0);
    a32_set_cpsr(s, cpsr);
    u32 control = sys.fpscr_bits & ~(u32)(A32_FPSCR_LEN | A32_FPSCR_STRIDE);
    a32_set_fpscr(s, a32_get_fpscr(s), control);
    s->r[0] = (u32)signal;
    s->r[A32_SP] = sp;
    s->r[A32_LR] = lr;
    s->c.pc = (u32)action->handler & (thumb ? ~1u : ~3u);
}

static bool a32_push(struct sys_thread *t, int signal, const siginfo_t *info, const struct sig_action *action, u64 mask)
{
    struct a32_state *s = state_of(t->cpu);
    u8 buffer[INFO_BYTES + FRAME_BYTES] = {0};
    bool with_info = action->flags & SA_SIGINFO;
    size_t before = with_info ? INFO_BYTES : 0, bytes = before + FRAME_BYTES;
    u8 *uc = buffer + before;
    u32 sp = ((u32)sig_frame_sp(t, action) - (u32)bytes) & ~7u;

    put_context(t, uc, mask);
    u32 lr = return_address(uc, action, sp + (u32)before + AT_CODE);
    if (with_info) {
        siginfo_to_guest(buffer, info);
        put_altstack(t, uc);
    } else {
        put32(uc, 0, OLD_FRAME_FLAGS);
    }
    if (copy_out(sp, buffer, bytes) != 0)
        return false;
    enter(s, action, signal, sp, lr);
    if (with_info) {
        s->r[1] = sp;
        s->r[2] = sp + INFO_BYTES;
    }
    return true;
}

/* --- returning ---------------------------------------------------------------------------------------------------- */

static bool get_context(struct sys_thread *t, const u8 *uc, u64 *mask)
{
    struct a32_state *s = state_of(t->cpu);
    u32 cpsr = get32(uc, AT_CPSR);

    if ((cpsr & PSR_MODE) != A32_PSR_MODE_USER || cpsr & PSR_IRQ_OFF)
        return false;
    if (get32(uc, AT_VFP) != VFP_MAGIC || get32(uc, AT_VFP + 4) != VFP_BYTES)
        return false;
    for (unsigned i = 0; i < 15; i++)
        s->r[i] = get32(uc, AT_REGS + 4 * i);
    s->c.pc = get32(uc, AT_PC) & ~(cpsr & A32_PSR_T ? 1u : 3u);
    a32_set_cpsr(s, cpsr);
    for (unsigned i = 0; i < 32; i++)
        *a32_d(s, i) = abi_load(&sys_abi, uc + AT_VFP_REGS + 8 * i, 8);
    a32_set_fpscr(s, get32(uc, AT_VFP_FPSCR), sys.fpscr_bits);
    *mask = get32(uc, AT_MASK) | (u64)get32(uc, AT_MASK + 4) << 32;
    s->c.excl_size = 0;
    return true;
}

static bool a32_pop(struct sys_thread *t, u64 *mask)
{
    u8 uc[FRAME_BYTES];
    u32 sp = state_of(t->cpu)->r[A32_SP];

    if (sp & 7 || copy_in(uc, (u64)sp + INFO_BYTES, sizeof uc) != 0 || !get_context(t, uc, mask))
        return false;
    sig_set_altstack(t, get32(uc, AT_STACK), (i32)get32(uc, AT_STACK + 4), get32(uc, AT_STACK + 8), A32_MINSIGSTKSZ);
    return true;
}

static bool a32_pop_old(struct sys_thread *t, u64 *mask)
{
    u8 uc[FRAME_BYTES];
    u32 sp = state_of(t->cpu)->r[A32_SP];
    return !(sp & 7) && copy_in(uc, sp, sizeof uc) == 0 && get_context(t, uc, mask);
}

/* --- small things ------------------------------------------------------------------------------------------------- */

static unsigned a32_syscall_bytes(const struct cpu_common *cpu) { return cpu->mode & A32_MODE_T ? 2 : 4; }

static void a32_read_call(const struct cpu_common *cpu, u64 *number, u64 args[6])
{
    const struct a32_state *s = state_of(cpu);
    *number = s->r[7];
    for (int i = 0; i < 6; i++)
        args[i] = s->r[i];
}

/* arch/arm/kernel/traps.c arm_syscall(): the numbers that architectures may add are ENOSYS, beyond them is no call. */
static bool a32_bad_call(struct sys_thread *t)
{
    enum { PRIVATE_BASE = 0xf0000, LAST_RESERVED = 0x7ff };
    u32 nr = (u32)t->syscall_nr;

    if (nr < PRIVATE_BASE || (nr >> 16 == PRIVATE_BASE >> 16 && (nr & 0xffff) <= LAST_RESERVED))
        return false;
    t->pending->fault_esr = nr;
    sig_fault(t, SIGILL, ILL_ILLTRP, t->syscall_pc);
    return true;
}

static void a32_result(struct cpu_common *cpu, i64 result) { state_of(cpu)->r[0] = (u32)result; }
static u64 a32_stack_pointer(const struct cpu_common *cpu) { return state_of(cpu)->r[A32_SP]; }

static void a32_start_child(struct cpu_common *cpu, u64 sp, bool set_tls, u64 tls)
{
    struct a32_state *s = state_of(cpu);
    s->r[0] = 0;
    if (sp)
        s->r[A32_SP] = (u32)sp;
    if (set_tls)
        s->tpidruro[0] = (u32)tls;
    cpu->excl_size = 0;
    cpu->poll = 0;
}

/* The kernel's trap number in the upper half, its error code in the lower one: for aborts the fault status register
 * (Arm ARM B3.13.3, short descriptors), whose bits 11 and 31 say that it was a write and an instruction fetch. */
static u64 a32_syndrome(const struct cpu_common *cpu, int signal)
{
    enum { TRAP_UNDEFINED_INSN = 6, TRAP_ABORT = 14, WRITE = 1 << 11, PREFETCH = 1u << 31 };
    enum { ALIGNMENT = 0x1, PAGE_TRANSLATION = 0x7, EXTERNAL = 0x8, PAGE_PERMISSION = 0xf };
    u32 status;

    if (signal == SIGILL)
        return (u64)TRAP_UNDEFINED_INSN << 32;
    if (signal == SIGBUS && cpu->trap == TRAP_ALIGNMENT)
        return ALIGNMENT;
    if (signal != SIGBUS && signal != SIGSEGV)
        return 0;
    if (signal == SIGBUS)
        status = EXTERNAL;
    else
        status = cpu->fault_code == SEGV_ACCERR ? PAGE_PERMISSION : PAGE_TRANSLATION;
    if (cpu->fault_addr == cpu->pc)
        status |= PREFETCH;
    else if (cpu->fault_write)
        status |= WRITE;
    return (u64)TRAP_ABORT << 32 | status;
}

const struct sig_arch sig_arch_a32 = {
    .syscall_bytes = a32_syscall_bytes,
    .read_call = a32_read_call,
    .bad_call = a32_bad_call,
    .set_result = a32_result,
    .stack_pointer = a32_stack_pointer,
    .start_child = a32_start_child,
    .syndrome = a32_syndrome,
    .push = a32_push,
    .pop = a32_pop,
    .pop_old = a32_pop_old,
    .least_altstack = A32_MINSIGSTKSZ,
};
