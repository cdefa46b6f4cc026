/* Runs instruction cases: one line is `instructions | state before => state after`, the same text on every engine.
 *
 * usage: run_insn [--guest=a64|a32|t32] [--cpu=MODEL] [--single] [--no-optimise] [--big-endian] FILE.t...
 *
 *   add w0, w1, #1 | x1=0xffffffffffffffff => x0=0
 *   ldr x0, [x1], #8 | x1=0x20000 m64[0x20000]=7 => x0=7 x1=0x20008
 *   udf #0 | => trap=undefined
 *
 * State: x0..x30 sp v0..v31 (128 bits) b h s d (low part, rest zero) nzcv (0 to 15) fpcr fpsr, m8 m16 m32 m64 [address] in
 * the data page (0x20000, 8 KiB, zero), trap= undefined breakpoint alignment pac bti fault; where the trap was,
 * if it is said: with fault and alignment addr= the data address, at= the instruction's distance from the first in bytes. Everything that is not named
 * starts as zero (the data page is zero too, sp = 0x21000) and must not change. There is also a page that may only be read
 * (0x24000, zeros), and the last page below the end of the address space, which a number names as TOP-8 or TOP+8 (zeros when
 * the program starts, not compared). Instructions are separated by ';', and
 * assembled by the cross assembler. 32-bit ARM (a32, and t32: Thumb) has r0..r14 sp lr, q0..q15 d0..d31 s0..s31, nzcv,
 * qf (CPSR.Q), ge (a bit for each of the four), fpscr, and mode= arm or thumb after the arrow. `#` starts a comment line. Ends with 'N passed, N failed'.
 */
#define _GNU_SOURCE
#include "base/base.h"
#include "guest/a32/model.h"
#include "guest/a64/model.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a32_state.h"
#include "state/a64_state.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CODE = 0x10000, CODE_BYTES = 4096, DATA = 0x20000, DATA_BYTES = 8192, READ_ONLY = 0x24000, STACK = 0x21000, MAX_CASES = 20000, MARK = 0xffffffff };

struct insn_case {
    const char *file;
    int line;
    char *text, *before, *after;
    u8 *code;
    unsigned bytes; /* without the breakpoint at the end */
};

/* A state that a case can set and compare; what differs between the guests. */
union state {
    struct cpu_common c;
    struct a64_state a64;
    struct a32_state a32;
};
struct tested {
    const char *name, *tools, *head;
    const struct guest *guest;
    const u8 end[4]; /* a breakpoint */
    u8 end_bytes;
    u32 mode, big_endian;
    bool (*assign)(union state *s, const char *name, u128 v, u64 *fp_status);
    bool (*same)(const struct insn_case *c, const union state *want, const union state *got);
    void (*start)(union state *cpu, const union state *before, u64 fp_status);
    u64 (*fp_status)(union state *cpu);
};
static const struct tested *tested;
static struct insn_case cases[MAX_CASES];
static unsigned case_count, failed;

static const char *const trap_names[] = {[TRAP_UNDEFINED] = "undefined", [TRAP_BREAKPOINT] = "breakpoint", [TRAP_ALIGNMENT] = "alignment", [TRAP_PC_ALIGNMENT] = "pc_alignment", [TRAP_BTI] = "bti", [TRAP_PAC] = "pac", [TRAP_MOPS] = "mops", [TRAP_COUNT] = "fault"};

__attribute__((format(printf, 2, 3))) static void complain(const struct insn_case *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s:%d: %s: ", c->file, c->line, c->text);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

/* --- reading and assembling ----------------------------------------------------------------------------------------- */

static void read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    if (!f) {
        fprintf(stderr, "run_insn: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    for (int n = 1; getline(&line, &size, f) > 0; n++) {
        char *p = line + strspn(line, " \t\n");
        if (!*p || *p == '#')
            continue;
        char *bar = strchr(p, '|'), *arrow = bar ? strstr(bar, "=>") : NULL;
        if (!arrow || case_count == MAX_CASES) {
            fprintf(stderr, "run_insn: %s:%d: a case is `instructions | before => after`\n", path, n);
            exit(2);
        }
        *bar = *arrow = 0;
        cases[case_count++] = (struct insn_case){.file = path, .line = n, .text = strdup(p), .before = strdup(bar + 1), .after = strdup(arrow + 2)};
    }
    free(line);
    fclose(f);
}

static void assemble(void)
{
    char folder[] = "/tmp/run_insn.XXXXXX", command[1024], path[64];
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/a.s", folder);
    FILE *s = fopen(path, "w");
    must(s != NULL);
    fputs(tested->head, s);
    for (unsigned i = 0; i < case_count; i++)
        fprintf(s, "# %d \"%s\"\n%s\n.balign 4, 0\n.word 0x%08x\n", cases[i].line, cases[i].file, cases[i].text, MARK);
    must(fclose(s) == 0);
    snprintf(command, sizeof command, "cd %s && %sas --no-warn -o a.o a.s && %sobjcopy -O binary -j .text a.o a.bin", folder,
             tested->tools, tested->tools);
    if (system(command)) {
        fprintf(stderr, "run_insn: the cases could not be assembled\n");
        exit(2);
    }
    snprintf(path, sizeof path, "%s/a.bin", folder);
    FILE *b = fopen(path, "rb");
    must(b != NULL);
    for (unsigned i = 0; i < case_count; i++) {
        u32 word;
        struct insn_case *c = &cases[i];
        c->code = calloc(CODE_BYTES, 1);
        must(c->code != NULL);
        for (; fread(&word, 4, 1, b) == 1 && word != MARK && c->bytes < CODE_BYTES - 8; c->bytes += 4)
            memcpy(c->code + c->bytes, &word, 4);
        if (tested->end_bytes == 2 && c->bytes && !c->code[c->bytes - 1] && !c->code[c->bytes - 2])
            c->bytes -= 2; /* alignment */
        memcpy(c->code + c->bytes, tested->end, tested->end_bytes);
    }
    fclose(b);
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command))
        fprintf(stderr, "run_insn: %s was not removed\n", folder);
}

/* --- state ------------------------------------------------------------------------------------------------------------ */

struct image { /* what a case can name */
    union state regs;
    u64 fpsr;
    u8 data[DATA_BYTES];
    u32 trap; /* enum cpu_trap; TRAP_COUNT: memory fault */
    u32 mode; /* the instruction set at the end */
    bool says_addr, says_at;
    u64 addr, at;
};

static u128 parse_number(const char *p, char **end)
{
    u128 v = 0;
    if (!strncmp(p, "TOP", 3) && (p[3] == '-' || p[3] == '+')) {
        u128 rest = parse_number(p + 4, end);
        return mem.limit + (p[3] == '-' ? -rest : rest);
    }
    bool minus = *p == '-';
    p += minus;
    unsigned base = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? 16 : 10;
    p += base == 16 ? 2 : 0;
    for (; isxdigit((unsigned char)*p) || *p == '_'; p++)
        if (*p != '_')
            v = v * base + (u128)(isdigit((unsigned char)*p) ? *p - '0' : tolower(*p) - 'a' + 10);
    *end = (char *)p;
    return minus ? -v : v;
}

static bool assign_memory(struct image *m, const char *name, u128 value)
{
    unsigned width;
    unsigned long at;
    if (sscanf(name, "m%u[%li]", &width, (long *)&at) != 2 || at < DATA || at + width / 8 > DATA + DATA_BYTES || width % 8 || width > 128)
        return false;
    memcpy(m->data + (at - DATA), &value, width / 8);
    return true;
}

static bool assign(struct image *m, const char *name, const char *text)
{
    char *end;
    if (!strcmp(name, "trap")) {
        for (u32 i = 1; i < ARRAY_SIZE(trap_names); i++)
            if (trap_names[i] && !strcmp(trap_names[i], text))
                return m->trap = i, true;
        return false;
    }
    if (!strcmp(name, "mode")) {
        m->mode = !strcmp(text, "thumb") ? A32_MODE_T : 0;
        return m->mode || !strcmp(text, "arm");
    }
    u128 v = parse_number(text, &end);
    if (*end || end == text)
        return false;
    if (!strcmp(name, "addr"))
        return m->addr = (u64)v, m->says_addr = true;
    if (!strcmp(name, "at"))
        return m->at = (u64)v, m->says_at = true;
    return tested->assign(&m->regs, name, v, &m->fpsr) || assign_memory(m, name, v);
}

static bool assign_all(const struct insn_case *c, struct image *m, const char *list)
{
    char *copy = strdup(list), *save = NULL;
    bool good = true;
    for (char *t = strtok_r(copy, " \t\n", &save); t; t = strtok_r(NULL, " \t\n", &save)) {
        char *equals = strchr(t, '=');
        if (equals)
            *equals = 0;
        if (!equals || !assign(m, t, equals + 1)) {
            complain(c, "'%s' names nothing that a case can set", t);
            good = false;
        }
    }
    free(copy);
    return good;
}

/* --- running ---------------------------------------------------------------------------------------------------------- */

static u32 run(union state *s, const struct insn_case *c)
{
    s->c.pc = CODE;
    enum cpu_exit e = cpu_run(&s->c);
    while (e == EXIT_POLL)
        e = cpu_run(&s->c);
    bool at_end = s->c.pc == CODE + c->bytes;
    if (e == EXIT_TRAP)
        return s->c.trap == TRAP_BREAKPOINT && at_end ? TRAP_NONE : s->c.trap;
    return e == EXIT_FAULT ? TRAP_COUNT : TRAP_COUNT + 1;
}

static bool compare(const struct insn_case *c, const struct image *want, const struct image *got)
{
    bool same = tested->same(c, &want->regs, &got->regs);
    if (want->fpsr != got->fpsr) {
        complain(c, "floating-point status is %llx, not %llx", (long long)got->fpsr, (long long)want->fpsr);
        same = false;
    }
    for (unsigned i = 0; i < DATA_BYTES; i += 8)
        if (memcmp(want->data + i, got->data + i, 8)) {
            u64 w, g;
            memcpy(&w, want->data + i, 8);
            memcpy(&g, got->data + i, 8);
            complain(c, "m64[0x%x] is %016llx, not %016llx", DATA + i, (long long)g, (long long)w);
            same = false;
        }
    if ((want->says_addr && want->addr != got->addr) || (want->says_at && want->at != got->at)) {
        complain(c, "fault at +%llu of address %llx, not at +%llu of %llx", (long long)got->at, (long long)got->addr,
                 (long long)want->at, (long long)want->addr);
        same = false;
    }
    if (want->trap != got->trap || want->mode != got->mode) {
        complain(c, "trap %u mode %u, not %u mode %u", got->trap, got->mode, want->trap, want->mode);
        same = false;
    }
    return same;
}

static bool run_case(union state *cpu, const struct insn_case *c)
{
    static struct image before, want, got;
    memset(&before, 0, sizeof before);
    tested->assign(&before.regs, "sp", STACK, &before.fpsr);
    before.mode = tested->mode & A32_MODE_T;
    if (!assign_all(c, &before, c->before))
        return false;
    want = before;
    if (!assign_all(c, &want, c->after))
        return false;
    must(copy_out(CODE, c->code, c->bytes + 4) == 0 && copy_out(DATA, before.data, DATA_BYTES) == 0);
    cpu_invalidate(CODE, CODE_BYTES);
    cpu->c.excl_size = 0;
    tested->start(cpu, &before.regs, before.fpsr);
    got.trap = run(cpu, c);
    got.fpsr = tested->fp_status(cpu);
    memcpy(&got.regs, cpu, tested->guest->state_bytes);
    got.mode = tested->guest == &guest_a32 ? cpu->c.mode & A32_MODE_T : 0;
    got.addr = got.trap == TRAP_ALIGNMENT ? cpu_misaligned(&cpu->c) : cpu->c.fault_addr;
    got.at = cpu->c.pc - CODE;
    must(copy_in(got.data, DATA, DATA_BYTES) == 0);
    return compare(c, &want, &got);
}

/* --- AArch64 ---------------------------------------------------------------------------------------------------------- */

static bool assign_a64(union state *state, const char *name, u128 v, u64 *fpsr)
{
    struct a64_state *s = &state->a64;
    char *index_end;
    unsigned long n = strtoul(name + 1, &index_end, 10);
    bool indexed = index_end != name + 1 && !*index_end;
    unsigned low = strchr("bhsd", *name) ? 8u << (strchr("bhsd", *name) - "bhsd") : 128;
    if (*name == 'x' && indexed && n < 31)
        s->x[n] = (u64)v;
    else if (strchr("vqbhsd", *name) && indexed && n < 32)
        s->v[n].q = low == 128 ? v : v & (((u128)1 << low) - 1);
    else if (!strcmp(name, "sp"))
        A64_SP(s) = (u64)v;
    else if (!strcmp(name, "nzcv"))
        A64_NZCV(s) = (u32)v << 28;
    else if (!strcmp(name, "btype"))
        s->btype[0] = (u32)v;
    else if (!strcmp(name, "btype_pc"))
        s->btype_pc[0] = (u64)v;
    else if (!strcmp(name, "fpcr"))
        a64_set_fpcr(s, (u64)v);
    else if (!strcmp(name, "fpsr"))
        *fpsr = (u64)v;
    else
        return false;
    return true;
}

#define REG(field, type, count, bits, feature, printed)                                                                    \
    for (unsigned i = 0; i < count; i++)                                                                                   \
        if (memcmp(&want->field[i], &got->field[i], sizeof(type))) {                                                       \
            u64 w[2] = {0}, g[2] = {0};                                                                                    \
            memcpy(w, &want->field[i], sizeof(type));                                                                      \
            memcpy(g, &got->field[i], sizeof(type));                                                                       \
            complain(c, "%s%u is %016llx%016llx, not %016llx%016llx", printed, i, (long long)g[1], (long long)g[0],      \
                     (long long)w[1], (long long)w[0]);                                                                    \
            same = false;                                                                                                  \
        }
static bool same_a64(const struct insn_case *c, const union state *want_state, const union state *got_state)
{
    const struct a64_state *want = &want_state->a64, *got = &got_state->a64;
    bool same = true;
#include "state/a64.regs"
    return same;
}
static bool same_a32(const struct insn_case *c, const union state *want_state, const union state *got_state)
{
    const struct a32_state *want = &want_state->a32, *got = &got_state->a32;
    bool same = true;
#include "state/a32.regs"
    return same;
}
#undef REG

static void copy_registers(union state *cpu, const union state *before)
{
    size_t from = sizeof(struct cpu_common);
    memcpy((u8 *)cpu + from, (const u8 *)before + from, tested->guest->state_bytes - from);
}
static void start_a64(union state *cpu, const union state *before, u64 fpsr)
{
    copy_registers(cpu, before);
    a64_set_fpcr(&cpu->a64, before->a64.fpcr[0]);
    a64_set_fpsr(&cpu->a64, fpsr);
}
static u64 status_a64(union state *cpu) { return a64_get_fpsr(&cpu->a64); }

/* --- 32-bit ARM ------------------------------------------------------------------------------------------------------- */

/* FPSCR is compared as the floating-point status: all of it. */
static bool assign_a32(union state *state, const char *name, u128 v, u64 *fpscr)
{
    struct a32_state *s = &state->a32;
    char *index_end;
    unsigned long n = strtoul(name + 1, &index_end, 10);
    bool indexed = index_end != name + 1 && !*index_end;
    if (*name == 'r' && indexed && n < 15)
        s->r[n] = (u32)v;
    else if (!strcmp(name, "sp") || !strcmp(name, "lr"))
        s->r[*name == 's' ? A32_SP : A32_LR] = (u32)v;
    else if (*name == 's' && indexed && n < 32)
        s->q[n / 4].s[n % 4] = (u32)v;
    else if (*name == 'd' && indexed && n < 32)
        s->q[n / 2].d[n % 2] = (u64)v;
    else if (*name == 'q' && indexed && n < 16)
        s->q[n].q = v;
    else if (!strcmp(name, "nzcv"))
        s->nzcv[0] = (u32)v << 28;
    else if (!strcmp(name, "qf"))
        s->q_flag[0] = (u32)v & 1;
    else if (!strcmp(name, "fpscr"))
        *fpscr = (u64)v;
    else if (!strcmp(name, "ge"))
        for (unsigned i = 0; i < 4; i++)
            s->ge[0] = (s->ge[0] & ~(0xffu << 8 * i)) | (v >> i & 1 ? 0xffu << 8 * i : 0);
    else
        return false;
    s->fpscr_nzcv[0] = (u32)*fpscr & 0xf0000000;
    s->fpscr[0] = (u32)*fpscr & A32_FPSCR_CONTROL;
    return true;
}

static void start_a32(union state *cpu, const union state *before, u64 fpscr)
{
    copy_registers(cpu, before);
    cpu->c.mode = tested->mode | (cpu->c.mode & tested->big_endian);
    a32_set_fpscr(&cpu->a32, (u32)fpscr, a32_fpscr_bits(&cpu->c));
}
static u64 status_a32(union state *cpu) { return a32_get_fpscr(&cpu->a32); }

#define A32_HEAD                                                                                                           \
    ".syntax unified\n.arch armv8.6-a\n.fpu crypto-neon-fp-armv8\n.arch_extension fp16\n.arch_extension fp16fml\n"          \
    ".arch_extension dotprod\n.arch_extension i8mm\n.arch_extension sb\n.arch_extension crc\n"
static const struct tested all_tested[] = {
    {"a64", "aarch64-linux-gnu-",
     ".arch armv8.8-a+sve+memtag\n.arch_extension sha3\n.arch_extension sm4\n.arch_extension crypto\n"
     ".arch_extension fp16fml\n.arch_extension mops\n.arch_extension flagm\n.arch_extension pauth\n",
     &guest_a64, {0x40, 0x4b, 0x2b, 0xd4}, 4, 0, A64_MODE_BE, assign_a64, same_a64, start_a64, status_a64},
    {"a32", "arm-linux-gnueabihf-", A32_HEAD ".arm\n", &guest_a32, {0x7f, 0xff, 0x2f, 0xe1}, 4, 0, A32_MODE_BE, assign_a32,
     same_a32, start_a32, status_a32},
    {"t32", "arm-linux-gnueabihf-", A32_HEAD ".thumb\n", &guest_a32, {0xff, 0xbe}, 2, A32_MODE_T, A32_MODE_BE, assign_a32,
     same_a32, start_a32, status_a32},
};

/* ---------------------------------------------------------------------------------------------------------------------- */

static union state *the_cpu;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(&the_cpu->c, signal, info, context))
        _exit(3);
}

static void choose_features(const char *list)
{
    char word[64];
    const char *wrong = cpu_choose_host_features(list, word, sizeof word);
    if (!wrong)
        return;
    fprintf(stderr, "run_insn: %s: %s\n", word, wrong);
    exit(2);
}

static void choose_guest(const char *name)
{
    for (tested = all_tested; tested < all_tested + ARRAY_SIZE(all_tested); tested++)
        if (!strcmp(tested->name, name))
            return;
    fprintf(stderr, "run_insn: no guest '%s'\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    struct cpu_config config = {0};
    const char *model = "max";
    bool big_endian = false;
    tested = &all_tested[0];
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], "--guest=", 8))
            choose_guest(argv[i] + 8);
        else if (!strncmp(argv[i], "--cpu=", 6))
            model = argv[i] + 6;
        else if (!strcmp(argv[i], "--single"))
            config.max_block_insns = 1;
        else if (!strcmp(argv[i], "--no-optimise"))
            config.no_optimise = true;
        else if (!strcmp(argv[i], "--big-endian"))
            big_endian = true;
        else if (!strcmp(argv[i], "--engine=jit"))
            config.engine = CPU_JIT;
        else if (!strncmp(argv[i], "--host-features=", 16))
            choose_features(argv[i] + 16);
        else
            read_file(argv[i]);
    config.guest = tested->guest;
    assemble();
    must(mem_init(64, 0, 0) == 0);
    cpu_init(&config);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    must(mem_mmap(CODE, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == CODE);
    must(mem_mmap(DATA, DATA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == DATA);
    must(mem_mmap(READ_ONLY, MEM_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == READ_ONLY);
    must(mem_mmap(mem.limit - MEM_PAGE, MEM_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) > 0);
    the_cpu = (union state *)cpu_new(NULL);
    if (tested->guest == &guest_a64) {
        the_cpu->c.model = a64_model_find(model);
    } else {
        the_cpu->c.model = a32_model_find(model);
        the_cpu->c.addr_mask = 0xffffffff;
        the_cpu->c.mem_limit = 1ull << 32;
    }
    must(the_cpu->c.model);
    the_cpu->c.mode |= tested->mode | (big_endian ? tested->big_endian : 0);
    for (unsigned i = 0; i < case_count; i++)
        failed += !run_case(the_cpu, &cases[i]);
    printf("%u passed, %u failed\n", case_count - failed, failed);
    return failed || !case_count;
}
