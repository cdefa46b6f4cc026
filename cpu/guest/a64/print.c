/* Prints instructions in the manual's syntax from the templates of the decode rows. An item of a template, {rd}, is a
 * row FMT(rd, statement) of a print_*.def file; print_base.def says what a statement may use. No aliases: what is
 * printed assembles to the same encoding. */
#include "guest/dec.h"
#include "guest/a64/a64.h"
#include "guest/a64/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct print {
    char *text;
    size_t size, used;
    u64 pc;
    u32 insn;
    const struct dec_row *row;
};

__attribute__((format(printf, 2, 3))) static void out(struct print *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(p->text + p->used, p->size - p->used, format, args);
    va_end(args);
    if (n > 0)
        p->used += (size_t)n < p->size - p->used ? (size_t)n : p->size - p->used - 1;
}

/* A field by name; 0 if the row has none of that name. */
static u32 field(const struct print *p, const char *name)
{
    for (unsigned i = 0; i < p->row->field_count; i++)
        if (!strcmp(p->row->field[i].name, name))
            return dec_field_get(&p->row->field[i], p->insn);
    return 0;
}

static i64 signed_field(const struct print *p, const char *name)
{
    for (unsigned i = 0; i < p->row->field_count; i++)
        if (!strcmp(p->row->field[i].name, name))
            return sext(dec_field_get(&p->row->field[i], p->insn), p->row->field[i].width);
    return 0;
}

static void out_x(struct print *p, unsigned n, unsigned w)
{
    if (n == 31)
        out(p, w == 64 ? "xzr" : "wzr");
    else
        out(p, "%c%u", w == 64 ? 'x' : 'w', n);
}

static void out_xsp(struct print *p, unsigned n, unsigned w)
{
    if (n == 31)
        out(p, w == 64 ? "sp" : "wsp");
    else
        out_x(p, n, w);
}

/* The scalar register of 1 << size bytes: b h s d q. */
static void out_scalar(struct print *p, unsigned n, unsigned size) { out(p, "%c%u", "bhsdq"[size], n); }

/* v3.8h: lanes of 1 << size bytes, 8 or (q) 16 bytes of them. */
static void out_vector(struct print *p, unsigned n, unsigned size, unsigned q)
{
    out(p, "v%u.%u%c", n, (q ? 16u : 8u) >> size, "bhsd"[size]);
}

/* v3.h[2] */
__attribute__((unused)) static void out_lane(struct print *p, unsigned n, unsigned size, unsigned index)
{
    out(p, "v%u.%c[%u]", n, "bhsd"[size], index);
}

static void out_address(struct print *p, u64 address) { out(p, "0x%" PRIx64, address); }

#define F(name) field(p, #name)
#define SF(name) signed_field(p, #name)

/* --- what print_base.def uses ------------------------------------------------------------------------------------- */

static const char cond_names[16][3] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                       "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"};
static const char shift_names[4][4] = {"lsl", "lsr", "asr", "ror"};
static const char extend_names[8][5] = {"uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"};
static const char mops_privilege[4][3] = {"", "wt", "rt", "t"};
static const char mops_temporal[4][3] = {"", "wn", "rn", "n"};

static void out_bit_mask(struct print *p)
{
    u64 mask = 0;
    a64_bit_mask(F(N), F(imms), F(immr), a64_width(F(sf)), &mask);
    out(p, "#0x%" PRIx64, mask);
}

static void out_extended(struct print *p)
{
    u32 option = F(option);
    out_x(p, F(rm), F(sf) && (option & 3) == 3 ? 64 : 32);
    out(p, ", %s", extend_names[option]);
    if (F(imm))
        out(p, " #%u", F(imm));
}

static void out_offset(struct print *p, i64 offset)
{
    if (offset)
        out(p, ", #%" PRId64, offset);
}

/* Register offset: the shift is the access size, or 0 ("#0" where the byte form is shifted). */
static void out_index(struct print *p)
{
    u32 option = F(option), shift = F(q) << 2 | F(size);
    out_x(p, F(rm), option & 1 ? 64 : 32);
    if (option == 3 && !F(s))
        return;
    out(p, ", %s", option == 3 ? "lsl" : extend_names[option]);
    if (F(s))
        out(p, " #%u", shift);
}

static void out_hint(struct print *p)
{
    static const char *const names[] = {"nop", "yield", "wfe", "wfi", "sev", "sevl", "dgh"};
    u32 n = F(crm) << 3 | F(op2);
    if (n < ARRAY_SIZE(names))
        out(p, "%s", names[n]);
    else if (n >> 3 == 4 && !(n & 1))
        out(p, "bti%s", (const char *[]){"", " c", " j", " jc"}[n >> 1 & 3]);
    else if (n == 16)
        out(p, "esb");
    else if (n == 17)
        out(p, "psb csync");
    else if (n == 18)
        out(p, "tsb csync");
    else if (n == 20)
        out(p, "csdb");
    else
        out(p, "hint #%u", n);
}

static void out_barrier(struct print *p)
{
    static const char names[16][6] = {"#0", "oshld", "oshst", "osh", "#4", "nshld", "nshst", "nsh",
                                      "#8", "ishld", "ishst", "ish", "#12", "ld", "st", "sy"};
    out(p, "%s", names[F(crm)]);
}

static void out_prefetch(struct print *p)
{
    static const char types[4][4] = {"pld", "pli", "pst", ""};
    u32 t = F(rt);
    if (t >> 3 == 3 || (t >> 1 & 3) == 3)
        out(p, "#%u", t);
    else
        out(p, "%sl%u%s", types[t >> 3], (t >> 1 & 3) + 1, t & 1 ? "strm" : "keep");
}

/* { v1.8b, v2.8b } */
static void out_list(struct print *p, unsigned n, unsigned size)
{
    out(p, "{ ");
    for (unsigned i = 0; i < n; i++) {
        if (i)
            out(p, ", ");
        out_vector(p, (F(rt) + i) % 32, size, F(q));
    }
    out(p, " }");
}

static unsigned lane_count(const struct print *p) { return (F(three) << 1 | F(r)) + 1; }

/* { v1.b, v2.b }[3] */
static void out_lane_list(struct print *p, unsigned size, unsigned lane)
{
    out(p, "{ ");
    for (unsigned i = 0; i < lane_count(p); i++)
        out(p, "%sv%u.%c", i ? ", " : "", (F(rt) + i) % 32, "bhsd"[size]);
    out(p, " }[%u]", lane);
}

static void out_post(struct print *p, unsigned bytes)
{
    if (F(rm) == 31)
        out(p, "#%u", bytes);
    else
        out_x(p, F(rm), 64);
}

#define FMT(item, ...)                                                                                                 \
    static void fmt_##item(struct print *p) { __VA_ARGS__; }
#include "print_base.def"
#include "print_fp.def"
#include "print_simd.def"
#undef FMT

static const struct {
    const char *name;
    void (*print)(struct print *p);
} items[] = {
#define FMT(item, ...) {#item, fmt_##item},
#include "print_base.def"
#include "print_fp.def"
#include "print_simd.def"
#undef FMT
};

static void print_item(struct print *p, const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(items); i++)
        if (strlen(items[i].name) == len && !memcmp(items[i].name, name, len)) {
            items[i].print(p);
            return;
        }
    must(!"template item without a FMT row");
}

unsigned a64_print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    must(text_bytes > 0);
    struct print p = {.text = text, .size = text_bytes, .pc = pc};
    text[0] = 0;
    if (bytes < 4) {
        out(&p, "(short)");
        return (unsigned)bytes;
    }
    memcpy(&p.insn, code, 4);
    p.row = a64_find_row(p.insn);
    if (!p.row) {
        out(&p, ".inst 0x%08x", p.insn);
        return 4;
    }
    for (const char *t = p.row->template; *t;) {
        if (*t == '{' && t[1] != ' ') {
            size_t len = strcspn(t + 1, "}");
            print_item(&p, t + 1, len);
            t += len + 2;
        } else {
            out(&p, "%c", *t++);
        }
    }
    return 4;
}

const char *a64_print_missing(void)
{
    for (u32 i = 0; i < a64_row_count; i++)
        for (const char *t = a64_rows[i].template; (t = strchr(t, '{')); t++) {
            size_t len = strcspn(t + 1, "}");
            bool known = t[1] == ' ';
            for (size_t k = 0; k < ARRAY_SIZE(items); k++)
                known |= strlen(items[k].name) == len && !memcmp(items[k].name, t + 1, len);
            if (!known)
                return t + 1;
        }
    return NULL;
}
