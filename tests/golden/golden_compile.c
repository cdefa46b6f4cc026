/* Compiles one case and prints its host code; nothing runs. See README.md.
 *
 *     golden_compile FEATURES WORD...     guest instructions, hexadecimal; lifted and optimised as the run loop does it
 *     golden_compile FEATURES ir          a function in the IR's text form from standard input, as it is
 */
#define _GNU_SOURCE
#include "guest/a64/model.h"
#include "jit/jit.h"
#include "jit/x64/host.h"
#include "opt/opt.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a64_state.h"
#include "tools/listing.h"

#include <stdio.h>
#include <stdlib.h>

enum { CODE_BYTES = 4 << 20, WORDS = 256 };
static const u64 address = 0x10000;

static void print_piece(const struct jit_piece *p)
{
    printf("; %u bytes\n", p->bytes);
    listing_print(stdout, p, &guest_a64, false, guest_a64.print_insn);
}

static const char *lift(struct ir_fn *fn, int count, char **words)
{
    static struct a64_state state;
    static struct ir_build build;
    u32 code[WORDS];
    if (!count || count > WORDS)
        return "no code, or too much";
    for (int i = 0; i < count; i++)
        code[i] = (u32)strtoul(words[i], NULL, 16);
    a64_reset_process(&state, a64_model_find("max"));
    build.cpu = (const struct cpu_common *)&state;
    guest_a64.lift(&build, fn, address, (const u8 *)code, (size_t)count * 4, (unsigned)count, false);
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
    if (argc < 3) {
        fprintf(stderr, "usage: golden_compile FEATURES WORD... | ir\n");
        return 2;
    }
    const char *wrong = x64_choose_features(argv[1], true, word, sizeof word);
    if (wrong) {
        fprintf(stderr, "golden_compile: %s: %s\n", word, wrong);
        return 2;
    }
    struct cpu_config config = {.guest = &guest_a64, .engine = CPU_JIT, .code_bytes = CODE_BYTES};
    must(mem_init(64, 0, 0) == 0);
    cpu_init(&config);
    must(jit_ready());
    wrong = strcmp(argv[2], "ir") ? lift(&fn, argc - 2, argv + 2) : parse(&fn);
    if (wrong) {
        fprintf(stderr, "golden_compile: %s\n", wrong);
        return 2;
    }
    jit_watch(print_piece);
    struct cpu_common *cpu = cpu_new(NULL);
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
