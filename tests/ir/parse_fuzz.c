/* Mutates texts: what is accepted must survive the passes and print and parse to the same again; what is not must end
 * in a message. Usage: ir_parse_fuzz ROUNDS FILE.. */
#define _GNU_SOURCE
#include "ir/ir.h"
#include "opt/opt.h"
#include "state/names.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_TEXT = 1 << 16 };

static u64 random_state = 1;
static u32 draw(u32 below)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;
    return (u32)((random_state >> 33) % below);
}

static char *printed(const struct ir_fn *fn)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    ir_print(fn, &a64_names, f);
    fclose(f);
    return text;
}

/* A few edits: bytes changed, pieces cut, doubled or moved. */
static void mutate(char *text)
{
    static const char bytes[] = "%0123456789:,._()xabcdef \n#;[]+-block";
    for (unsigned edits = 1 + draw(6); edits--;) {
        size_t n = strlen(text);
        if (n < 2)
            return;
        size_t at = draw((u32)n), len = 1 + draw(20), from = draw((u32)n);
        if (at + len > n)
            len = n - at;
        switch (draw(4)) {
        case 0: text[at] = bytes[draw(sizeof bytes - 1)]; break;
        case 1: memmove(text + at, text + at + len, n - at - len + 1); break;
        case 2:
            if (n + len < MAX_TEXT - 1)
                memmove(text + at + len, text + at, n - at + 1);
            break;
        default:
            if (from + len <= n)
                memmove(text + at, text + from, len);
        }
    }
}

static bool survives(const char *text, unsigned *accepted)
{
    static struct ir_fn fn, again;
    const char *problem = ir_parse(&fn, &a64_names, text);
    if (problem || ir_verify(&fn))
        return true;
    ++*accepted;
    for (int i = 0; i < 2; i++) {
        char *first = printed(&fn);
        problem = ir_parse(&again, &a64_names, first);
        char *second = printed(&again);
        bool same = !problem && !strcmp(first, second);
        if (!same)
            printf("does not round-trip (%s):\n%s\n%s\n", problem ? problem : "differs", first, second);
        free(first);
        free(second);
        if (!same)
            return false;
        opt_run(&fn);
        problem = ir_verify(&fn);
        if (problem) {
            printf("after the passes: %s\n%s\n", problem, text);
            return false;
        }
    }
    return true;
}

/* Runs every piece of the file between the marks of the test cases. */
static unsigned fuzz_file(const char *path, unsigned rounds, unsigned *accepted)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return 1;
    }
    char *line = NULL, seed[MAX_TEXT], text[MAX_TEXT];
    size_t size = 0;
    unsigned failed = 0;
    seed[0] = 0;
    for (bool more = true; more;) {
        more = getline(&line, &size, f) > 0;
        if (more && strncmp(line, "==", 2) && strncmp(line, "=>", 2) && strlen(seed) + strlen(line) < sizeof seed) {
            strcat(seed, line);
            continue;
        }
        for (unsigned i = 0; i < rounds; i++) {
            strcpy(text, seed);
            if (i)
                mutate(text);
            failed += !survives(text, accepted);
        }
        seed[0] = 0;
    }
    free(line);
    fclose(f);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 0, failed = 0, accepted = 0;
    for (int i = 2; i < argc; i++)
        failed += fuzz_file(argv[i], rounds / 100, &accepted);
    if (!accepted)
        failed++;
    printf("%u accepted\n%u passed, %u failed\n", accepted, argc > 2 ? (unsigned)argc - 2 : 0, failed);
    return failed != 0;
}
