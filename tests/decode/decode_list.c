/* Lists encodings of the decode tables with the text that xrun prints for them; check_decode compares them with the
 * assembler and the disassembler of binutils.
 *
 * usage: decode_list rows|near SEED
 *
 *   rows  every row: each field at its extremes, small fields at every value, random ones: "insn ignored row text"
 *   near  words that differ from a row's encodings in one fixed bit, and random words: "insn row", row "-" where none matches
 *
 * ignored: the bits that the row says do not matter, hexadecimal as the instruction.
 */
#include "base/base.h"
#include "guest/a64/print.h"
#include "guest/dec.h"

#include <stdio.h>
#include <stdlib.h>

enum { PC = 0x100000, SMALL_FIELD = 6, RANDOM_PER_ROW = 40, NEAR_PER_BIT = 2, RANDOM_WORDS = 60000 };

static u64 state;
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
    printf("%08x %08x %s %s\n", insn, r->ignored, r->name, text);
}

static void list_row(const struct dec_row *r)
{
    u32 insn;
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
    printf("%08x %s\n", insn, r ? r->name : "-");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: decode_list rows|near SEED\n");
        return 2;
    }
    state = strtoull(argv[2], NULL, 0);
    bool rows = !strcmp(argv[1], "rows");
    for (u32 i = 0; i < a64_row_count; i++) {
        const struct dec_row *r = &a64_rows[i];
        u32 insn;
        if (rows) {
            list_row(r);
            continue;
        }
        for (unsigned bit = 0; bit < 32; bit++)
            for (int k = 0; k < NEAR_PER_BIT; k++)
                if (r->mask >> bit & 1 && draw(r, NULL, 0, &insn))
                    list_near(insn ^ 1u << bit);
        for (int k = 0; r->where && k < RANDOM_PER_ROW; k++) /* what the condition refuses */
            list_near(r->value | (next_random() & ~r->mask));
    }
    for (int i = 0; !rows && i < RANDOM_WORDS; i++)
        list_near(next_random());
    return wrong != 0;
}
