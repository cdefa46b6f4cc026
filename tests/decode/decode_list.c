/* Lists encodings of the decode tables with the text that xrun prints for them and the one that capstone prints;
 * check_decode compares these, and them with the assembler and the disassembler of binutils.
 *
 * usage: decode_list rows|near SEED
 *
 *   rows  every row: all combinations of the fields' typical values (which gives every alias), small fields at every
 *         value, random ones. Columns, separated by tabs:
 *         insn, ignored, row, "field=value ...", xrun's text, capstone's text ("-": undefined)
 *   near  words that may well be in no row: a row's encodings with one fixed bit changed, what a row's condition
 *         refuses, all system instructions that EL0 could be allowed, random ones. Columns: insn, row ("-": none)
 *
 * ignored: the bits that the row says do not matter, hexadecimal as the instruction.
 */
#include "base/base.h"
#include "guest/a64/print.h"
#include "guest/dec.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>

enum { PC = 0x100000, SMALL_FIELD = 6, FEW_BITS = 12, RANDOM_PER_ROW = 40, NEAR_PER_BIT = 2, RANDOM_WORDS = 100000 };

static u64 state, seed;
static u32 next_random(void) /* splitmix64 */
{
    u64 z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (u32)(z ^ z >> 31);
}

/* A random encoding that meets the row's condition, if one is found; `fixed` (or NULL) has the value v. */
static bool draw(const struct dec_row *r, const struct dec_field *fixed, u32 v, u32 *insn)
{
    for (int attempt = 0; attempt < 500; attempt++) {
        *insn = r->value | (next_random() & ~r->mask);
        if (fixed)
            *insn = dec_field_set(fixed, *insn, v);
        if (!r->where || r->where(*insn))
            return true;
    }
    return false;
}

static csh capstone;

static void print_fields(const struct dec_row *r, u32 insn)
{
    for (unsigned f = 0; f < r->field_count; f++)
        printf("%s%s=%u", f ? " " : "", r->field[f].name, dec_field_get(&r->field[f], insn));
}

static void print_capstone(const u8 code[4])
{
    cs_insn *theirs;
    size_t n = cs_disasm(capstone, code, 4, PC, 1, &theirs);
    if (n)
        printf("%s %s", theirs->mnemonic, theirs->op_str);
    else
        printf("-");
    cs_free(theirs, n);
}

static unsigned wrong;

static void list_one(const struct dec_row *r, u32 insn)
{
    char text[256];
    u8 code[4] = {(u8)insn, (u8)(insn >> 8), (u8)(insn >> 16), (u8)(insn >> 24)};
    if (a64_find_row(insn) != r) {
        fprintf(stderr, "decode_list: %08x of row %s is found as %s\n", insn, r->name,
                a64_find_row(insn) ? a64_find_row(insn)->name : "nothing");
        wrong++;
    }
    a64_print_insn(PC, code, 4, text, sizeof text);
    printf("%08x\t%08x\t%s\t", insn, r->ignored, r->name);
    print_fields(r, insn);
    printf("\t%s\t", text);
    print_capstone(code);
    printf("\n");
}

/* All combinations of the fields' typical values, from field f on: zeros, ones, and what aliases depend on; in rows
 * with few free bits every value of the small fields. */
static void list_typical(const struct dec_row *r, unsigned f, u32 insn)
{
    static const u8 by_width[7][3] = {[3] = {2, 3}, [6] = {7, 15, 31}}; /* extensions; the last bits of bitfields */
    if (f == r->field_count) {
        if (!r->where || r->where(insn))
            list_one(r, insn);
        return;
    }
    const struct dec_field *field = &r->field[f];
    u32 top = (u32)ones(field->width);
    bool all = field->width <= 4 && __builtin_popcount(~r->mask) <= FEW_BITS;
    for (u32 v = 0; v < top; v = all ? v + 1 : top)
        list_typical(r, f + 1, dec_field_set(field, insn, v));
    for (unsigned i = 0; !all && field->width < 7 && i < 3 && by_width[field->width][i]; i++)
        list_typical(r, f + 1, dec_field_set(field, insn, by_width[field->width][i]));
    list_typical(r, f + 1, dec_field_set(field, insn, top));
}

static void list_row(const struct dec_row *r)
{
    u32 insn;
    list_typical(r, 0, r->value);
    for (unsigned f = 0; f < r->field_count; f++) {
        const struct dec_field *field = &r->field[f];
        u32 top = (u32)ones(field->width);
        for (u32 v = 0; v <= top; v = field->width <= SMALL_FIELD || v == top ? v + 1 : top) {
            if (draw(r, field, v, &insn))
                list_one(r, insn);
            if (v == ~0u)
                break;
        }
    }
    for (int i = 0; i < RANDOM_PER_ROW && draw(r, NULL, 0, &insn); i++)
        list_one(r, insn);
}

static void list_near(u32 insn)
{
    const struct dec_row *r = a64_find_row(insn);
    printf("%08x\t%s\n", insn, r ? r->name : "-");
}

static void list_near_row(const struct dec_row *r)
{
    u32 insn;
    for (unsigned bit = 0; bit < 32; bit++)
        for (int k = 0; k < NEAR_PER_BIT; k++)
            if (r->mask >> bit & 1 && draw(r, NULL, 0, &insn))
                list_near(insn ^ 1u << bit);
    for (int k = 0; r->where && k < RANDOM_PER_ROW; k++) /* what the condition refuses */
        list_near(r->value | (next_random() & ~r->mask));
}

/* System instructions and registers with op1 = 3, the only ones for EL0 besides the ID registers (op1 = 0, CRn = 0). */
static void list_system(void)
{
    for (u32 i = 0; i < 1u << 14; i++) { /* L op0:2 CRn:4 CRm:4 op2:3 */
        u32 fixed = 0xd5000000 | i >> 11 << 19 | (i & 0x7ff) << 5;
        list_near(fixed | 3 << 16 | 31);
        list_near(fixed | 3 << 16 | (next_random() & 31));
        if (!(i >> 7 & 15))
            list_near(fixed | (next_random() & 31));
    }
}

/* Half of the words are outside the parts that are reserved or SVE's as a whole. */
static void list_random(void)
{
    for (int i = 0; i < RANDOM_WORDS; i++) {
        u32 insn = next_random();
        while (i % 2 && (insn >> 25 & 15) < 4)
            insn = next_random();
        list_near(insn);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: decode_list rows|near SEED\n");
        return 2;
    }
    if (cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &capstone) != CS_ERR_OK) {
        fprintf(stderr, "decode_list: capstone does not know AArch64\n");
        return 1;
    }
    seed = strtoull(argv[2], NULL, 0);
    bool rows = !strcmp(argv[1], "rows");
    for (u32 i = 0; i < a64_row_count; i++) {
        state = seed ^ a64_rows[i].value; /* what is drawn for a row does not depend on the other rows */
        rows ? list_row(&a64_rows[i]) : list_near_row(&a64_rows[i]);
    }
    if (!rows) {
        state = seed;
        list_system();
        list_random();
    }
    cs_close(&capstone);
    return wrong != 0;
}
