/* Compiles one case and prints its host code; nothing runs. See README.md.
 *
 *     golden_compile FEATURES a64|a32|t32 CODE    bytes of guest instructions, hexadecimal; lifted and optimised as the run
 *                                                 loop does it
 *     golden_compile FEATURES ir                  a function in the IR's text form from standard input, as it is
 */
#define _GNU_SOURCE
#include "guest/a64/model.h"
#include "jit/jit.h"
#include "jit/x64/host.h"
#include "opt/opt.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a32_state.h"
#include "state/a64_state.h"
#include "tools/listing.h"

#include <stdio.h>
#include <stdlib.h>

enum { CODE_BYTES = 4 << 20, INSN_BYTES = 1024 };
static const u64 address = 0x10000;

/* IR has a64's names. */
static const struct instruction_set {
    const char *name;
    const struct guest *guest;
    unsigned bits;
    u32 mode;
} sets[] = {{"ir", &guest_a64, 64, 0},
            {"a64", &guest_a64, 64, 0},
            {"a32", &guest_a32, 32, 0},
            {"t32", &guest_a32, 32, A32_MODE_T}};
static const struct instruction_set *set;

static void print_piece(const struct jit_piece *p)
{
    printf("; %u bytes\n", p->bytes);
    listing_print(stdout, p, set->guest, false, set->guest->print_insn);
}

static const char *lift(struct ir_fn *fn, struct cpu_common *cpu, const char *hex)
{
    static struct ir_build build;
    u8 code[INSN_BYTES];
    size_t n = 0;
    for (; n < sizeof code && sscanf(hex + 2 * n, "%2hhx", &code[n]) == 1; n++)
        ;
    if (!n || hex[2 * n])
        return "no code, or too much";
    cpu->mode |= set->mode;
    build.cpu = cpu;
    set->guest->lift(&build, fn, address, code, n, (unsigned)n, false);
    opt_run(fn);
    return NULL;
}

static const char *parse(struct ir_fn *fn)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t n = getdelim(&text, &size, 0, stdin);
    const char *wrong = n < 0 ? "no text" : ir_parse(fn, guest_a64.names, text);
    if (!wrong)
        wrong = ir_verify(fn);
    free(text);
    return wrong;
}

int main(int argc, char **argv)
{
    struct ir_fn fn = {0};
    struct jit_thread *thread = NULL;
    char word[64];
    for (set = sets; argc >= 3 && set < sets + ARRAY_SIZE(sets) && strcmp(argv[2], set->name); set++)
        ;
    bool is_ir = set == sets;
    if (argc != (is_ir ? 3 : 4) || set == sets + ARRAY_SIZE(sets)) {
        fprintf(stderr, "usage: golden_compile FEATURES a64|a32|t32 CODE | ir\n");
        return 2;
    }
    const char *wrong = x64_choose_features(argv[1], true, word, sizeof word);
    if (wrong) {
        fprintf(stderr, "golden_compile: %s: %s\n", word, wrong);
        return 2;
    }
    struct cpu_config config = {.guest = set->guest, .engine = CPU_JIT, .code_bytes = CODE_BYTES};
    must(mem_init(set->bits, 0, 0) == 0);
    cpu_init(&config);
    must(jit_ready());
    struct cpu_common *cpu = cpu_new(NULL);
    if (set->guest == &guest_a64)
        a64_reset_process((struct a64_state *)cpu, a64_model_find("max"));
    wrong = is_ir ? parse(&fn) : lift(&fn, cpu, argv[3]);
    if (wrong) {
        fprintf(stderr, "golden_compile: %s\n", wrong);
        return 2;
    }
    jit_watch(print_piece);
    struct block *block = jit_compile(&thread, &fn, fn.mode, cpu, 0, false);
    if (block)
        cache_free(block);
    else
        printf("; not compiled: the interpreter runs it\n");
    jit_thread_free(thread);
    cpu_free(cpu);
    ir_fn_free(&fn);
    return 0;
}
