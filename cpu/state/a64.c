/* AArch64 registers: the dump, FPCR and FPSR. */
#include "state/a64_state.h"
#include "state/dump.h"
#include "state/fpenv.h"

void a64_dump(const struct a64_state *s, int fd)
{
    struct dump_line l = {.fd = fd};
    dump_item(&l, "pc", -1, 0, s->c.pc, 16);
#define REG(field, type, count, bits, feature, name)                                                                   \
    for (int i = 0; i < count; i++) {                                                                                  \
        u64 value[2] = {0, 0};                                                                                         \
        memcpy(value, &s->field[i], sizeof(type));                                                                     \
        dump_item(&l, name, count > 1 ? i : -1, value[1], value[0], (bits + 3) / 4);                                        \
    }
#include "state/a64.regs"
#undef REG
    dump_item(&l, "fpsr", -1, 0, s->c.fp_flags, 8);
    dump_flush(&l);
}

/* --- FPCR and FPSR ------------------------------------------------------------------------------------------------ */

_Static_assert(FP_ROUND_UP == 1 && FP_ROUND_DOWN == 2 && FP_ROUND_ZERO == 3, "fp_mode numbers rounding as FPCR.RMode");

enum { FPSR_MASK = FP_QC | FP_IDC | FP_IXC | FP_UFC | FP_OFC | FP_DZC | FP_IOC };

void a64_set_fpcr(struct a64_state *s, u64 fpcr)
{
    fpcr &= A64_FPCR_MASK;
    s->fpcr[0] = fpcr;
    s->c.mode = (s->c.mode & ~(u32)A64_MODE_FP) | (fpcr & A64_FPCR_FZ ? A64_MODE_FZ : 0) |
                (fpcr & A64_FPCR_DN ? A64_MODE_DN : 0) | (fpcr & A64_FPCR_AHP ? A64_MODE_AHP : 0) |
                (fpcr & A64_FPCR_FZ16 ? A64_MODE_FZ16 : 0);
    s->c.fp_mode = (u32)(fpcr >> A64_FPCR_RMODE_SHIFT & FP_ROUND_MASK) | a64_fp_of_mode(s->c.mode);
    if (s->c.fp_live)
        fpenv_enter(&s->c);
}

u64 a64_get_fpsr(struct a64_state *s) { return fpenv_flags(&s->c) & FPSR_MASK; }

void a64_set_fpsr(struct a64_state *s, u64 fpsr)
{
    fpenv_set_flags(&s->c, (u32)fpsr & FPSR_MASK);
}
