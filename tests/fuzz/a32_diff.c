/* Differential fuzzing of 32-bit ARM instructions without a syscall layer: draws cases from the decode rows, makes one static
 * program of them (a32_runtime.S), runs it under qemu-arm and, in this process, under the engine, and compares the records.
 *
 * usage: a32_diff [--set a32|t32|t16|vfp] [--rows TEXT] [--exclude FILE] [--seed N] [--cases N] [--length N] [--rounds N]
 *                 [--engine jit|interp] [--short-vectors] --qemu PROGRAM --runtime A32_RUNTIME.S
 *
 * --rows: rows whose name or table contains the text; a comma separates several. The program's system calls are two: write
 * and exit. A signal ends a case; here the trap is written where the program's handler would write it. Ends with
 * 'N passed, N failed' (cases).
 */
#define _GNU_SOURCE
#include "base/base.h"
#include "guest/a32/model.h"
#include "guest/a32/print.h"
#include "guest/dec.h"
#include "run/run.h"
#include "softmmu/softmmu.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATES = 256, REC_BYTES = 328, REC_SIGNAL = 68, SCRATCH_BYTES = 512, OUT_BYTES = REC_BYTES + SCRATCH_BYTES, MAX_LENGTH = 8 };
enum { CASES_AT = 0x10000000, TEXT_AT = 0x14000000, SCRATCH_AT = 0x20000000, SCRATCH_MIDDLE = SCRATCH_AT + 65536 };
enum { BSS_AT = 0x3d5a1000 }; /* records wait there: what differs as is known must not be read back, so no usual number */
enum { REG_OFFSET = 8, REG_ODD = 9, REG_BASE = 10 };

struct set {
    const char *name;
    const struct dec_row *rows;
    const u32 *count;
    bool thumb;
};
static const struct set sets[] = {
    {"a32", a32_rows, &a32_row_count, false}, {"t32", t32_rows, &t32_row_count, true},
    {"t16", t16_rows, &t16_row_count, true},  {"vfp", vfp_rows, &vfp_row_count, false},
};
static const struct set *set = &sets[0];
static const char *pattern_text = "", *exclude_file, *qemu, *runtime;
static u64 first_seed = 1;
static u32 case_count = 2000, length = 2, rounds = 1;
static bool short_vectors, thumb_vfp;
static struct cpu_config config = {.guest = &guest_a32};

static u64 seed_state;
static u64 next_random(void) /* splitmix64 */
{
    u64 z = seed_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}
static u32 below(u32 n) { return (u32)(next_random() % n); }
static bool chance(u32 percent) { return below(100) < percent; }

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

/* A bit pattern of a format with e exponent and f fraction bits; every class of number is likely. */
static u64 floating(unsigned e, unsigned f)
{
    u64 sign = (u64)below(2) << (e + f), exponent = ones(e), fraction = next_random() & ones(f);
    if (chance(40))
        fraction = chance(50) ? 1ull << below(f) : ones(f) & ~(u64)below(4);
    switch (below(12)) {
    case 0: return sign;
    case 1: return sign | exponent << f;
    case 2: return sign | exponent << f | 1ull << (f - 1) | fraction;
    case 3: return sign | exponent << f | (fraction & ones(f - 1)) | 1;
    case 4: return sign | fraction;
    case 5: return sign | 1ull << f | (chance(50) ? 0 : fraction);
    case 6: return sign | (exponent - 1) << f | fraction;
    case 7: return sign | (exponent >> 1) << f;
    case 8: return sign | ((exponent >> 1) + below(e < 8 ? 12 : 70)) << f | fraction;
    case 9: return sign | ((exponent >> 1) - 2 + below(5)) << f | fraction;
    default: return sign | (next_random() & exponent) << f | fraction;
    }
}

static u64 doubleword(void)
{
    switch (below(8)) {
    case 0:
    case 1: return floating(5, 10) | floating(5, 10) << 16 | floating(5, 10) << 32 | floating(5, 10) << 48;
    case 2:
    case 3:
    case 4: return floating(8, 23) | floating(8, 23) << 32;
    case 5:
    case 6: return floating(11, 52);
    default: return integer() | (u64)integer() << 32;
    }
}

static void make_state(u8 *record)
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
    if (short_vectors && chance(80))
        r[16] |= below(8) << 16 | (chance(50) ? 3u << 20 : 0);
    r[17] = 0;
    memcpy(record, r, sizeof r);
    for (unsigned i = 0; i < 32; i++) {
        u64 v = doubleword();
        memcpy(record + 72 + 8 * i, &v, 8);
    }
}

/* --- instructions ----------------------------------------------------------------------------------------------------- */

static char *excluded;

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
    if (named_in(excluded, r->name))
        return false;
    char copy[256], *save = NULL;
    snprintf(copy, sizeof copy, "%s", pattern_text);
    if (!*copy)
        return true;
    for (char *t = strtok_r(copy, ",", &save); t; t = strtok_r(NULL, ",", &save))
        if (strstr(r->name, t) || !strcmp(r->file, t))
            return true;
    return false;
}

static const struct dec_row *chosen[2048];
static u32 chosen_count;

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

struct test_case {
    u32 state, insn[MAX_LENGTH];
    u8 bytes[MAX_LENGTH];
    const struct dec_row *row[MAX_LENGTH];
    u32 count;
};
static struct test_case *cases;

static u32 get(const struct dec_row *r, u32 insn, const char *name)
{
    for (unsigned f = 0; f < r->field_count; f++)
        if (!strcmp(r->field[f].name, name))
            return dec_field_get(&r->field[f], insn);
    return 99;
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

static bool predictable(const struct dec_row *r, u32 insn)
{
    if (!vector_predictable(r, insn))
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
    if (hi != 99 && hi == lo)
        return false;
    /* Twice the scratch address is where qemu-user keeps things of its own. */
    if (is_memory(r) && (rm == REG_ODD || rm == REG_BASE || (rm == 13 && r->file[0] != 'n')))
        return false;
    if (is_memory(r) && list == 99 && (load || store) && backs && (rn == rt || rn == 15 || (doubled && (rn == rt + 1 || rn == rt2))))
        return false;
    if (is_memory(r) && list == 99 && backs && (rm == rn || (get(r, insn, "type") < 4 && get(r, insn, "imm"))))
        return false;
    if (doubled && rt2 == 99 && (rm == rt || rm == rt + 1) && load)
        return false;
    if (doubled && rt2 == rt)
        return false;
    if (list != 99 && rn < 16 && (list >> rn & 1))
        return false;
    if (list != 99 && r->file[0] == 't' && (list >> 13 & 1 || list >> 15))
        return false;
    if (list != 99 && r->file[0] == 't' && r->file[1] == '3' && __builtin_popcount(list) < 2)
        return false;
    if ((strstr(r->name, "EX") && (rd == rn || rd == rt || rd == rt2 || (strstr(r->name, "EXD") && rd == rt + 1))) || (strstr(r->name, "EXD") && rt == 14))
        return false;
    if (doubled && rt2 == 99 && rt == 14)
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

static void draw_case(struct test_case *c)
{
    c->state = below(STATES);
    c->count = 0;
    while (c->count < length) {
        const struct dec_row *r = chosen[below(chosen_count)];
        u32 insn = 0;
        int tries = 0;
        do
            insn = draw_row(r);
        while (!predictable(r, insn) && tries++ < 100);
        if (tries >= 100 || is_store_exclusive(r))
            continue;
        c->row[c->count] = r;
        c->bytes[c->count] = set->thumb && r->file[1] == '1' ? 2 : 4;
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

static u32 case_words(void) { return 2 + length + 8; }

/* Code of a case: for Thumb halfwords, maybe in an IT block; then back to A32 and to the frame. */
static void encode_case(const struct test_case *c, u32 *word, u64 at)
{
    memset(word, 0, case_words() * 4);
    word[0] = c->state;
    bool thumb = set->thumb || thumb_vfp;
    word[1] = thumb;
    u16 *h = (u16 *)(word + 2);
    unsigned n = 0;
    u32 *tail;
    if (thumb) {
        seed_state = c->insn[0] ^ (u64)c->state << 32;
        if (chance(40) && length <= 4) { /* all of the case in an IT block */
            u32 cond = below(14), mask = 0;
            for (u32 i = 0; i < length - 1; i++)
                mask = mask << 1 | ((cond & 1) ^ (i > 0 ? below(2) : below(2)));
            mask = (mask << 1 | 1) << (4 - length);
            h[n++] = (u16)(0xbf00 | cond << 4 | mask);
        }
        for (u32 i = 0; i < c->count; i++) {
            u32 insn = thumb_vfp ? to_thumb(c->insn[i]) : c->insn[i];
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
    (void)at;
    tail[0] = 0xf1010000; /* setend le */
    tail[1] = 0xe51ff004; /* ldr pc, [pc, #-4] */
    tail[2] = TEXT_AT;
}

/* --- building and running ----------------------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const void *data, size_t bytes)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    must(f && fwrite(data, 1, bytes, f) == bytes && fclose(f) == 0);
}

static void *read_file(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st))
        return NULL;
    u8 *data = calloc(1, (size_t)st.st_size + 1);
    must(data != NULL);
    *bytes = fread(data, 1, (size_t)st.st_size, f);
    fclose(f);
    return data;
}

static u8 *make_program(const char *folder, size_t *bytes)
{
    static u8 states[STATES * REC_BYTES], pattern[SCRATCH_BYTES];
    char command[2048], path[300];
    for (unsigned i = 0; i < STATES; i++)
        make_state(states + i * REC_BYTES);
    for (unsigned i = 0; i < SCRATCH_BYTES; i += 8) {
        u64 v = doubleword();
        memcpy(pattern + i, &v, 8);
    }
    u32 *words = calloc(case_count, case_words() * 4);
    must(words != NULL);
    for (u32 i = 0; i < case_count; i++)
        draw_case(&cases[i]);
    for (u32 i = 0; i < case_count; i++)
        encode_case(&cases[i], words + (size_t)i * case_words(), CASES_AT + (u64)i * case_words() * 4 + 8);
    write_file(folder, "states", states, sizeof states);
    write_file(folder, "pattern", pattern, sizeof pattern);
    write_file(folder, "cases", words, (size_t)case_count * case_words() * 4);
    free(words);
    snprintf(command, sizeof command,
             "arm-linux-gnueabihf-gcc -marm -Wa,--no-warn -nostdlib -static -Wl,-e,_start -Wl,--build-id=none -Wl,--no-warn-rwx-segments"
             " -Wl,--section-start=.cases=%#x -Wl,--section-start=.code=%#x -Wl,--section-start=.scratch=%#x -Wl,-Tbss=%#x"
             " -DCOUNT=%u -DCASE_WORDS=%u"
             " -DCASES='\"%s/cases\"' -DSTATES='\"%s/states\"' -DPATTERN='\"%s/pattern\"' -o %s/program %s",
             CASES_AT, TEXT_AT, SCRATCH_AT, BSS_AT, case_count, case_words(), folder, folder, folder, folder, runtime);
    if (system(command))
        exit(2);
    snprintf(path, sizeof path, "%s/program", folder);
    return read_file(path, bytes);
}

static struct a32_state *cpu;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(&cpu->c, signal, info, context))
        _exit(3);
}

static void load_program(const u8 *image)
{
    const Elf32_Ehdr *e = (const void *)image;
    const Elf32_Phdr *p = (const void *)(image + e->e_phoff);
    for (unsigned i = 0; i < e->e_phnum; i++) {
        if (p[i].p_type != PT_LOAD)
            continue;
        u64 start = align_down(p[i].p_vaddr, 4096), end = align_up((u64)p[i].p_vaddr + p[i].p_memsz, 4096);
        i64 at = mem_mmap(start, end - start, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        must(at == (i64)start && copy_out(p[i].p_vaddr, image + p[i].p_offset, p[i].p_filesz) == 0);
        int prot = (p[i].p_flags & PF_R ? PROT_READ : 0) | (p[i].p_flags & PF_W ? PROT_WRITE : 0) | (p[i].p_flags & PF_X ? PROT_EXEC : 0);
        must(mem_mprotect(start, end - start, (u64)prot) == 0);
    }
    cpu_invalidate(0, 1ull << 32);
    cpu->c.pc = e->e_entry;
    cpu->c.mode = 0;
}

/* What the program's handler does. record and save_here are found by what they hold: see handler. */
static u32 record_at, save_at;
static void deliver(u32 signal)
{
    must(copy_out(record_at + REC_SIGNAL, &signal, 4) == 0);
    cpu->c.pc = save_at;
    a32_set_cpsr(cpu, a32_get_cpsr(cpu) & 0xf80f0000);
}

static u8 *run_here(size_t *bytes)
{
    size_t room = (size_t)case_count * OUT_BYTES + 65536, used = 0;
    u8 *out = malloc(room);
    must(out != NULL);
    for (;;) {
        switch (cpu_run(&cpu->c)) {
        case EXIT_SYSCALL:
            if (cpu->r[7] == 4) {
                must(used + cpu->r[2] <= room && copy_in(out + used, cpu->r[1], cpu->r[2]) == 0);
                used += cpu->r[2];
                cpu->r[0] = cpu->r[2];
            } else if (cpu->r[7] == 248) {
                *bytes = used;
                return out;
            } else {
                cpu->r[0] = 0;
            }
            break;
        case EXIT_TRAP:
            if (cpu->c.trap == TRAP_UNDEFINED)
                deliver(SIGILL);
            else if (cpu->c.trap == TRAP_BREAKPOINT)
                deliver(SIGTRAP);
            else
                deliver(SIGBUS);
            break;
        case EXIT_FAULT: deliver(cpu->c.fault_signal); break;
        case EXIT_POLL: break;
        }
    }
}

/* --- comparing ---------------------------------------------------------------------------------------------------------- */

static void show_case(const struct test_case *c, u32 number, const u8 *image)
{
    char name[64], command[300];
    (void)image;
    printf("case %u:", number);
    for (u32 i = 0; i < c->count; i++)
        printf(" %s %0*x", c->row[i]->name, c->bytes[i] * 2, c->insn[i]);
    printf("\n");
    fflush(stdout);
    snprintf(name, sizeof name, "/tmp/a32_diff.%d", (int)getpid());
    FILE *f = fopen(name, "wb");
    if (!f)
        return;
    u32 words[32];
    encode_case(c, words, 0);
    fwrite(words + 2, 4, case_words() - 6, f);
    fclose(f);
    snprintf(command, sizeof command, "arm-linux-gnueabihf-objdump -D -b binary -m arm %s %s | tail -n +8 | head -%u",
             set->thumb || thumb_vfp ? "-M force-thumb" : "", name, c->count + 1);
    if (system(command))
        printf("(no objdump)\n");
    unlink(name);
}

static void show_difference(u32 number, const u8 *a, const u8 *b, const u8 *states)
{
    const u8 *before = states + (size_t)cases[number].state * REC_BYTES;
    for (unsigned at = 0; at < OUT_BYTES; at += at < 72 ? 4 : 8) {
        unsigned n = at < 72 ? 4 : 8;
        if (!memcmp(a + at, b + at, n))
            continue;
        u64 x = 0, y = 0, o = 0;
        memcpy(&x, a + at, n);
        memcpy(&y, b + at, n);
        if (at < REC_BYTES)
            memcpy(&o, before + at, n);
        char name[32];
        snprintf(name, sizeof name, at < 60 ? "r%u" : at == 60 ? "cpsr" : at == 64 ? "fpscr" : at == 68 ? "signal" : at < REC_BYTES ? "d%u" : "scratch+%d",
                 at < 60 ? at / 4 : at < REC_BYTES ? (at - 72) / 8 : at - REC_BYTES - SCRATCH_BYTES / 2);
        printf("  %s: qemu %llx xrun %llx before %llx\n", name, (unsigned long long)x, (unsigned long long)y, (unsigned long long)o);
    }
    printf("  before:");
    for (unsigned i = 0; i < 17; i++) {
        u32 v;
        memcpy(&v, before + 4 * i, 4);
        printf(" %s%x=%x", i < 15 ? "r" : i == 15 ? "cpsr" : "fpscr", i, v);
    }
    printf("\n  d:");
    for (unsigned i = 0; i < 32; i++) {
        u64 v;
        memcpy(&v, before + 72 + 8 * i, 8);
        printf(" d%u=%llx", i, (unsigned long long)v);
    }
    printf("\n");
}

static u32 passed, failed, explained;
static struct { const char *row; u32 count; } bad_rows[64];

static bool shown_before(const char *row)
{
    for (unsigned i = 0; i < ARRAY_SIZE(bad_rows); i++) {
        if (!bad_rows[i].row)
            bad_rows[i].row = row;
        if (bad_rows[i].row == row)
            return bad_rows[i].count++ != 0;
    }
    return true;
}

/* Addresses in the program that the run here needs: from its symbol table. */
static void find_symbols(const u8 *image)
{
    const Elf32_Ehdr *e = (const void *)image;
    const Elf32_Shdr *s = (const void *)(image + e->e_shoff);
    for (unsigned i = 0; i < e->e_shnum; i++) {
        if (s[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf32_Sym *symbol = (const void *)(image + s[i].sh_offset);
        const char *names = (const char *)image + s[s[i].sh_link].sh_offset;
        for (unsigned k = 0; k < s[i].sh_size / sizeof *symbol; k++) {
            if (!strcmp(names + symbol[k].st_name, "record"))
                record_at = symbol[k].st_value;
            if (!strcmp(names + symbol[k].st_name, "save_here"))
                save_at = symbol[k].st_value;
        }
    }
    must(record_at && save_at);
}

/* One of the two has a page where the other has none: an address computed by the case itself, outside of the program. Cases of
 * T16 have any address in their base registers, so that they may fault later on as well. */
static bool is_wild(const u8 *qemu_record, const u8 *record)
{
    u32 a, b;
    memcpy(&a, qemu_record + REC_SIGNAL, 4);
    memcpy(&b, record + REC_SIGNAL, 4);
    return (a != b || set->rows == t16_rows) && (a == SIGSEGV || b == SIGSEGV);
}

/* qemu-user does not check the alignment that loads and stores of one lane or to all lanes ask for (DDI 0406C A3.2.1). */
static bool is_lane_alignment(const struct test_case *c, const u8 *record)
{
    u32 signal;
    bool lane = false;
    memcpy(&signal, record + REC_SIGNAL, 4);
    for (u32 i = 0; i < c->count; i++)
        lane |= !strcmp(c->row[i]->name, "VLDST_lane") || !strcmp(c->row[i]->name, "VLD_all");
    return lane && signal == SIGBUS;
}

static void one_round(u64 seed)
{
    char folder[] = "/tmp/a32_diff.XXXXXX", command[600], path[300];
    size_t image_bytes, a_bytes = 0, b_bytes = 0, state_bytes;
    must(mkdtemp(folder) != NULL);
    seed_state = seed;
    u8 *image = make_program(folder, &image_bytes);
    snprintf(command, sizeof command, "timeout 100 %s -cpu max %s/program > %s/out", qemu, folder, folder);
    if (system(command))
        printf("seed %llu: qemu failed\n", (unsigned long long)seed);
    snprintf(path, sizeof path, "%s/out", folder);
    u8 *a = read_file(path, &a_bytes);
    find_symbols(image);
    load_program(image);
    u8 *b = run_here(&b_bytes);
    snprintf(path, sizeof path, "%s/states", folder);
    u8 *states = read_file(path, &state_bytes);
    if (a_bytes != (size_t)case_count * OUT_BYTES || b_bytes != a_bytes) {
        printf("seed %llu: %zu and %zu bytes, not %u\n", (unsigned long long)seed, a_bytes, b_bytes, case_count * OUT_BYTES);
        failed++;
    }
    for (u32 i = 0; i < case_count && (size_t)(i + 1) * OUT_BYTES <= a_bytes && (size_t)(i + 1) * OUT_BYTES <= b_bytes; i++) {
        const u8 *x = a + (size_t)i * OUT_BYTES, *y = b + (size_t)i * OUT_BYTES;
        if (!memcmp(x, y, OUT_BYTES)) {
            passed++;
            continue;
        }
        if (is_wild(x, y) || is_lane_alignment(&cases[i], y)) {
            explained++;
            continue;
        }
        failed++;
        if (!shown_before(cases[i].row[cases[i].count - 1]->name)) {
            show_case(&cases[i], i, image);
            show_difference(i, x, y, states);
        }
    }
    free(a);
    free(b);
    free(states);
    free(image);
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command))
        printf("%s was not removed\n", folder);
}

static void parse_options(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *o = argv[i], *v = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(o, "--short-vectors")) {
            short_vectors = true;
            continue;
        }
        i++;
        if (!strcmp(o, "--set")) {
            thumb_vfp = !strcmp(v, "vfp-t32");
            set = NULL;
            for (unsigned k = 0; k < ARRAY_SIZE(sets); k++)
                if (!strcmp(sets[k].name, thumb_vfp ? "vfp" : v))
                    set = &sets[k];
        } else if (!strcmp(o, "--rows")) {
            pattern_text = v;
        } else if (!strcmp(o, "--exclude")) {
            exclude_file = v;
        } else if (!strcmp(o, "--seed")) {
            first_seed = strtoull(v, NULL, 0);
        } else if (!strcmp(o, "--cases")) {
            case_count = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--length")) {
            length = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--rounds")) {
            rounds = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--engine")) {
            config.engine = !strcmp(v, "jit") ? CPU_JIT : CPU_INTERP;
        } else if (!strcmp(o, "--qemu")) {
            qemu = v;
        } else if (!strcmp(o, "--runtime")) {
            runtime = v;
        } else {
            set = NULL;
        }
    }
    if (!set || !qemu || !runtime || !length || length > MAX_LENGTH || !case_count) {
        fprintf(stderr, "usage: see the head of a32_diff.c\n");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    size_t bytes;
    if (exclude_file)
        excluded = read_file(exclude_file, &bytes);
    for (u32 i = 0; i < *set->count; i++)
        if (wanted(&set->rows[i]))
            chosen[chosen_count++] = &set->rows[i];
    if (!chosen_count) {
        fprintf(stderr, "a32_diff: no such rows\n");
        return 2;
    }
    cases = calloc(case_count, sizeof *cases);
    must(cases && mem_init(64, 0, 0) == 0);
    cpu_init(&config);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    cpu = (struct a32_state *)cpu_new(NULL);
    cpu->c.addr_mask = 0xffffffff;
    cpu->c.mem_limit = 1ull << 32;
    cpu->c.model = a32_model_find("max");
    for (u32 i = 0; i < rounds; i++)
        one_round(first_seed + i);
    for (unsigned i = 0; i < ARRAY_SIZE(bad_rows) && bad_rows[i].row; i++)
        printf("%s %s (%u)", i ? "," : "rows that differ:", bad_rows[i].row, bad_rows[i].count);
    printf("\n%u rows, %u cases differ as is known, %u passed, %u failed\n", chosen_count, explained, passed, failed);
    return failed || !passed;
}
