/* Draws random instructions from the decode tables for the differential fuzzer (tools/fuzz-insn drives it).
 *
 * usage: insn_gen SEED COUNT LENGTH FIRST KEEP PATTERN EXCLUDE_FILE OUT_DIR
 *
 *   SEED     everything follows from it
 *   COUNT    cases to write, LENGTH instructions in each
 *   FIRST    number of the first case: a case's contents depend on SEED and its number only
 *   KEEP     instructions to keep of each case (the rest become NOP); LENGTH for all
 *   PATTERN  rows whose name or table contains this text ("" for all)
 *   EXCLUDE_FILE  names of rows that are not drawn, one a line; the rest of the line is the reason
 *
 * Writes OUT_DIR/cases, OUT_DIR/states, OUT_DIR/pattern (see insn_runtime.S) and prints, for each case, the rows drawn and
 * the instructions when COUNT is 1, or the number of rows drawn from otherwise.
 */
#include "base/base.h"
#include "guest/dec.h"
#include "tests/fuzz/draw.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATES = 512, RECORD_BYTES = 800, SCRATCH_BYTES = 512, MAX_LENGTH = 16, NOP = 0xd503201f };
enum { REG_LENGTH = 25, REG_OFFSET = 26, REG_BASE = 27, REG_RECORD = 28, REG_LINK = 30 };

/* --- operands --------------------------------------------------------------------------------------------------- */

static u64 integer(void)
{
    static const u64 interesting[] = {0, 1, 2, ~0ull, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
                                      0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff80000000, 0xffffffff7fffffff};
    switch (below(4)) {
    case 0:
        return interesting[below(ARRAY_SIZE(interesting))];
    case 1:
        return 1ull << below(64);
    case 2:
        return next_random() >> below(64);
    }
    return next_random();
}

static void vector(u8 *to)
{
    u64 d[2] = {0, 0};
    unsigned kind = below(8), width = kind < 2 ? 16 : kind < 4 ? 32 : 64;
    for (unsigned at = 0; at < 128; at += width) {
        u64 v = kind == 6 ? integer() : kind == 7 ? next_random()
                : width == 16     ? draw_floating(5, 10)
                : width == 32     ? draw_floating(8, 23)
                                  : draw_floating(11, 52);
        d[at / 64] |= (v & ones(width)) << at % 64;
    }
    memcpy(to, d, 16);
}

static void put64(u8 *record, unsigned at, u64 v) { memcpy(record + at, &v, 8); }

/* An integer that is no address of the emulators' own memory: qemu lets a guest reach that, with any result. */
static u64 register_value(void)
{
    u64 v = integer(), address = v & ones(56);
    return address >> 40 && !(address >> 47) ? v | 1ull << 50 : v;
}

static void state(u8 *record, u64 scratch)
{
    memset(record, 0, RECORD_BYTES);
    for (unsigned n = 0; n < 31; n++)
        put64(record, n * 8, register_value());
    put64(record, REG_LENGTH * 8, below(64));
    put64(record, REG_OFFSET * 8, (u64)(i64)((i32)below(128) - 64));
    put64(record, REG_BASE * 8, scratch + (chance(80) ? 0 : below(16)));
    put64(record, 248, scratch);
    put64(record, 256, next_random() & 0xf0000000);
    u64 fpcr = 0;
    if (chance(60))
        fpcr = (u64)below(4) << 22 | (chance(25) ? 1 << 24 : 0) | (chance(25) ? 1 << 25 : 0) | (chance(20) ? 1 << 26 : 0) |
               (chance(20) ? 1 << 19 : 0);
    put64(record, 264, fpcr);
    put64(record, 272, chance(80) ? 0 : next_random() & 0x0800009f);
    for (unsigned n = 0; n < 32; n++)
        vector(record + 288 + n * 16);
}

/* --- instructions --------------------------------------------------------------------------------------------------- */

static const struct dec_row **chosen;
static u32 chosen_count;

static bool excluded(const char *file, const char *row)
{
    FILE *f = fopen(file, "r");
    char line[512];
    bool found = false;
    if (!f) {
        fprintf(stderr, "insn_gen: %s cannot be read\n", file);
        exit(2);
    }
    while (!found && fgets(line, sizeof line, f)) {
        size_t n = strcspn(line, " \t\n");
        found = n && line[0] != '#' && strlen(row) == n && !memcmp(line, row, n);
    }
    fclose(f);
    return found;
}

static void choose_rows(const char *pattern, const char *exclude_file)
{
    chosen = calloc(a64_row_count, sizeof *chosen);
    must(chosen != NULL);
    for (u32 i = 0; i < a64_row_count; i++)
        if ((strstr(a64_rows[i].name, pattern) || strstr(a64_rows[i].file, pattern)) && !excluded(exclude_file, a64_rows[i].name))
            chosen[chosen_count++] = &a64_rows[i];
    if (!chosen_count) {
        fprintf(stderr, "insn_gen: no row matches '%s'\n", pattern);
        exit(2);
    }
}

static bool is_memory(const struct dec_row *r)
{
    return !strncmp(r->file, "ldst", 4) || !strcmp(r->file, "atomic") || !strcmp(r->file, "mops");
}
/* A field that names a general or vector register: r and one more letter, or rt2. */
static bool is_register(const struct dec_field *f) { return f->name[0] == 'r' && f->width == 5; }

static u32 draw_register(void)
{
    u32 n = below(32);
    return n == REG_RECORD || (n >= REG_LENGTH && n <= REG_LINK && chance(70)) ? below(8) : n;
}

static u32 draw_field(const struct dec_row *r, const struct dec_field *f)
{
    if (is_register(f)) {
        if (is_memory(r) && !strcmp(f->name, "rn"))
            return chance(95) ? (chance(70) ? REG_BASE : 31) : draw_register();
        if (is_memory(r) && !strcmp(f->name, "rm") && chance(70))
            return REG_OFFSET;
        return draw_register();
    }
    u32 v = (u32)(next_random() & ones(f->width));
    if (chance(25))
        v = chance(50) ? 0 : (u32)ones(f->width);
    if (is_memory(r) && f->width >= 7 && chance(80)) /* stay near the scratch area */
        v = chance(50) ? v & 15 : (u32)(ones(f->width) & ~15ull) | (v & 15);
    return v;
}

/* True if the instruction could write x28. */
static bool touches_record(const struct dec_row *r, u32 insn)
{
    for (unsigned f = 0; f < r->field_count; f++)
        if (is_register(&r->field[f]) && dec_field_get(&r->field[f], insn) == REG_RECORD)
            return true;
    /* pairs (CASP, LDXP of consecutive registers) and structure lists run on from rt */
    for (unsigned f = 0; f < r->field_count; f++)
        if (!strcmp(r->file, "atomic") && is_register(&r->field[f]) && dec_field_get(&r->field[f], insn) == REG_RECORD - 1)
            return true;
    return false;
}

static bool names_sp(const struct dec_row *r, const char *name, u32 insn)
{
    for (unsigned f = 0; f < r->field_count; f++)
        if (!strcmp(r->field[f].name, name) && dec_field_get(&r->field[f], insn) == 31)
            return true;
    return false;
}

/* Linux has accesses with a misaligned SP trapped (SIGBUS), qemu does not: after an instruction of the case that may have
 * misaligned SP, no access goes through it. */
static bool through_sp(const struct dec_row *r, u32 insn) { return is_memory(r) && names_sp(r, "rn", insn); }
static bool may_misalign_sp(const struct dec_row *r, u32 insn)
{
    bool writes_back = strstr(r->template, "]!") || strstr(r->template, "],");
    return (strstr(r->template, "{rd_sp}") && names_sp(r, "rd", insn)) || (through_sp(r, insn) && writes_back);
}

/* What the instructions of a case so far mean for the next. */
struct so_far {
    bool sp_misaligned;
    u32 monitor; /* bytes of the last load-exclusive, 0: none */
};

/* Bytes of an exclusive access, 0: not one. */
static u32 exclusive_bytes(const struct dec_row *r, u32 insn)
{
    if (!strcmp(r->name, "LDXR") || !strcmp(r->name, "STXR"))
        return 1u << (insn >> 30);
    if (!strcmp(r->name, "LDXP") || !strcmp(r->name, "STXP"))
        return insn >> 30 & 1 ? 16 : 8;
    return 0;
}

/* A store-exclusive of another size than the load may do as it likes; qemu stores and says that it did not. An open monitor
 * is address -1 in qemu, which a store to that address finds. */
static bool acceptable(const struct so_far *s, const struct dec_row *r, u32 insn)
{
    if (s->sp_misaligned && through_sp(r, insn))
        return false;
    u32 bytes = exclusive_bytes(r, insn), base = insn >> 5 & 31;
    if (!bytes || r->name[0] == 'L')
        return true;
    return (base == REG_BASE || base == 31) && (!s->monitor || s->monitor == bytes);
}

static void note(struct so_far *s, const struct dec_row *r, u32 insn)
{
    s->sp_misaligned |= may_misalign_sp(r, insn);
    if (exclusive_bytes(r, insn) && r->name[0] == 'L')
        s->monitor = exclusive_bytes(r, insn);
}

static u32 draw_instruction(const struct dec_row **row, const struct so_far *so_far)
{
    for (;;) {
        const struct dec_row *r = *row = chosen[below(chosen_count)];
        for (int attempt = 0; attempt < 200; attempt++) {
            u32 insn = r->value | (u32)(next_random() & r->ignored);
            for (unsigned f = 0; f < r->field_count; f++)
                insn = dec_field_set(&r->field[f], insn, draw_field(r, &r->field[f]));
            if ((!r->where || r->where(insn)) && !touches_record(r, insn) && acceptable(so_far, r, insn))
                return insn;
        }
    }
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        fprintf(stderr, "insn_gen: %s cannot be written\n", path);
        exit(2);
    }
    return f;
}

static bool close_all(FILE *a, FILE *b, FILE *c)
{
    bool bad = ferror(a) | ferror(b) | ferror(c);
    bad |= fclose(a) != 0;
    bad |= fclose(b) != 0;
    bad |= fclose(c) != 0;
    return bad;
}

int main(int argc, char **argv)
{
    if (argc != 9) {
        fprintf(stderr, "usage: insn_gen SEED COUNT LENGTH FIRST KEEP PATTERN EXCLUDE_FILE OUT_DIR\n");
        return 2;
    }
    u64 seed = strtoull(argv[1], NULL, 0);
    u32 count = (u32)strtoul(argv[2], NULL, 0), length = (u32)strtoul(argv[3], NULL, 0);
    u32 first = (u32)strtoul(argv[4], NULL, 0), keep = (u32)strtoul(argv[5], NULL, 0);
    if (!count || !length || length > MAX_LENGTH)
        return fprintf(stderr, "insn_gen: COUNT at least 1, LENGTH 1 to %d\n", MAX_LENGTH), 2;
    choose_rows(argv[6], argv[7]);
    FILE *cases = create(argv[8], "cases"), *states = create(argv[8], "states"), *pattern = create(argv[8], "pattern");

    /* The link options in tools/fuzz-insn fix these addresses. */
    const u64 cases_at = 0x10000000, save_at = 0x14000000, scratch_at = 0x30020000;
    u8 record[RECORD_BYTES];
    draw_seed(seed);
    for (unsigned i = 0; i < STATES; i++) {
        state(record, scratch_at);
        fwrite(record, sizeof record, 1, states);
    }
    for (unsigned i = 0; i < SCRATCH_BYTES / 16; i++) {
        u8 v[16];
        vector(v);
        fwrite(v, 16, 1, pattern);
    }
    for (u32 i = 0; i < count; i++) {
        draw_seed(seed ^ (u64)(first + i + 1) << 20);
        u32 word[MAX_LENGTH + 2] = {below(STATES)};
        u64 at = cases_at + (u64)i * (length + 2) * 4 + 4;
        struct so_far so_far = {0};
        for (u32 k = 0; k < length; k++) {
            const struct dec_row *r;
            u32 insn = draw_instruction(&r, &so_far);
            note(&so_far, r, insn);
            word[1 + k] = k < keep ? insn : NOP;
            if (count == 1)
                printf("%u %08x %s %s\n", k, insn, r->name, k < keep ? "" : "(left out)");
        }
        word[1 + length] = 0x14000000 | ((u32)((save_at - (at + length * 4)) / 4) & 0x3ffffff);
        fwrite(word, 4, length + 2, cases);
    }
    if (count != 1)
        printf("%u rows\n", chosen_count);
    return close_all(cases, states, pattern) ? 1 : 0;
}
