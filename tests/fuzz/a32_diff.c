/* Differential fuzzing of 32-bit ARM instructions without a syscall layer: draws cases from the decode rows, makes one static
 * program of them (a32_runtime.S), runs it under qemu-arm and, in this process, under the engine, and compares the records.
 *
 * usage: a32_diff [--set a32|t32|t16|vfp] [--rows TEXT] [--exclude FILE] [--seed N] [--cases N] [--length N] [--rounds N]
 *                 [--engine jit|interp] [--cpu MODEL] [--short-vectors] --qemu PROGRAM --runtime A32_RUNTIME.S
 *
 * --rows: rows whose name or table contains the text; a comma separates several. The program's system calls are two: write
 * and exit. A signal ends a case; here the trap is written where the program's handler would write it. Ends with
 * 'N passed, N failed' (cases).
 */
#define _GNU_SOURCE
#include "base/base.h"
#include "guest/a32/model.h"
#include "guest/a32/print.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "tests/fuzz/a32_cases.h"
#include "tests/fuzz/draw.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_BYTES = 512, OUT_BYTES = REC_BYTES + SCRATCH_BYTES, CASES_AT = 0x135a9000 };
enum { BSS_AT = 0x3d5a1000, VECTORS = 0xffff0000 };

static const struct a32_set sets[] = {
    {"a32", a32_rows, &a32_row_count, false}, {"t32", t32_rows, &t32_row_count, true},
    {"t16", t16_rows, &t16_row_count, true},  {"vfp", vfp_rows, &vfp_row_count, false},
};
static const char *exclude_file, *qemu, *runtime, *model = "max";
static u64 first_seed = 1;
static u32 case_count = 2000, rounds = 1;
static struct a32_case *cases;
static struct cpu_config config = {.guest = &guest_a32};

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
        a32_draw_state(states + i * REC_BYTES);
    for (unsigned i = 0; i < SCRATCH_BYTES; i += 8) {
        u64 v = a32_draw_doubleword();
        memcpy(pattern + i, &v, 8);
    }
    u32 *words = calloc(case_count, a32_case_words() * 4);
    must(words != NULL);
    for (u32 i = 0; i < case_count; i++)
        a32_draw_case(&cases[i]);
    for (u32 i = 0; i < case_count; i++)
        a32_case_encode(&cases[i], words + (size_t)i * a32_case_words());
    write_file(folder, "states", states, sizeof states);
    write_file(folder, "pattern", pattern, sizeof pattern);
    write_file(folder, "cases", words, (size_t)case_count * a32_case_words() * 4);
    free(words);
    snprintf(command, sizeof command,
             "arm-linux-gnueabihf-gcc -marm -Wa,--no-warn -nostdlib -static -Wl,-e,_start -Wl,--build-id=none -Wl,--no-warn-rwx-segments"
             " -Wl,--section-start=.cases=%#x -Wl,--section-start=.code=%#x -Wl,--section-start=.scratch=%#x -Wl,-Tbss=%#x"
             " -DCOUNT=%u -DCASE_WORDS=%u"
             " -DCASES='\"%s/cases\"' -DSTATES='\"%s/states\"' -DPATTERN='\"%s/pattern\"' -o %s/program %s",
             CASES_AT, TEXT_AT, SCRATCH_AT, BSS_AT, case_count, a32_case_words(), folder, folder, folder, folder, runtime);
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

/* The vectors page as qemu-user has it: zeros, and the user helpers' version. All else of its own the program unmaps, so that
 * accesses outside of the program fault alike. */
static void map_vectors(void)
{
    const u32 version = 5;
    i64 at = mem_mmap(VECTORS, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    must(at == VECTORS && copy_out(VECTORS + 0xffc, &version, 4) == 0 && mem_mprotect(VECTORS, 4096, PROT_READ) == 0);
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
    map_vectors();
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

static void show_case(const struct a32_case *c, u32 number)
{
    char name[64], command[300];
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
    a32_case_encode(c, words);
    fwrite(words + 2, 4, a32_case_words() - 6, f);
    fclose(f);
    snprintf(command, sizeof command, "arm-linux-gnueabihf-objdump -D -b binary -m arm %s %s | tail -n +8 | head -%u",
             a32_draw.set->thumb || a32_draw.thumb_vfp ? "-M force-thumb" : "", name, c->count + 1);
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

/* qemu-user does not check the alignment that loads and stores of one lane or to all lanes ask for (DDI 0406C A3.2.1). */
static bool is_lane_alignment(const struct a32_case *c, const u8 *record)
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
    draw_seed(seed);
    u8 *image = make_program(folder, &image_bytes);
    snprintf(command, sizeof command, "timeout 100 %s -cpu %s %s/program > %s/out", qemu, model, folder, folder);
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
        if (is_lane_alignment(&cases[i], y)) {
            explained++;
            continue;
        }
        failed++;
        if (!shown_before(cases[i].row[cases[i].count - 1]->name)) {
            show_case(&cases[i], i);
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
            a32_draw.short_vectors = true;
            continue;
        }
        i++;
        if (!strcmp(o, "--set")) {
            a32_draw.thumb_vfp = !strcmp(v, "vfp-t32");
            a32_draw.set = NULL;
            for (unsigned k = 0; k < ARRAY_SIZE(sets); k++)
                if (!strcmp(sets[k].name, a32_draw.thumb_vfp ? "vfp" : v))
                    a32_draw.set = &sets[k];
        } else if (!strcmp(o, "--rows")) {
            a32_draw.pattern = v;
        } else if (!strcmp(o, "--exclude")) {
            exclude_file = v;
        } else if (!strcmp(o, "--seed")) {
            first_seed = strtoull(v, NULL, 0);
        } else if (!strcmp(o, "--cases")) {
            case_count = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--length")) {
            a32_draw.length = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--rounds")) {
            rounds = (u32)strtoul(v, NULL, 0);
        } else if (!strcmp(o, "--engine")) {
            config.engine = !strcmp(v, "jit") ? CPU_JIT : CPU_INTERP;
        } else if (!strcmp(o, "--cpu")) {
            model = v;
        } else if (!strcmp(o, "--qemu")) {
            qemu = v;
        } else if (!strcmp(o, "--runtime")) {
            runtime = v;
        } else {
            a32_draw.set = NULL;
        }
    }
    if (!a32_draw.set || !qemu || !runtime || !a32_draw.length || a32_draw.length > MAX_LENGTH || !case_count || !a32_model_find(model)) {
        fprintf(stderr, "usage: see the head of a32_diff.c\n");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    a32_draw.set = &sets[0];
    parse_options(argc, argv);
    size_t bytes;
    if (exclude_file)
        a32_draw.excluded = read_file(exclude_file, &bytes);
    u32 chosen_count = a32_draw_choose();
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
    cpu->c.model = a32_model_find(model);
    for (u32 i = 0; i < rounds; i++)
        one_round(first_seed + i);
    for (unsigned i = 0; i < ARRAY_SIZE(bad_rows) && bad_rows[i].row; i++)
        printf("%s %s (%u)", i ? "," : "rows that differ:", bad_rows[i].row, bad_rows[i].count);
    printf("\n%u rows, %u cases differ as is known, %u passed, %u failed\n", chosen_count, explained, passed, failed);
    return failed || !passed;
}
