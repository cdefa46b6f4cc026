/* Prints instructions in the manual's unified syntax from the templates of the decode rows. An item of a template, {rd}, is a
 * row FMT(rd, statement) of a print_*.def file; print_base.def says what a statement may use. What the manual describes as
 * an instruction of its own (PUSH, LSL, VPUSH) prints as that; what is printed assembles to the same encoding. */
#include "guest/a32/print.h"
#include "guest/a32/a32.h"
#include "guest/a32/encoding.h"
#include "guest/dec.h"

#include <stdarg.h>
#include <stdio.h>

struct print {
    char *text;
    size_t size, used;
    u32 pc, insn; /* insn: in the encoding of the row's table */
    const struct dec_row *row;
    bool thumb;
    u32 it; /* IT state of this instruction, eight bits as in the manual */
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

static const struct dec_field *field_of(const struct print *p, const char *name)
{
    for (unsigned i = 0; i < p->row->field_count; i++)
        if (!strcmp(p->row->field[i].name, name))
            return &p->row->field[i];
    return NULL;
}

/* A field by name; 0 if the row has none of that name. */
static u32 field(const struct print *p, const char *name)
{
    const struct dec_field *f = field_of(p, name);
    return f ? dec_field_get(f, p->insn) : 0;
}
static unsigned field_width(const struct print *p, const char *name) { return field_of(p, name)->width; }
#define F(name) field(p, #name)

static const char cond_names[16][3] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                       "hi", "ls", "ge", "lt", "gt", "le", "", ""};
static const char shift_names[4][4] = {"lsl", "lsr", "asr", "ror"};

static void out_r(struct print *p, unsigned n)
{
    if (n < A32_SP)
        out(p, "r%u", n);
    else
        out(p, "%s", n == A32_SP ? "sp" : n == A32_LR ? "lr" : "pc");
}

/* In Thumb the condition is the IT block's. */
static void out_cond(struct print *p)
{
    if (p->thumb)
        out(p, "%s", p->it & 15 ? cond_names[p->it >> 4] : "");
    else
        out(p, "%s", cond_names[F(cond)]);
}

static void out_address(struct print *p, u32 address) { out(p, "0x%x", address); }

static void out_list(struct print *p, u32 list)
{
    const char *between = "{";
    for (unsigned n = 0; n < 16; n++)
        if (list >> n & 1) {
            out(p, "%s", between);
            out_r(p, n);
            between = ", ";
        }
    out(p, "%s}", list ? "" : "{");
}

/* --- what print_base.def uses ------------------------------------------------------------------------------------------- */

static void out_it(struct print *p)
{
    u32 mask = F(mask);
    for (unsigned bit = 3; bit > 0 && mask & (u32)ones(bit); bit--)
        out(p, "%c", (mask >> bit & 1) == (F(cond) & 1) ? 't' : 'e');
}

static void out_parallel(struct print *p)
{
    static const char prefix[8][4] = {"", "s", "q", "sh", "", "u", "uq", "uh"};
    static const char *const a32[8] = {"add16", "asx", "sax", "sub16", "add8", "", "", "sub8"};
    static const char *const t32[8] = {"add8", "add16", "asx", "", "sub8", "sub16", "sax", ""};
    bool is_t32 = p->row->file[0] == 't';
    out(p, "%s%s", prefix[is_t32 ? F(p) + 1 : F(p)], (is_t32 ? t32 : a32)[F(op)]);
}

/* After a register: its shift by an immediate as encoded. */
static void out_shift(struct print *p, unsigned type, unsigned imm)
{
    if (type == 3 && !imm)
        out(p, ", rrx");
    else if (type || imm)
        out(p, ", %s #%u", shift_names[type], imm ? imm : 32);
}

/* An A32 modified immediate; with its rotation where that is not the one an assembler would choose. */
static void out_modified(struct print *p)
{
    u32 rot = F(rot), imm = F(imm), value = imm >> (2 * rot) | (rot ? imm << (32 - 2 * rot) : 0);
    for (u32 r = 0; r < rot; r++)
        if ((r ? value << 2 * r | value >> (32 - 2 * r) : value) < 256) {
            out(p, "#%u, #%u", imm, 2 * rot);
            return;
        }
    out(p, "#%u", value);
}

static void out_offset(struct print *p, u32 offset)
{
    if (offset)
        out(p, ", #%u", offset);
}

/* [rn, #offset], [rn, #offset]!, [rn], #offset */
static void out_address_i(struct print *p, bool before, bool add, bool back, u32 offset)
{
    out(p, "[");
    out_r(p, F(rn));
    if (!before)
        out(p, "], #%s%u", add ? "" : "-", offset);
    else if (offset || !add || back)
        out(p, ", #%s%u]%s", add ? "" : "-", offset, back ? "!" : "");
    else
        out(p, "]");
}

static void out_address_r(struct print *p, bool before, bool back)
{
    out(p, "[");
    out_r(p, F(rn));
    out(p, before ? ", %s" : "], %s", F(u) ? "" : "-");
    out_r(p, F(rm));
    out_shift(p, F(type), F(imm));
    if (before)
        out(p, back ? "]!" : "]");
}

/* MOV of a register, or a shift by an immediate. */
static void out_move(struct print *p)
{
    u32 type = F(type), imm = F(imm);
    bool rrx = type == 3 && !imm, plain = !type && !imm;
    out(p, "%s%s", plain ? "mov" : rrx ? "rrx" : shift_names[type], F(s) ? "s" : "");
    out_cond(p);
    out(p, " ");
    out_r(p, F(rd));
    out(p, ", ");
    out_r(p, F(rm));
    if (!rrx && !plain)
        out(p, ", #%u", imm ? imm : 32);
}

static void out_shift16(struct print *p)
{
    u32 type = F(type), imm = F(imm);
    bool in_it = p->it & 15;
    if (!type && !imm)
        out(p, in_it ? "lsl" : "movs"); /* of low registers, which MOV<c> is another encoding of */
    else
        out(p, "%s%s", shift_names[type], in_it ? "" : "s");
    out_cond(p);
    out(p, " ");
    out_r(p, F(rd));
    out(p, ", ");
    out_r(p, F(rm));
    if (type || imm || in_it)
        out(p, ", #%u", type && !imm ? 32 : imm);
}

/* Several registers; from the stack and to it by names of their own. */
static void out_multiple(struct print *p, const char *name, const char *stack_name)
{
    static const char modes[4][3] = {"da", "", "db", "ib"};
    bool load = name[0] == 'l', stack = F(rn) == A32_SP && F(w) && F(p) == !load && F(u) == load;
    if (stack && __builtin_popcount(F(list)) > 1) {
        out(p, "%s", stack_name);
        out_cond(p);
        out(p, " ");
    } else {
        out(p, "%s%s", name, modes[F(p) << 1 | F(u)]);
        out_cond(p);
        out(p, " ");
        out_r(p, F(rn));
        out(p, "%s, ", F(w) ? "!" : "");
    }
    out_list(p, F(list));
}

static void out_multiple_t32(struct print *p, const char *name, const char *stack_name, const char *wide)
{
    bool stack = F(rn) == A32_SP && F(w) && __builtin_popcount(F(list)) > 1;
    out(p, "%s", stack ? stack_name : name);
    out_cond(p);
    out(p, "%s ", stack ? ".w" : wide);
    if (!stack) {
        out_r(p, F(rn));
        out(p, "%s, ", F(w) ? "!" : "");
    }
    out_list(p, F(list));
}

/* LDR and STR by an immediate; PUSH and POP of one register. */
static void out_word(struct print *p, const char *name, const char *stack_name)
{
    bool load = name[0] == 'l', stack = F(rn) == A32_SP && F(imm) == 4;
    stack &= load ? !F(p) && F(u) && !F(w) : F(p) && !F(u) && F(w);
    out(p, "%s%s", stack ? stack_name : name, !F(p) && F(w) ? "t" : "");
    out_cond(p);
    out(p, stack ? " {" : " ");
    out_r(p, F(rt));
    out(p, stack ? "}" : ", ");
    if (!stack)
        out_address_i(p, F(p), F(u), F(w), F(imm));
}

/* T32 data processing, of a modified immediate or a shifted register. test: its name where rd is 15, move: where rn is. */
static void out_t32_dp(struct print *p, const char *name, const char *test, const char *move)
{
    bool immediate = strchr(p->row->name, 'i'), is_test = test && F(rd) == A32_PC && F(s), is_move = move && F(rn) == A32_PC;
    u32 type = F(type), imm = F(imm);
    bool shift = !immediate && is_move && !strcmp(move, "mov") && (type || imm), rrx = shift && type == 3 && !imm;
    out(p, "%s%s", is_test ? test : rrx ? "rrx" : shift ? shift_names[type] : is_move ? move : name, F(s) && !is_test ? "s" : "");
    out_cond(p);
    out(p, rrx ? " " : ".w ");
    if (!is_test)
        out_r(p, F(rd)), out(p, ", ");
    if (!is_move)
        out_r(p, F(rn)), out(p, ", ");
    if (immediate) {
        out(p, "#%u", a32_expand_t32_value(imm));
        return;
    }
    out_r(p, F(rm));
    if (!shift)
        out_shift(p, type, imm);
    else if (!rrx)
        out(p, ", #%u", imm ? imm : 32);
}

/* ADDW and SUBW; ADR where the base is the pc. */
static void out_plain(struct print *p, const char *name, int sign)
{
    bool adr = F(rn) == A32_PC && (F(imm) || sign > 0);
    out(p, "%s", adr ? "adr" : name);
    out_cond(p);
    out(p, adr ? ".w " : " ");
    out_r(p, F(rd));
    out(p, ", ");
    if (adr) {
        out_address(p, ((p->pc + 4) & ~3u) + (sign > 0 ? F(imm) : -F(imm)));
        return;
    }
    out_r(p, F(rn));
    out(p, ", #%u", F(imm));
}

/* The offset of a T32 branch from its two inverted bits, ten high bits and eleven low ones. */
static u32 t32_offset(struct print *p, u32 low)
{
    u32 s = F(s), i1 = !(F(j1) ^ s), i2 = !(F(j2) ^ s);
    return (u32)sext(s << 23 | i1 << 22 | i2 << 21 | F(high) << 11 | low, 24) << 1;
}

static void out_psr(struct print *p)
{
    u32 mask = F(mask);
    if (mask & 3 || !mask)
        out(p, "CPSR_%s%s%s%s", mask & 8 ? "f" : "", mask & 4 ? "s" : "", mask & 2 ? "x" : "", mask & 1 ? "c" : "");
    else
        out(p, "APSR_%s%s", mask & 8 ? "nzcvq" : "", mask & 4 ? "g" : "");
}

static void out_hint(struct print *p, const char *width)
{
    static const char *const names[] = {"nop", "yield", "wfe", "wfi", "sev", "sevl"};
    u32 n = F(imm);
    bool plain = n < ARRAY_SIZE(names) || n == 16 || n == 20;
    out(p, "%s", n < ARRAY_SIZE(names) ? names[n] : n == 16 ? "esb" : n == 20 ? "csdb" : n >= 0xf0 ? "dbg" : "nop");
    out_cond(p);
    out(p, "%s", n == 16 || n == 20 || n >= 0xf0 ? "" : width);
    if (!plain)
        out(p, n >= 0xf0 ? " #%u" : " {%u}", n >= 0xf0 ? n & 15 : n);
}

static void out_barrier(struct print *p)
{
    static const char names[16][6] = {"#0", "oshld", "oshst", "osh", "#4", "nshld", "nshst", "nsh",
                                      "#8", "ishld", "ishst", "ish", "#12", "ld", "st", "sy"};
    if (strstr(p->row->name, "ISB") && F(imm) != 15)
        out(p, "#%u", F(imm));
    else
        out(p, "%s", names[F(imm)]);
}

static void out_cps(struct print *p, u32 imod, u32 aif, bool change_mode, u32 mode)
{
    out(p, "cps%s%s", imod == 2 ? "ie" : imod == 3 ? "id" : "", p->row->file[0] == 't' && p->row->file[1] == '3' && imod ? ".w" : "");
    if (imod)
        out(p, " %s%s%s%s", aif & 4 ? "a" : "", aif & 2 ? "i" : "", aif & 1 ? "f" : "", aif ? "" : "none");
    if (change_mode)
        out(p, "%s #%u", imod ? "," : "", mode);
}

/* --- what print_vector.def uses ------------------------------------------------------------------------------------------- */

#define D(v, x) (F(x) << 4 | F(v))
#define S(v, x) (F(v) << 1 | F(x))

static void out_s(struct print *p, unsigned n) { out(p, "s%u", n); }
static void out_d(struct print *p, unsigned n) { out(p, "d%u", n); }
static void out_q(struct print *p, unsigned n) { out(p, "q%u", n >> 1); }
static void out_n(struct print *p, unsigned n) { F(Q) ? out_q(p, n) : out_d(p, n); }
static void out_v(struct print *p, unsigned sz, const char *v, const char *bit)
{
    if (sz == 3)
        out_d(p, field(p, bit) << 4 | field(p, v));
    else
        out_s(p, field(p, v) << 1 | field(p, bit));
}

/* {d1, d3}, {s1, s2}, {d1[], d2[]} */
static void out_vector_list(struct print *p, bool doubles, unsigned first, unsigned count, unsigned step, const char *lane)
{
    out(p, "{");
    for (unsigned i = 0; i < count; i++)
        out(p, "%s%c%u%s", i ? ", " : "", doubles ? 'd' : 's', first + i * step, lane);
    out(p, "}");
}

/* VLDM and VSTM, VPUSH and VPOP; with an odd number of words FLDMX and FSTMX. */
static void out_vector_multiple(struct print *p, const char *name, const char *old_name, const char *stack_name)
{
    bool old = F(dp) && F(imm) & 1, load = name[1] == 'l';
    bool stack = !old && F(rn) == A32_SP && F(w) && F(p) == !load && F(u) == load;
    out(p, "%s%s", stack ? stack_name : old ? old_name : name, stack ? "" : F(p) ? "db" : "ia");
    out(p, "%s", old ? "x" : "");
    out_cond(p);
    out(p, " ");
    if (!stack) {
        out_r(p, F(rn));
        out(p, "%s, ", F(w) ? "!" : "");
    }
}

static void out_vmov2(struct print *p)
{
    unsigned m = F(dp) ? D(vm, M) : S(vm, M);
    for (int part = 0; part < 2; part++) {
        out(p, part ? ", " : "");
        if (part == (int)F(l)) {
            out(p, F(dp) ? "d%u" : "s%u, s%u", m, m + 1);
        } else {
            out_r(p, F(rt));
            out(p, ", ");
            out_r(p, F(rt2));
        }
    }
}

/* An 8-bit immediate: sign, three bits of exponent, four of fraction. */
static void out_float(struct print *p, unsigned i)
{
    int exp = (int)((i >> 4 & 7) ^ 4) - 3;
    out(p, "#%.8f", (i & 0x80 ? -1 : 1) * (16 + (int)(i & 15)) / 16.0 * (exp < 0 ? 1.0 / (1 << -exp) : 1 << exp));
}

static void out_fixed(struct print *p)
{
    unsigned bits = F(sx) ? 32 : 16;
    char fixed[8], real[8];
    snprintf(fixed, sizeof fixed, "%c%u", F(U) ? 'u' : 's', bits);
    snprintf(real, sizeof real, "f%u", 8u << F(sz));
    out(p, "%s.%s ", F(op) ? fixed : real, F(op) ? real : fixed);
    out_v(p, F(sz), "vd", "D");
    out(p, ", ");
    out_v(p, F(sz), "vd", "D");
    out(p, ", #%d", (int)bits - (int)(F(imm4) << 1 | F(imm)));
}

/* vcvt between integers (or fixed point) and numbers of as many bits */
static void out_conversion(struct print *p, unsigned bits)
{
    char integer = F(U) ? 'u' : 's';
    out(p, "vcvt.%c%u.%c%u", F(to) ? integer : 'f', bits, F(to) ? 'f' : integer, bits);
}

static unsigned shift_bits(const struct print *p) { return 8u << (31 - clz32((F(L) << 6 | F(imm)) >> 3)); }

/* VMOV, VMVN, VORR, VBIC of an immediate. */
static void out_vector_immediate(struct print *p)
{
    u32 cmode = F(cmode), op = F(op), imm = F(imm);
    bool logic = cmode < 12 && cmode & 1;
    const char *name = logic ? op ? "vbic" : "vorr" : op && cmode != 14 ? "vmvn" : "vmov";
    out(p, "%s", name);
    if (p->it & 15)
        out_cond(p);
    const char *type = cmode == 15 ? "f32" : cmode == 14 ? op ? "i64" : "i8" : cmode < 8 || cmode > 11 ? "i32" : "i16";
    out(p, ".%s ", type);
    out_n(p, D(vd, D));
    out(p, ", ");
    u64 all = 0;
    for (unsigned i = 0; i < 8; i++)
        all |= imm >> i & 1 ? 0xffull << 8 * i : 0;
    if (cmode == 15)
        out_float(p, imm);
    else if (cmode == 14 && op)
        out(p, "#0x%016llx", (unsigned long long)all);
    else if (cmode >= 12)
        out(p, "#%u", cmode == 14 ? imm : cmode == 13 ? imm << 16 | 0xffff : imm << 8 | 0xff);
    else
        out(p, "#%u", imm << 8 * (cmode < 8 ? cmode >> 1 : cmode >> 1 & 1));
}

/* Of VLD and VST by type: elements of a structure, registers, between two of them. */
static const struct {
    u8 n, registers, step;
} structure_types[16] = {{4, 4, 1}, {4, 4, 2}, {1, 4, 1}, {2, 4, 1}, {3, 3, 1}, {3, 3, 2},
                         {1, 3, 1}, {1, 1, 1}, {2, 2, 1}, {2, 2, 2}, {1, 2, 1}};

static void out_structure_address(struct print *p, unsigned align_bits)
{
    out(p, "[");
    out_r(p, F(rn));
    if (align_bits)
        out(p, ":%u", align_bits);
    out(p, F(rm) == A32_SP ? "]!" : "]");
    if (F(rm) < A32_SP || F(rm) == A32_LR) {
        out(p, ", ");
        out_r(p, F(rm));
    }
}

/* The lane's bits of `index` below the lane number say spacing and alignment. */
static void out_lane_list(struct print *p)
{
    u32 size = F(size), index = F(index);
    char lane[16];
    snprintf(lane, sizeof lane, "[%u]", index >> (size + 1));
    out_vector_list(p, true, D(vd, D), F(n) + 1, size && F(n) && index >> size & 1 ? 2 : 1, lane);
}

static unsigned lane_align(const struct print *p)
{
    u32 size = F(size), low = size == 2 ? F(index) & 3 : F(index) & 1;
    if (!low || F(n) == 2)
        return 0;
    return F(n) == 3 && size == 2 ? 32u << low : 8u * (F(n) + 1) << size;
}

static unsigned all_align(const struct print *p)
{
    if (!F(a) || F(n) == 2)
        return 0;
    return F(n) == 3 && F(size) > 1 ? 64u << (F(size) - 2) : 8u * (F(n) + 1) << F(size);
}

/* --- items ---------------------------------------------------------------------------------------------------------------- */

#define FMT(item, ...)                                                                                                 \
    static void fmt_##item(struct print *p) { __VA_ARGS__; }
#include "print_base.def"
#include "print_vector.def"
#undef FMT

static const struct {
    const char *name;
    void (*print)(struct print *p);
} items[] = {
#define FMT(item, ...) {#item, fmt_##item},
#include "print_base.def"
#include "print_vector.def"
#undef FMT
};

static int find_item(const char *name, size_t len)
{
    for (int i = 0; i < (int)ARRAY_SIZE(items); i++)
        if (strlen(items[i].name) == len && !memcmp(items[i].name, name, len))
            return i;
    return -1;
}

static void print_template(struct print *p)
{
    bool needs_cond = p->it & 15 && !strcmp(p->row->file, "neon"); /* has none in A32 */
    for (const char *t = p->row->template; *t;) {
        if (needs_cond && (*t == '.' || *t == ' ')) {
            out_cond(p);
            needs_cond = false;
        }
        if (*t == '{' && t[1] != ' ') {
            size_t len = strcspn(t + 1, "}");
            int i = find_item(t + 1, len);
            must(i >= 0);
            items[i].print(p);
            t += len + 2;
        } else {
            out(p, "%c", *t++);
        }
    }
}

/* The IT block that this thread is printing, and where its next instruction is. */
static _Thread_local struct {
    u32 pc, state;
} it_block;

static void follow_it(const struct print *p, u32 next_pc)
{
    u32 state = p->it & 7 ? (p->it & 0xe0) | (p->it << 1 & 0x1f) : 0;
    if (p->row && !strcmp(p->row->file, "t16") && !strcmp(p->row->name, "IT"))
        state = F(cond) << 4 | F(mask);
    it_block.pc = next_pc;
    it_block.state = state;
}

unsigned a32_print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    must(text_bytes > 0);
    struct print p = {.text = text, .size = text_bytes, .pc = (u32)pc & ~1u, .thumb = pc & 1};
    text[0] = 0;
    u32 insn;
    unsigned size = a32_fetch(code, bytes, p.thumb, false, &insn);
    if (!size) {
        out(&p, "(short)");
        return (unsigned)bytes;
    }
    if (p.thumb && it_block.pc == p.pc)
        p.it = it_block.state;
    switch (a32_table_of(insn, size, p.thumb, &p.insn)) {
    case A32_TABLE_A32: p.row = a32_find_row(p.insn); break;
    case A32_TABLE_T32: p.row = t32_find_row(p.insn); break;
    case A32_TABLE_T16: p.row = t16_find_row(p.insn); break;
    case A32_TABLE_VFP: p.row = vfp_find_row(p.insn); break;
    }
    if (p.row)
        print_template(&p);
    else if (p.thumb && size == 4)
        out(&p, ".inst.w 0x%08x", insn);
    else
        out(&p, p.thumb ? ".inst.n 0x%04x" : ".inst 0x%08x", insn);
    follow_it(&p, p.pc + size);
    return size;
}

static const char *missing_in(const struct dec_row *rows, u32 count)
{
    for (u32 i = 0; i < count; i++)
        for (const char *t = rows[i].template; (t = strchr(t, '{')); t++)
            if (t[1] != ' ' && find_item(t + 1, strcspn(t + 1, "}")) < 0)
                return t + 1;
    return NULL;
}

const char *a32_print_missing(void)
{
    const char *missing = missing_in(a32_rows, a32_row_count);
    missing = missing ? missing : missing_in(t32_rows, t32_row_count);
    missing = missing ? missing : missing_in(t16_rows, t16_row_count);
    return missing ? missing : missing_in(vfp_rows, vfp_row_count);
}
