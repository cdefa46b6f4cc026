/* 32-bit ARM registers: the dump, CPSR and FPSCR. */
#include "state/a32_state.h"
#include "state/dump.h"
#include "state/fpenv.h"

void a32_dump(const struct a32_state *s, int fd)
{
    struct dump_line l = {.fd = fd};
    dump_item(&l, "pc", -1, 0, s->c.pc, 8);
    dump_item(&l, "cpsr", -1, 0, a32_get_cpsr(s), 8);
#define REG(field, type, count, bits, feature, name)                                                                   \
    for (int i = 0; i < count; i++) {                                                                                  \
        u64 value[2] = {0, 0};                                                                                         \
        memcpy(value, &s->field[i], sizeof(type));                                                                     \
        dump_item(&l, name, count > 1 ? i : -1, value[1], value[0], (bits + 3) / 4);                                   \
    }
#include "state/a32.regs"
#undef REG
    dump_item(&l, "fp_flags", -1, 0, s->c.fp_flags, 8);
    dump_flush(&l);
}

/* --- CPSR --------------------------------------------------------------------------------------------------------- */

/* The eight bits of the IT state are apart in CPSR: 7..2 in bits 15..10, 1..0 in bits 26..25. */
u32 a32_get_cpsr(const struct a32_state *s)
{
    u32 mode = s->c.mode, it = (mode & A32_MODE_IT) >> A32_MODE_IT_SHIFT, ge = 0;
    for (unsigned i = 0; i < 4; i++)
        ge |= (s->ge[0] >> (8 * i) & 1) << (A32_PSR_GE_SHIFT + i);
    return s->nzcv[0] | (s->q_flag[0] ? A32_PSR_Q : 0) | ge | (it >> 2) << 10 | (it & 3) << 25 |
           ((mode & (A32_MODE_BE | A32_MODE_BE32)) == A32_MODE_BE ? A32_PSR_E : 0) | (mode & A32_MODE_T ? A32_PSR_T : 0) | A32_PSR_MODE_USER;
}

void a32_set_cpsr(struct a32_state *s, u32 cpsr)
{
    s->nzcv[0] = cpsr & 0xf0000000;
    s->q_flag[0] = cpsr & A32_PSR_Q ? 1 : 0;
    s->ge[0] = 0;
    for (unsigned i = 0; i < 4; i++)
        if (cpsr >> (A32_PSR_GE_SHIFT + i) & 1)
            s->ge[0] |= 0xffu << (8 * i);
    u32 it = (cpsr >> 10 & 0x3f) << 2 | (cpsr >> 25 & 3);
    u32 mode = s->c.mode & ~(u32)(A32_MODE_BE | A32_MODE_T | A32_MODE_IT);
    mode |= cpsr & A32_PSR_E || mode & A32_MODE_BE32 ? A32_MODE_BE : 0;
    if (cpsr & A32_PSR_T)
        mode |= A32_MODE_T | (it & 15 ? it << A32_MODE_IT_SHIFT : 0);
    s->c.mode = mode;
}

/* --- FPSCR -------------------------------------------------------------------------------------------------------- */

enum { CUMULATIVE = FP_QC | FP_IDC | FP_IXC | FP_UFC | FP_OFC | FP_DZC | FP_IOC };

u32 a32_get_fpscr(struct a32_state *s) { return s->fpscr_nzcv[0] | s->fpscr[0] | (fpenv_flags(&s->c) & CUMULATIVE); }

void a32_set_fpscr(struct a32_state *s, u32 fpscr, u32 allowed)
{
    u32 control = fpscr & A32_FPSCR_CONTROL & allowed;
    fpenv_set_flags(&s->c, fpscr & CUMULATIVE);
    s->fpscr_nzcv[0] = fpscr & 0xf0000000;
    s->fpscr[0] = control;
    enum { SAME = A32_MODE_LEN | A32_MODE_STRIDE | A32_MODE_RMODE };
    _Static_assert((int)A32_MODE_LEN == (int)A32_FPSCR_LEN && (int)A32_MODE_STRIDE == (int)A32_FPSCR_STRIDE &&
                       (int)A32_MODE_RMODE_SHIFT == (int)A32_FPSCR_RMODE_SHIFT,
                   "the same places");
    s->c.mode = (s->c.mode & ~(u32)(A32_MODE_LEN | A32_MODE_STRIDE | A32_MODE_FP)) |
                (control & SAME) | (control & A32_FPSCR_FZ ? A32_MODE_FZ : 0) |
                (control & A32_FPSCR_DN ? A32_MODE_DN : 0) | (control & A32_FPSCR_AHP ? A32_MODE_AHP : 0) |
                (control & A32_FPSCR_FZ16 ? A32_MODE_FZ16 : 0);
    s->c.fp_mode = a32_fp_of_mode(s->c.mode);
    if (s->c.fp_live)
        fpenv_enter(&s->c);
}
