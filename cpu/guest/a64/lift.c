/* Lifts one basic block of AArch64 code: calls the decoder for each instruction until one ends the block. */
#include "guest/a64/a64.h"
#include "a64_decode.h"
#include "guest/a64/print.h"
#include "guest/guest.h"
#include "state/a64_state.h"
#include "state/names.h"

enum { PAGE_BYTES = 4096 };

static u32 fetch(const u8 *code) /* instructions are little-endian whatever the data byte order is */
{
    return (u32)code[0] | (u32)code[1] << 8 | (u32)code[2] << 16 | (u32)code[3] << 24;
}

static void a64_lift(struct ir_build *b, struct ir_fn *fn, u64 pc, const u8 *code, size_t bytes, unsigned max_insns,
                     bool guarded)
{
    enum flow flow = FLOW_NEXT;
    unsigned n = 0;
    size_t page_bytes = PAGE_BYTES - (pc & (PAGE_BYTES - 1)); /* the next page may be guarded, or no longer be */
    bytes = bytes < page_bytes ? bytes : page_bytes;
    ir_begin(b, fn, pc, b->cpu->mode);
    fn->fp = (struct ir_fp_model){A64_FP_KNOWN, a64_fp_of_mode(fn->mode)};
    b->swap = b->cpu->mode & A64_MODE_BE;
    b->guarded = guarded;
    unsigned insns = bytes / 4 < max_insns ? (unsigned)(bytes / 4) : max_insns;
    while (flow == FLOW_NEXT && n < insns) {
        u32 insn = fetch(code + n * 4);
        ir_insn(b, pc + n * 4, insn, 4);
        if (n == 0)
            a64_enter_block(b);
        unsigned fused = a64_lift_exclusive(b, code + n * 4, insns - n, &flow);
        n += fused ? fused : 1;
        if (!fused)
            flow = a64_decode(b, insn);
        if (flow == FLOW_UNDEFINED)
            ir_exit_trap(b, TRAP_UNDEFINED, insn);
    }
    if (flow == FLOW_NEXT || flow == FLOW_STOP)
        ir_exit_next(b, pc + n * 4);
    else if (flow == FLOW_SYNC)
        ir_exit_indirect(b, ir_imm(b, 64, pc + n * 4), IR_HINT_SYNC, 0);
    fn->insn_count = n;
    fn->pc_end = pc + n * 4;
}

static void dump(const struct cpu_common *cpu, int fd) { a64_dump((const struct a64_state *)cpu, fd); }

const struct guest guest_a64 = {
    .name = "aarch64",
    .state_bytes = sizeof(struct a64_state),
    .insn_align = 4,
    .max_insn_bytes = 4,
    .flags_offset = offsetof(struct a64_state, nzcv),
    .lift = a64_lift,
    .print_insn = a64_print_insn,
    .names = &a64_names,
    .fuses = a64_fuses,
    .dump = dump,
};
