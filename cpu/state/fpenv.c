/* The host's floating-point environment: MXCSR on x86, <fenv.h> elsewhere. */
#include "state/fpenv.h"

#if defined(__SSE2__)
#include <immintrin.h>

/* MXCSR: sticky flags IE DE ZE OE UE PE in bits 0..5, DAZ 6, masks 7..12, rounding 13..14, FTZ 15. */
enum { MXCSR_STICKY = 0x3f, MXCSR_MASK_INVALID = 1 << 7, MXCSR_DEFAULT = 0x1f80, MXCSR_ROUND_SHIFT = 13 };

/* DE (denormal operand) has no counterpart: Arm's IDC says that an operand was flushed, which host arithmetic never
 * does. Z O U P move down by one into DZC OFC UFC IXC. */
static u32 as_flags(u32 csr) { return (csr & 1) | (csr >> 1 & (FP_DZC | FP_OFC | FP_UFC | FP_IXC)); }

static u32 sticky(void) { return as_flags(_mm_getcsr()); }

static u32 take_sticky(void)
{
    u32 csr = _mm_getcsr();
    if (csr & MXCSR_STICKY)
        _mm_setcsr(csr & ~(u32)MXCSR_STICKY);
    return as_flags(csr);
}

/* live: within compiled code perhaps, which may have unmasked an exception. */
static void set_rounding(u32 mode, bool live)
{
    u32 masks = live && !(_mm_getcsr() & MXCSR_MASK_INVALID) ? MXCSR_DEFAULT & ~(u32)MXCSR_MASK_INVALID : MXCSR_DEFAULT;
    static const u8 x86_mode[4] = {[FP_ROUND_NEAREST] = 0, [FP_ROUND_DOWN] = 1, [FP_ROUND_UP] = 2, [FP_ROUND_ZERO] = 3};
    _mm_setcsr(masks | (u32)x86_mode[mode & FP_ROUND_MASK] << MXCSR_ROUND_SHIFT);
}

static void set_default(void) { _mm_setcsr(MXCSR_DEFAULT); }

void fpenv_mask(void)
{
    u32 csr = _mm_getcsr();
    if (!(csr & MXCSR_MASK_INVALID))
        _mm_setcsr(csr | MXCSR_MASK_INVALID);
}

#else
#include <fenv.h>

static u32 sticky(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);
    return (raised & FE_INVALID ? FP_IOC : 0) | (raised & FE_DIVBYZERO ? FP_DZC : 0) |
           (raised & FE_OVERFLOW ? FP_OFC : 0) | (raised & FE_UNDERFLOW ? FP_UFC : 0) |
           (raised & FE_INEXACT ? FP_IXC : 0);
}

static u32 take_sticky(void)
{
    u32 flags = sticky();
    feclearexcept(FE_ALL_EXCEPT);
    return flags;
}

static void set_rounding(u32 mode, bool live)
{
    (void)live;
    static const int modes[4] = {[FP_ROUND_NEAREST] = FE_TONEAREST,
                                 [FP_ROUND_UP] = FE_UPWARD,
                                 [FP_ROUND_DOWN] = FE_DOWNWARD,
                                 [FP_ROUND_ZERO] = FE_TOWARDZERO};
    feclearexcept(FE_ALL_EXCEPT);
    fesetround(modes[mode & FP_ROUND_MASK]);
}

static void set_default(void) { fesetenv(FE_DFL_ENV); }

void fpenv_mask(void) {}
#endif

void fpenv_enter(struct cpu_common *c)
{
    if (c->fp_live)
        c->fp_flags |= take_sticky();
    set_rounding(c->fp_mode, c->fp_live);
    c->fp_live = 1;
}

void fpenv_leave(struct cpu_common *c)
{
    if (c->fp_live)
        c->fp_flags |= take_sticky();
    set_default();
    c->fp_live = 0;
}

u32 fpenv_flags(const struct cpu_common *c) { return c->fp_flags | (c->fp_live ? sticky() : 0); }

void fpenv_set_flags(struct cpu_common *c, u32 flags)
{
    if (c->fp_live)
        take_sticky();
    c->fp_flags = flags;
}
