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

__attribute__((unused)) static i64 signed_field(const struct print *p, const char *name)
{
    for (unsigned i = 0; i < p->row->field_count; i++)
        if (!strcmp(p->row->field[i].name, name))
            return sext(dec_field_get(&p->row->field[i], p->insn), p->row->field[i].width);
    return 0;
}

__attribute__((unused)) static void out_x(struct print *p, unsigned n, unsigned w)
{
    if (n == 31)
        out(p, w == 64 ? "xzr" : "wzr");
    else
        out(p, "%c%u", w == 64 ? 'x' : 'w', n);
}

__attribute__((unused)) static void out_xsp(struct print *p, unsigned n, unsigned w)
{
    if (n == 31)
        out(p, w == 64 ? "sp" : "wsp");
    else
        out_x(p, n, w);
}

/* The scalar register of 1 << size bytes: b h s d q. */
__attribute__((unused)) static void out_scalar(struct print *p, unsigned n, unsigned size) { out(p, "%c%u", "bhsdq"[size], n); }

/* v3.8h: lanes of 1 << size bytes, 8 or (q) 16 bytes of them. */
__attribute__((unused)) static void out_vector(struct print *p, unsigned n, unsigned size, unsigned q)
{
    out(p, "v%u.%u%c", n, (q ? 16u : 8u) >> size, "bhsd"[size]);
}

/* v3.h[2] */
__attribute__((unused)) static void out_lane(struct print *p, unsigned n, unsigned size, unsigned index)
{
    out(p, "v%u.%c[%u]", n, "bhsd"[size], index);
}

__attribute__((unused)) static void out_address(struct print *p, u64 address) { out(p, "0x%" PRIx64, address); }

#define F(name) field(p, #name)
#define SF(name) signed_field(p, #name)
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
