/* Random cases of 32-bit ARM instructions. See a32_cases.h. */
#include "tests/fuzz/a32_cases.h"
#include "tests/fuzz/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REG_OFFSET = 8, REG_ODD = 9, REG_BASE = 10 };

struct a32_draw a32_draw = {.pattern = "", .length = 2};

/* --- states ----------------------------------------------------------------------------------------------------------- */

static u32 integer(void)
{
    static const u32 interesting[] = {0, 1, 2, ~0u, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0x7fff8000, 0x80007fff, 0x80808080, 32, 33, 31};
    switch (below(4)) {
    case 0: return interesting[below(ARRAY_SIZE(interesting))];
    case 1: return 1u << below(32);
    case 2: return (u32)next_random() >> below(32);
    default: return (u32)next_random();
    }
}

u64 a32_draw_doubleword(void)
{
    switch (below(8)) {
    case 0:
    case 1: return draw_floating(5, 10) | draw_floating(5, 10) << 16 | draw_floating(5, 10) << 32 | draw_floating(5, 10) << 48;
    case 2:
    case 3:
    case 4: return draw_floating(8, 23) | draw_floating(8, 23) << 32;
    case 5:
    case 6: return draw_floating(11, 52);
    default: return integer() | (u64)integer() << 32;
    }
}

void a32_draw_state(u8 *record)
{
    u32 r[18];
    for (unsigned i = 0; i < 15; i++)
        r[i] = integer();
    r[REG_OFFSET] = chance(50) ? below(16) * 4 : -(below(16) * 4);
    r[REG_ODD] = SCRATCH_MIDDLE + below(8);
    r[REG_BASE] = SCRATCH_MIDDLE;
    r[13] = SCRATCH_MIDDLE + 4 * below(4);
    r[15] = (u32)next_random() & 0xf80f0000;
    r[16] = 0;
    if (chance(50))
        r[16] = (u32)next_random() & (0x07c0009f | 0xf8000000 | 1 << 19);
    if (a32_draw.short_vectors)
        r[16] &= ~(1u << 26 | 1 << 19); /* AHP and FZ16: not every processor that has short vectors has half precision */
    if (a32_draw.short_vectors && chance(80))
        r[16] |= below(8) << 16; /* not STRIDE: qemu takes 3, which is 2 registers, for 4 */
    r[17] = 0;
    memcpy(record, r, sizeof r);
    for (unsigned i = 0; i < 32; i++) {
        u64 v = a32_draw_doubleword();
        memcpy(record + 72 + 8 * i, &v, 8);
    }
}

/* --- instructions ----------------------------------------------------------------------------------------------------- */

static bool named_in(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *p = list; p && (p = strstr(p, name)); p += len)
        if ((p == list || p[-1] == '\n') && (p[len] == ' ' || p[len] == '\n'))
            return true;
    return false;
}

static bool wanted(const struct dec_row *r)
{
    if (named_in(a32_draw.excluded, r->name))
        return false;
    char copy[256], *save = NULL;
    snprintf(copy, sizeof copy, "%s", a32_draw.pattern);
    if (!*copy)
        return true;
    for (char *t = strtok_r(copy, ",", &save); t; t = strtok_r(NULL, ",", &save))
        if (strstr(r->name, t) || !strcmp(r->file, t))
            return true;
    return false;
}

static const struct dec_row *chosen[2048];
static u32 chosen_count;

u32 a32_draw_choose(void)
{
    for (u32 i = 0; i < *a32_draw.set->count; i++)
        if (wanted(&a32_draw.set->rows[i]))
            chosen[chosen_count++] = &a32_draw.set->rows[i];
    return chosen_count;
}

static bool is_register(const struct dec_field *f)
{
    static const char *const names[] = {"rn", "rd", "rm", "rt", "rt2", "rs", "ra", "hi", "lo"};
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
        if (!strcmp(names[i], f->name))
            return f->width >= 3;
    return false;
}

static bool is_memory(const struct dec_row *r) { return strchr(r->template, '[') || strstr(r->template, "addr") || strstr(r->template, "list"); }

/* Registers that addresses are made of, which no result goes to: later instructions of a case use them again. */
enum { ADDRESS_REGISTERS = 1 << REG_OFFSET | 1 << REG_ODD | 1 << REG_BASE | 1 << 13 };

static u32 draw_register(const struct dec_row *r, const char *name)
{
    bool base = is_memory(r) && !strcmp(name, "rn"), index = is_memory(r) && !strcmp(name, "rm"), result = strchr("dthl", name[0] == 'r' ? name[1] : name[0]);
    if (base)
        return chance(85) ? REG_BASE : chance(70) ? 13 : REG_ODD;
    if (index)
        return REG_OFFSET;
    u32 n = below(15);
    while (result && ADDRESS_REGISTERS >> n & 1)
        n = below(15);
    return n;
}

static u32 draw_field(const struct dec_row *r, const struct dec_field *f)
{
    if (!strcmp(f->name, "cond") && f->width == 4)
        return chance(70) ? 14 : below(14);
    if (is_register(f) && f->width == 4)
        return draw_register(r, f->name);
    u32 v = (u32)(next_random() & ones(f->width));
    if (chance(25))
        v = chance(50) ? 0 : (u32)ones(f->width);
    if (is_memory(r) && f->width >= 7 && strcmp(f->name, "list") && chance(90))
        v &= 63;
    if (!strcmp(f->name, "list") && f->width == 16)
        v &= r->name[0] == 'L' ? 0x7fff & ~ADDRESS_REGISTERS : 0x7fff;
    return v;
}

static u32 draw_row(const struct dec_row *r)
{
    for (;;) {
        u32 insn = r->value;
        for (unsigned f = 0; f < r->field_count; f++)
            insn = dec_field_set(&r->field[f], insn, draw_field(r, &r->field[f]));
        /* bits that processors ignore: as they should be, ones where the manual has (1) is not told, so zeros and ones */
        if (!r->where || r->where(insn))
            return insn;
    }
}

static const u32 NO_FIELD = ~0u; /* as a value; no field has all bits */
static u32 get(const struct dec_row *r, u32 insn, const char *name)
{
    for (unsigned f = 0; f < r->field_count; f++)
        if (!strcmp(r->field[f].name, name))
            return dec_field_get(&r->field[f], insn);
    return NO_FIELD;
}

/* What is unpredictable, as far as the rows' conditions do not say it: true if the instruction will do.
 * Lists of Advanced SIMD loads and stores that end beyond the last register; permutations of a register with itself. */
static bool vector_predictable(const struct dec_row *r, u32 insn)
{
    static const u8 spans[16] = {4, 7, 4, 4, 3, 5, 3, 1, 2, 3, 2};
    u32 vd = get(r, insn, "D") << 4 | get(r, insn, "vd"), n = get(r, insn, "n") + 1;
    if (!strcmp(r->name, "VLDST"))
        return vd + spans[get(r, insn, "type")] <= 32;
    if (!strcmp(r->name, "VLDST_lane") || !strcmp(r->name, "VLD_all"))
        return vd + (n == 1 ? 2 : 2 * n - 1) <= 32;
    if (!strcmp(r->name, "VTRN") || !strcmp(r->name, "VUZP") || !strcmp(r->name, "VZIP"))
        return vd != (get(r, insn, "M") << 4 | get(r, insn, "vm"));
    return strcmp(r->name, "VMOV_2") || !get(r, insn, "l") || get(r, insn, "rt") != get(r, insn, "rt2");
}

/* What qemu-user has wrong where there are short vectors: operations with two operands of double precision take the source's
 * registers for the destination's, and every processor has the half precision forms of VLDR and VSTR. */
static bool wrong_in_qemu(const struct dec_row *r, u32 insn)
{
    static const char *const two[] = {"VMOV", "VABS", "VNEG", "VSQRT"};
    u32 sz = get(r, insn, "sz");
    bool named = false;
    for (unsigned i = 0; i < ARRAY_SIZE(two); i++)
        named |= !strcmp(r->name, two[i]);
    return (named && sz == 3) || ((!strcmp(r->name, "VLDR") || !strcmp(r->name, "VSTR")) && sz == 1);
}

static bool predictable(const struct dec_row *r, u32 insn)
{
    if (!vector_predictable(r, insn) || (a32_draw.short_vectors && wrong_in_qemu(r, insn)))
        return false;
    u32 rn = get(r, insn, "rn"), rt = get(r, insn, "rt"), rt2 = get(r, insn, "rt2"), rd = get(r, insn, "rd"),
        rm = get(r, insn, "rm"), w = get(r, insn, "w"), p = get(r, insn, "p"), hi = get(r, insn, "hi"),
        lo = get(r, insn, "lo"), list = get(r, insn, "list");
    u32 fraction = get(r, insn, "imm4") * 2 + get(r, insn, "imm");
    if (!strcmp(r->name, "VCVT_fixed") && fraction > (get(r, insn, "sx") ? 32 : 16))
        return false;
    if (!strcmp(r->name, "VMOV_2") && !get(r, insn, "dp") && get(r, insn, "vm") * 2 + get(r, insn, "M") == 31)
        return false;
    bool load = !strncmp(r->name, "LD", 2), store = !strncmp(r->name, "ST", 2);
    bool doubled = !strncmp(r->name, "LDRD", 4) || !strncmp(r->name, "STRD", 4);
    bool backs = w == 1 || p == 0 || strstr(r->name, "T_");
    if (hi != NO_FIELD && hi == lo)
        return false;
    if (is_memory(r) && rm == 13 && r->file[0] != 'n')
        return false;
    if (is_memory(r) && list == NO_FIELD && (load || store) && backs && (rn == rt || rn == 15 || (doubled && (rn == rt + 1 || rn == rt2))))
        return false;
    if (is_memory(r) && list == NO_FIELD && backs && (rm == rn || (get(r, insn, "type") < 4 && get(r, insn, "imm"))))
        return false;
    if (doubled && rt2 == NO_FIELD && (rm == rt || rm == rt + 1) && load)
        return false;
    if (doubled && rt2 == rt)
        return false;
    if (list != NO_FIELD && rn < 16 && (list >> rn & 1))
        return false;
    if (list != NO_FIELD && r->file[0] == 't' && (list >> 13 & 1 || list >> 15))
        return false;
    if (list != NO_FIELD && r->file[0] == 't' && r->file[1] == '3' && __builtin_popcount(list) < 2)
        return false;
    if ((strstr(r->name, "EX") && (rd == rn || rd == rt || rd == rt2 || (strstr(r->name, "EXD") && rd == rt + 1))) || (strstr(r->name, "EXD") && rt == 14))
        return false;
    if (doubled && rt2 == NO_FIELD && rt == 14)
        return false;
    if (strstr(r->name, "EXD") && load && rt == rt2)
        return false;
    if (!strncmp(r->name, "SWP", 3) && (rn == rt || rn == rm))
        return false;
    if (r->file[0] == 't' && r->file[1] == '3' && (rd == 13 || rm == 13 || get(r, insn, "ra") == 13 || (rn == 13 && !is_memory(r) && strcmp(r->name, "ADDW") && strcmp(r->name, "SUBW")) || rt == 13 || rt2 == 13 || hi == 13 || lo == 13))
        return false;
    return true;
}

static bool is_store_exclusive(const struct dec_row *r) { return strstr(r->name, "STREX") || strstr(r->name, "STLEX"); }

void a32_draw_case(struct a32_case *c)
{
    c->state = below(STATES);
    c->count = 0;
    while (c->count < a32_draw.length) {
        const struct dec_row *r = chosen[below(chosen_count)];
        u32 insn = 0;
        int tries = 0;
        do
            insn = draw_row(r);
        while (!predictable(r, insn) && tries++ < 100);
        if (tries >= 100 || is_store_exclusive(r))
            continue;
        c->row[c->count] = r;
        c->bytes[c->count] = a32_draw.set->thumb && r->file[1] == '1' ? 2 : 4;
        c->insn[c->count++] = insn;
    }
}

/* T32's encoding of a VFP or Advanced SIMD instruction. */
static u32 to_thumb(u32 insn)
{
    if (insn >> 25 == 0x79)
        return 0xef000000 | (insn >> 24 & 1) << 28 | (insn & 0xffffff);
    if (insn >> 24 == 0xf4)
        return 0xf9000000 | (insn & 0xffffff);
    return insn >> 28 == 15 ? insn : (insn & 0x0fffffff) | 0xe0000000;
}

u32 a32_case_words(void) { return 2 + a32_draw.length + 8; }

void a32_case_encode(const struct a32_case *c, u32 *word)
{
    memset(word, 0, a32_case_words() * 4);
    word[0] = c->state;
    bool thumb = a32_draw.set->thumb || a32_draw.thumb_vfp;
    word[1] = thumb;
    u16 *h = (u16 *)(word + 2);
    unsigned n = 0;
    u32 *tail;
    if (thumb) {
        draw_seed(c->insn[0] ^ (u64)c->state << 32);
        if (chance(40) && a32_draw.length <= 4) { /* all of the case in an IT block */
            u32 cond = below(14), mask = 0;
            for (u32 i = 0; i < a32_draw.length - 1; i++)
                mask = mask << 1 | ((cond & 1) ^ (i > 0 ? below(2) : below(2)));
            mask = (mask << 1 | 1) << (4 - a32_draw.length);
            h[n++] = (u16)(0xbf00 | cond << 4 | mask);
        }
        for (u32 i = 0; i < c->count; i++) {
            u32 insn = a32_draw.thumb_vfp ? to_thumb(c->insn[i]) : c->insn[i];
            if (c->bytes[i] == 4)
                h[n++] = (u16)(insn >> 16);
            h[n++] = (u16)insn;
        }
        if (n & 1)
            h[n++] = 0xbf00;
        h[n++] = 0x4778; /* bx pc */
        h[n++] = 0xbf00;
        tail = word + 2 + n / 2;
    } else {
        memcpy(word + 2, c->insn, c->count * 4);
        tail = word + 2 + c->count;
    }
    tail[0] = 0xf1010000; /* setend le */
    tail[1] = 0xe51ff004; /* ldr pc, [pc, #-4] */
    tail[2] = TEXT_AT;
}
