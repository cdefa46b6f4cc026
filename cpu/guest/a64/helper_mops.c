/* FEAT_MOPS by "option A" of the Arm ARM: PSTATE.C is 0 between the stages, and
 *
 *     set, forward copy   Xd (and Xs) hold the end addresses, Xn minus the bytes that remain
 *     backward copy       Xd and Xs hold the start addresses, Xn the bytes that remain
 *
 * The prologue works up to the first page boundary, the main part on whole pages, the epilogue on the rest. Bytes move
 * in pieces that lie in one page on either side: a piece is done as a whole or faults as a whole, and the registers
 * are brought up to date before each, so that a fault or a signal finds the instruction ready to go on.
 *
 * What the main part and the epilogue find in the registers need not come from this prologue (a process may have moved
 * between processors): PSTATE.C set means option B, a memory copy and memory set exception. */
#include "guest/a64/mops.h"
#include "state/a64_state.h"
#include "state/helper_mem.h"

enum { PAGE = 4096, PIECES = 16 /* per call */ };

u32 helper_mops_set(struct cpu_common *cpu, u32 stage, u32 regs);
u32 helper_mops_copy(struct cpu_common *cpu, u32 stage, u32 regs);

static u64 min(u64 x, u64 y) { return x < y ? x : y; }
static u64 to_page_end(u64 addr) { return PAGE - (addr & (PAGE - 1)); }
static u64 to_page_start(u64 end) { return ((end - 1) & (PAGE - 1)) + 1; }

/* Bytes of those that remain which the main part or the epilogue moves. */
static u64 stage_bytes(u32 stage, u64 remain)
{
    return (stage & MOPS_STAGE_MASK) == MOPS_MAIN ? remain & ~(u64)(PAGE - 1) : remain;
}

static void check_option(struct a64_state *s, u32 stage, u32 regs, bool set)
{
    enum { SET = 1 << 24, FROM_EPILOGUE = 1 << 18, WRONG_OPTION = 1 << 17, OPTION_A = 1 << 16 }; /* ISS, D24.2.40 */
    if (!(s->nzcv[0] & A64_C))
        return;
    u32 iss = WRONG_OPTION | OPTION_A | (regs & 31) << 10 | (regs >> 5 & 31) << 5 | (regs >> 10 & 31);
    iss |= (set ? SET : 0) | ((stage & MOPS_STAGE_MASK) == MOPS_EPILOGUE ? FROM_EPILOGUE : 0);
    guest_trap(&s->c, TRAP_MOPS, iss, 0);
}

u32 helper_mops_set(struct cpu_common *cpu, u32 stage, u32 regs)
{
    struct a64_state *s = (struct a64_state *)cpu;
    u64 *xd = &s->x[regs & 31], *xn = &s->x[regs >> 10 & 31];
    u8 value = (regs >> 5 & 31) == 31 ? 0 : (u8)s->x[regs >> 5 & 31];
    if (stage == MOPS_PROLOGUE) {
        u64 addr = *xd, bytes = min(*xn, INT64_MAX);
        u64 now = min(bytes, to_page_end(addr));
        *xn = bytes; /* saturated before the first access */
        if (now)
            guest_fill(cpu, addr, value, now);
        *xd = addr + bytes;
        *xn = now - bytes;
        s->nzcv[0] = 0;
        return 0;
    }
    check_option(s, stage, regs, true);
    u64 left = stage_bytes(stage, -*xn);
    for (unsigned i = 0; i < PIECES && left; i++) {
        u64 addr = *xd + *xn, now = min(left, to_page_end(addr));
        guest_fill(cpu, addr, value, now);
        *xn += now;
        left -= now;
    }
    return left != 0;
}

static void copy_piece(struct cpu_common *cpu, u64 to, u64 from, u64 bytes)
{
    u8 piece[PAGE];
    guest_read_bytes(cpu, piece, from, bytes);
    guest_write_bytes(cpu, to, piece, bytes);
}

/* One piece from the bottom of what remains, or from the top; its size. */
static u64 copy_up(struct cpu_common *cpu, u64 to, u64 from, u64 limit)
{
    u64 now = min(limit, min(to_page_end(to), to_page_end(from)));
    if (now)
        copy_piece(cpu, to, from, now);
    return now;
}

static u64 copy_down(struct cpu_common *cpu, u64 to_end, u64 from_end, u64 limit)
{
    u64 now = min(limit, min(to_page_start(to_end), to_page_start(from_end)));
    if (now)
        copy_piece(cpu, to_end - now, from_end - now, now);
    return now;
}

/* CPYP: downwards if the source begins below the destination and reaches into it; tags do not count. */
static bool must_go_down(u64 to, u64 from, u64 bytes)
{
    u64 mask = ones(56);
    return (from & mask) < (to & mask) && ((from + bytes) & mask) > (to & mask);
}

static void copy_prologue(struct a64_state *s, u32 stage, u64 *xd, u64 *xs, u64 *xn)
{
    bool forward_only = stage & MOPS_FORWARD;
    u64 bytes = *xn = min(*xn, forward_only ? INT64_MAX : ones(55));
    if (!forward_only && must_go_down(*xd, *xs, bytes)) {
        *xn -= copy_down(&s->c, *xd + bytes, *xs + bytes, bytes);
    } else {
        u64 now = copy_up(&s->c, *xd, *xs, bytes);
        *xd += bytes;
        *xs += bytes;
        *xn = now - bytes;
    }
    s->nzcv[0] = 0;
}

u32 helper_mops_copy(struct cpu_common *cpu, u32 stage, u32 regs)
{
    struct a64_state *s = (struct a64_state *)cpu;
    u64 *xd = &s->x[regs & 31], *xs = &s->x[regs >> 5 & 31], *xn = &s->x[regs >> 10 & 31];
    if ((stage & MOPS_STAGE_MASK) == MOPS_PROLOGUE) {
        copy_prologue(s, stage, xd, xs, xn);
        return 0;
    }
    check_option(s, stage, regs, false);
    bool down = !(stage & MOPS_FORWARD) && (i64)*xn > 0;
    u64 left = stage_bytes(stage, down ? *xn : -*xn);
    for (unsigned i = 0; i < PIECES && left; i++) {
        u64 now;
        if (down) {
            now = copy_down(cpu, *xd + *xn, *xs + *xn, left);
            *xn -= now;
        } else {
            now = copy_up(cpu, *xd + *xn, *xs + *xn, left);
            *xn += now;
        }
        left -= now;
    }
    return left != 0;
}
