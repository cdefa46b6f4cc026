/* Lists encodings of the decode tables with the text that xrun prints for them and the one that capstone prints;
 * check_decode compares these, and them with the assembler and the disassembler of binutils.
 *
 * usage: decode_list a64|a32|t32 rows|near SEED
 *
 *   rows  every row: all combinations of the fields' typical values (which gives every alias), small fields at every
 *         value, random ones. Columns, separated by tabs:
 *         insn, ignored, row, "field=value ...", defined, xrun's text, capstone's text ("-": undefined)
 *   near  words that may well be in no row: a row's encodings with one fixed bit changed, what a row's condition
 *         refuses, all system instructions that EL0 could be allowed, all T16 ones, random ones. Columns: insn, row ("-": none)
 *
 * ignored: the bits that the row says do not matter, hexadecimal as the instruction. t32: all of Thumb; an instruction of 16
 * bits has four digits. The n-th instruction of `rows` is printed as it is at PC + STRIDE * n. defined: 0 where 32-bit ARM's
 * lift function refuses what the row's condition does not.
 */
#include "base/base.h"
#include "guest/a32/encoding.h"
#include "guest/a32/print.h"
#include "guest/a64/print.h"
#include "guest/dec.h"
#include "guest/guest.h"
#include "state/a32_state.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>

enum { PC = 0x100000, STRIDE = 16, SMALL_FIELD = 6, FEW_BITS = 12, RANDOM_PER_ROW = 40, NEAR_PER_BIT = 2, RANDOM_WORDS = 100000 };

static u64 state, seed;
static u32 next_random(void) /* splitmix64 */
{
    u64 z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (u32)(z ^ z >> 31);
}

/* --- instruction sets ---------------------------------------------------------------------------------------------- */

static enum isa { A64, A32, T32 } isa;
static csh capstone;

static u32 bytes_of(const struct dec_row *r) { return isa == T32 && !strcmp(r->file, "t16") ? 2 : 4; }

/* The row that a word leads to, as a processor decodes it. */
static const struct dec_row *find(u32 word, unsigned bytes)
{
    u32 as;
    if (isa == A64)
        return a64_find_row(word);
    switch (a32_table_of(word, bytes, isa == T32, &as)) {
    case A32_TABLE_A32: return a32_find_row(as);
    case A32_TABLE_T32: return t32_find_row(as);
    case A32_TABLE_T16: return t16_find_row(as);
    case A32_TABLE_VFP: return vfp_find_row(as);
    }
    return NULL;
}

static bool is_vector(const struct dec_row *r) { return !strcmp(r->file, "vfp") || !strcmp(r->file, "neon"); }

/* A row's encoding as a word of the instruction set: Thumb has those of A32's vector tables at other places. */
static u32 word_of(const struct dec_row *r, u32 insn)
{
    return isa == T32 && is_vector(r) ? a32_vector_to_t32(insn) : bytes_of(r) == 2 ? insn & 0xffff : insn;
}

static bool is_conditional(const struct dec_row *r)
{
    return isa != A64 && r->field_count && !strcmp(r->field[0].name, "cond") && r->field[0].part[0].shift == 28;
}

/* A condition of 15 belongs to other rows; Thumb encodes none but 14. */
static bool matches(const struct dec_row *r, u32 insn)
{
    if (is_conditional(r) && (insn >> 28 == 15 || (isa == T32 && insn >> 28 != 14)))
        return false;
    return !r->where || r->where(insn);
}

static void in_memory(u32 word, unsigned bytes, u8 code[4])
{
    if (isa == T32 && bytes == 4)
        word = word << 16 | word >> 16;
    for (int i = 0; i < 4; i++)
        code[i] = (u8)(word >> 8 * i);
}

/* Whether 32-bit ARM's lift function takes it, on a processor that has everything. */
static bool defined(const u8 code[4], unsigned bytes)
{
    static struct ir_build build;
    static struct ir_fn fn;
    struct cpu_common cpu = {.mode = isa == T32 ? A32_MODE_T : 0};
    if (isa == A64)
        return true;
    build.cpu = &cpu;
    guest_a32.lift(&build, &fn, PC, code, bytes, 1, false);
    for (u32 i = 0; i < fn.count; i++)
        if (fn.ops[i].op == IR_OP_exit_trap && fn.ops[i].sub == TRAP_UNDEFINED)
            return false;
    return true;
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */

/* A random encoding that meets the row's condition, if one is found; `fixed` (or NULL) has the value v. */
static bool draw(const struct dec_row *r, const struct dec_field *fixed, u32 v, u32 *insn)
{
    for (int attempt = 0; attempt < 500; attempt++) {
        *insn = r->value | (next_random() & ~r->mask);
        if (fixed)
            *insn = dec_field_set(fixed, *insn, v);
        if (isa == T32 && is_conditional(r))
            *insn = (*insn & 0x0fffffff) | 0xe0000000;
        if (matches(r, *insn))
            return true;
    }
    return false;
}

static void print_fields(const struct dec_row *r, u32 insn)
{
    for (unsigned f = 0; f < r->field_count; f++)
        printf("%s%s=%u", f ? " " : "", r->field[f].name, dec_field_get(&r->field[f], insn));
}

static void print_capstone(const u8 code[4], unsigned bytes, u64 pc)
{
    cs_insn *theirs;
    size_t n = cs_disasm(capstone, code, bytes, pc, 1, &theirs);
    if (n)
        printf("%s %s", theirs->mnemonic, theirs->op_str);
    else
        printf("-");
    cs_free(theirs, n);
}

static unsigned wrong, listed;

static void list_one(const struct dec_row *r, u32 insn)
{
    char text[256];
    u8 code[4];
    unsigned bytes = bytes_of(r);
    u32 word = word_of(r, insn);
    u64 pc = PC + (u64)STRIDE * listed++;
    in_memory(word, bytes, code);
    const struct dec_row *found = find(word, bytes);
    if (found != r) {
        fprintf(stderr, "decode_list: %08x of row %s is found as %s\n", word, r->name, found ? found->name : "nothing");
        wrong++;
    }
    if (isa == A64)
        a64_print_insn(pc, code, bytes, text, sizeof text);
    else
        a32_print_insn(pc | (isa == T32), code, bytes, text, sizeof text);
    printf("%0*x\t%08x\t", (int)bytes * 2, word, r->ignored);
    printf(isa == A64 ? "%.0s%s\t" : "%s.%s\t", r->file, r->name);
    print_fields(r, insn);
    printf("\t%d\t%s\t", defined(code, bytes), text);
    print_capstone(code, bytes, pc);
    printf("\n");
}

/* All combinations of the fields' typical values, from field f on: zeros, ones, and what aliases depend on; in rows
 * with few free bits every value of the small fields. */
static void list_typical(const struct dec_row *r, unsigned f, u32 insn)
{
    static const u8 by_width[7][3] = {[3] = {2, 3}, [6] = {7, 15, 31}}; /* extensions; the last bits of bitfields */
    if (f == r->field_count) {
        if (matches(r, insn))
            list_one(r, insn);
        return;
    }
    const struct dec_field *field = &r->field[f];
    u32 top = (u32)ones(field->width);
    bool all = field->width <= 4 && __builtin_popcount(~r->mask & (bytes_of(r) == 2 ? 0xffff : ~0u)) <= (is_conditional(r) ? FEW_BITS - 4 : FEW_BITS);
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

static void list_near(u32 word, unsigned bytes)
{
    u8 code[4];
    if (isa == T32 && (bytes == 4 ? word >> 16 : word ^ 0xffff) < (bytes == 4 ? 0xe800 : 0x1800))
        return; /* a changed bit has made it an instruction of the other length */
    const struct dec_row *r = find(word, bytes);
    in_memory(word, bytes, code);
    if (r && !defined(code, bytes))
        return;
    printf("%0*x\t%s\n", (int)bytes * 2, word, r ? r->name : "-");
}

static void list_near_row(const struct dec_row *r)
{
    u32 insn;
    for (unsigned bit = 0; bit < 32; bit++)
        for (int k = 0; k < NEAR_PER_BIT; k++)
            if (r->mask >> bit & 1 && draw(r, NULL, 0, &insn))
                list_near(word_of(r, insn) ^ 1u << bit, bytes_of(r));
    for (int k = 0; r->where && k < RANDOM_PER_ROW; k++) /* what the condition refuses */
        list_near(word_of(r, r->value | (next_random() & ~r->mask)), bytes_of(r));
}

/* System instructions and registers with op1 = 3, the only ones for EL0 besides the ID registers (op1 = 0, CRn = 0). */
static void list_system(void)
{
    for (u32 i = 0; i < 1u << 14; i++) { /* L op0:2 CRn:4 CRm:4 op2:3 */
        u32 fixed = 0xd5000000 | i >> 11 << 19 | (i & 0x7ff) << 5;
        list_near(fixed | 3 << 16 | 31, 4);
        list_near(fixed | 3 << 16 | (next_random() & 31), 4);
        if (!(i >> 7 & 15))
            list_near(fixed | (next_random() & 31), 4);
    }
}

/* Half of the words are outside the parts that are reserved or SVE's as a whole. */
static void list_random(void)
{
    for (int i = 0; i < RANDOM_WORDS; i++) {
        u32 insn = next_random();
        while (i % 2 && isa == A64 && (insn >> 25 & 15) < 4)
            insn = next_random();
        if (isa == T32 && insn >> 27 < 0x1d)
            insn |= 0xe8000000;
        list_near(insn, 4);
    }
    for (u32 insn = 0; isa == T32 && insn < 0xe800; insn++)
        list_near(insn, 2);
}

static void list_table(const struct dec_row *rows, u32 count, bool near)
{
    for (u32 i = 0; i < count; i++) {
        state = seed ^ rows[i].value; /* what is drawn for a row does not depend on the other rows */
        near ? list_near_row(&rows[i]) : list_row(&rows[i]);
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"a64", "a32", "t32"};
    for (isa = A64; argc == 4 && isa <= T32 && strcmp(argv[1], names[isa]);)
        isa++;
    if (argc != 4 || isa > T32) {
        fprintf(stderr, "usage: decode_list a64|a32|t32 rows|near SEED\n");
        return 2;
    }
    cs_mode mode = isa == A64 ? CS_MODE_LITTLE_ENDIAN : CS_MODE_V8 | (isa == T32 ? CS_MODE_THUMB : CS_MODE_ARM);
    if (cs_open(isa == A64 ? CS_ARCH_ARM64 : CS_ARCH_ARM, mode, &capstone) != CS_ERR_OK) {
        fprintf(stderr, "decode_list: capstone does not know the processor\n");
        return 1;
    }
    bool near = !strcmp(argv[2], "near");
    seed = strtoull(argv[3], NULL, 0);
    switch (isa) {
    case A64: list_table(a64_rows, a64_row_count, near); break;
    case A32: list_table(a32_rows, a32_row_count, near); break;
    case T32:
        list_table(t16_rows, t16_row_count, near);
        list_table(t32_rows, t32_row_count, near);
        break;
    }
    if (isa != A64)
        list_table(vfp_rows, vfp_row_count, near);
    if (near) {
        state = seed;
        if (isa == A64)
            list_system();
        list_random();
    }
    cs_close(&capstone);
    return wrong != 0;
}
