/* Runs text cases of passes: see README.md. */
#define _GNU_SOURCE
#include "ir/ir.h"
#include "opt/opt.h"
#include "state/names.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    void (*run)(struct ir_fn *fn);
} passes[] = {
    {"forward", opt_forward}, {"simplify", opt_simplify}, {"dead", opt_dead}, {"all", opt_run}, {"none", NULL}};

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    ssize_t n = getdelim(&text, &size, 0, f);
    fclose(f);
    if (n < 0)
        free(text);
    return n < 0 ? NULL : text;
}

/* The function without its header line, or "error: message". */
static char *text_of(struct ir_fn *fn, const char *problem)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (problem)
        fprintf(f, "error: %s\n", problem);
    else
        ir_print(fn, &a64_names, f);
    fclose(f);
    char *body = problem ? text : strchr(text, '\n') + 1;
    memmove(text, body, strlen(body) + 1);
    return text;
}

static const char *run_passes(struct ir_fn *fn, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ", "), i = 0;
        while (i < ARRAY_SIZE(passes) && !(strlen(passes[i].name) == len && !memcmp(passes[i].name, list, len)))
            i++;
        if (i == ARRAY_SIZE(passes))
            return "no such pass";
        if (passes[i].run)
            passes[i].run(fn);
        list += len;
        list += strspn(list, ", ");
    }
    opt_compact(fn);
    return ir_verify(fn);
}

static char *actual_of(const char *input, const char *list)
{
    struct ir_fn fn = {0};
    const char *problem = ir_parse(&fn, &a64_names, input);
    if (!problem)
        problem = ir_verify(&fn);
    if (!problem)
        problem = run_passes(&fn, list);
    char *text = text_of(&fn, problem);
    ir_fn_free(&fn);
    return text;
}

/* Expected text in the printer's own spelling and numbering. */
static char *normal(const char *expected)
{
    if (!strncmp(expected, "error:", 6))
        return strdup(expected);
    struct ir_fn fn = {0};
    const char *problem = ir_parse(&fn, &a64_names, expected);
    char *text = text_of(&fn, problem);
    ir_fn_free(&fn);
    return text;
}

/* Cuts trailing blank lines, leaves one newline. */
static void trim(char *text)
{
    size_t n = strlen(text);
    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        n--;
    strcpy(text + n, "\n");
}

int main(int argc, char **argv)
{
    bool bless = argc == 3 && !strcmp(argv[1], "--bless");
    if (argc != 2 + bless) {
        fprintf(stderr, "usage: ir_pass_cases [--bless] FILE.t\n");
        return 2;
    }
    const char *path = argv[argc - 1];
    char *text = read_file(path), *blessed = NULL;
    if (!text) {
        perror(path);
        return 2;
    }
    size_t blessed_size = 0;
    FILE *out = open_memstream(&blessed, &blessed_size);
    unsigned passed = 0, failed = 0;
    char *at = strstr(text, "== ");
    fprintf(out, "%.*s", at ? (int)(at - text) : 0, text);
    while (at) {
        char *next = strstr(at + 1, "\n== ");
        if (next)
            *next++ = 0;
        char *title = at + 3, *input = strchr(title, '\n'), *arrow = input ? strstr(input, "\n=>\n") : NULL;
        if (!arrow) {
            printf("%s: a case without =>\n", path);
            failed++;
            break;
        }
        *input++ = *arrow = 0;
        char *list = strchr(title, ':'), *expected = strcat(strdup(arrow + 4), "");
        expected = realloc(expected, strlen(expected) + 2);
        trim(expected);
        char *actual = actual_of(input, list ? list + 1 + strspn(list + 1, " ") : "all"), *want = normal(expected);
        trim(actual);
        trim(want);
        bool ok = !strcmp(actual, want);
        if (!ok && !bless)
            printf("FAILED %s\nexpected:\n%sactual:\n%s\n", title, want, actual);
        passed += ok;
        failed += !ok;
        fprintf(out, "== %s\n%s\n=>\n%s%s", title, input, ok ? expected : actual, next ? "\n" : "");
        free(expected);
        free(actual);
        free(want);
        at = next;
    }
    fclose(out);
    if (bless && failed) {
        FILE *f = fopen(path, "w");
        if (!f || fputs(blessed, f) < 0 || fclose(f))
            perror(path);
    }
    free(blessed);
    free(text);
    printf("%u passed, %u failed\n", passed, failed);
    return failed && !bless;
}
