/* AArch64 registers: the dump, FPCR and FPSR. */
#include "state/a64_state.h"
#include "state/fpenv.h"

#include <unistd.h>

/* --- dump: no stdio, so that it works in a signal handler -------------------------------------------------------- */

struct line {
    int fd;
    unsigned used;
    char text[128];
};

static void flush(struct line *l)
{
    if (!l->used)
        return;
    l->text[l->used++] = '\n';
    for (unsigned done = 0; done < l->used;) {
        ssize_t n = write(l->fd, l->text + done, l->used - done);
        if (n <= 0)
            break;
        done += (unsigned)n;
    }
    l->used = 0;
}

/* name, index (if not negative), "=", value of `digits` hexadecimal digits, high half first. */
static void item(struct line *l, const char *name, int index, u64 high, u64 low, unsigned digits)
{
    unsigned width = (unsigned)strlen(name) + (index >= 0 ? 2 : 0) + 1 + digits + 1;
    if (l->used + width + 1 > 100)
        flush(l);
    for (; *name; name++)
        l->text[l->used++] = *name;
    if (index >= 10)
        l->text[l->used++] = (char)('0' + index / 10);
    if (index >= 0)
        l->text[l->used++] = (char)('0' + index % 10);
    l->text[l->used++] = '=';
    for (unsigned d = digits; d--;) {
        u64 half = d >= 16 ? high : low;
        l->text[l->used++] = "0123456789abcdef"[half >> (d % 16 * 4) & 15];
    }
    if (index >= 0 && index < 10)
        l->text[l->used++] = ' ';
    l->text[l->used++] = ' ';
}

void a64_dump(const struct a64_state *s, int fd)
{
    struct line l = {.fd = fd};
    item(&l, "pc", -1, 0, s->c.pc, 16);
#define REG(field, type, count, bits, feature, name)                                                                   \
    for (int i = 0; i < count; i++) {                                                                                  \
        u64 value[2] = {0, 0};                                                                                         \
        memcpy(value, &s->field[i], sizeof(type));                                                                     \
        item(&l, name, count > 1 ? i : -1, value[1], value[0], (bits + 3) / 4);                                        \
    }
#include "state/a64.regs"
#undef REG
    item(&l, "fpsr", -1, 0, s->c.fp_flags, 8);
    flush(&l);
}

/* --- FPCR and FPSR ------------------------------------------------------------------------------------------------ */

_Static_assert(FP_ROUND_UP == 1 && FP_ROUND_DOWN == 2 && FP_ROUND_ZERO == 3, "fp_mode numbers rounding as FPCR.RMode");

enum { FPSR_MASK = FP_QC | FP_IDC | FP_IXC | FP_UFC | FP_OFC | FP_DZC | FP_IOC };

void a64_set_fpcr(struct a64_state *s, u64 fpcr)
{
    fpcr &= A64_FPCR_MASK;
    s->fpcr[0] = fpcr;
    s->c.fp_mode = (u32)(fpcr >> A64_FPCR_RMODE_SHIFT & FP_ROUND_MASK) | (fpcr & A64_FPCR_FZ ? FP_FZ : 0) |
                   (fpcr & A64_FPCR_FZ16 ? FP_FZ16 : 0) | (fpcr & A64_FPCR_DN ? FP_DEFAULT_NAN : 0) |
                   (fpcr & A64_FPCR_AHP ? FP_AHP : 0) | FP_NAN_ARM;
    if (s->c.fp_live)
        fpenv_enter(&s->c);
}

u64 a64_get_fpsr(struct a64_state *s) { return fpenv_flags(&s->c) & FPSR_MASK; }

void a64_set_fpsr(struct a64_state *s, u64 fpsr)
{
    fpenv_flags(&s->c);
    s->c.fp_flags = (u32)fpsr & FPSR_MASK;
}
