/* Reading: the grammar that all tables share, and access to the columns of a row. */
#include "gensys/gensys.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *in_file;
static const char *in_at;
static int in_line;

_Noreturn void fail(const char *file, int line, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

void *grow(void *p, size_t bytes)
{
    p = realloc(p, bytes);
    if (!p)
        fail("gensys", 0, "out of memory");
    return p;
}

char *copy_text(const char *from, size_t n)
{
    char *s = grow(NULL, n + 1);
    memcpy(s, from, n);
    s[n] = 0;
    return s;
}

static void skip_space(void)
{
    for (;;) {
        if (*in_at == '\n')
            in_line++;
        if (isspace((unsigned char)*in_at)) {
            in_at++;
        } else if (in_at[0] == '/' && in_at[1] == '*') {
            const char *end = strstr(in_at + 2, "*/");
            if (!end)
                fail(in_file, in_line, "comment without end");
            for (; in_at < end + 2; in_at++)
                in_line += *in_at == '\n';
        } else if (in_at[0] == '/' && in_at[1] == '/') {
            while (*in_at && *in_at != '\n')
                in_at++;
        } else {
            return;
        }
    }
}

static bool word_char(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '=' || c == '-'; }

static struct node *parse_item(void)
{
    struct node *n = grow(NULL, sizeof *n);
    *n = (struct node){.line = in_line, .file = in_file};
    if (*in_at == '"') {
        const char *start = ++in_at;
        while (*in_at && *in_at != '"' && *in_at != '\n')
            in_at++;
        if (*in_at != '"')
            fail(in_file, n->line, "text without closing quote");
        n->text = copy_text(start, (size_t)(in_at++ - start));
        n->string = true;
        return n;
    }
    const char *start = in_at;
    while (word_char(*in_at))
        in_at++;
    if (in_at == start)
        fail(in_file, in_line, "unexpected character '%c'", *in_at ? *in_at : '$');
    n->text = copy_text(start, (size_t)(in_at - start));
    skip_space();
    if (*in_at != '(')
        return n;
    n->call = true;
    in_at++;
    n->group = grow(NULL, sizeof *n->group);
    n->group[0] = (struct group){0};
    n->groups = 1;
    for (;;) {
        skip_space();
        struct group *g = &n->group[n->groups - 1];
        if (!*in_at)
            fail(in_file, n->line, "'%s(' is not closed", n->text);
        if (*in_at == ')') {
            in_at++;
            return n;
        }
        if (*in_at == ',') {
            in_at++;
            n->group = grow(n->group, sizeof *n->group * (size_t)++n->groups);
            n->group[n->groups - 1] = (struct group){0};
            continue;
        }
        g->items = grow(g->items, sizeof *g->items * (size_t)(g->count + 1));
        struct node *item = parse_item();
        g->items[g->count++] = item;
    }
}

void each_row(const char *path, void (*row)(struct node *))
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(path, 0, "cannot be read");
    char *text = NULL;
    size_t used = 0, got;
    do {
        text = grow(text, used + 65537);
        got = fread(text + used, 1, 65536, f);
        used += got;
    } while (got);
    fclose(f);
    text[used] = 0;
    in_file = path;
    in_at = text;
    in_line = 1;
    for (skip_space(); *in_at; skip_space()) {
        struct node *n = parse_item();
        if (!n->call)
            fail(path, n->line, "'%s' is not a row", n->text);
        row(n);
    }
}

struct node *arg_node(struct node *n, int group, int item)
{
    if (group >= n->groups || item >= n->group[group].count)
        fail(n->file, n->line, "%s: column %d is missing", n->text, group + 1);
    return n->group[group].items[item];
}
const char *arg_text(struct node *n, int group) { return arg_node(n, group, 0)->text; }

long arg_number(struct node *n, int group)
{
    const char *text = arg_text(n, group);
    char *end;
    long value = strtol(text, &end, 0);
    if (*end || end == text)
        fail(n->file, n->line, "%s: '%s' is not a number", n->text, text);
    return value;
}

char *arg_words(struct node *n, int group)
{
    char buffer[256] = "";
    arg_node(n, group, 0);
    for (int i = 0; i < n->group[group].count; i++) {
        if (strlen(buffer) + strlen(n->group[group].items[i]->text) + 2 > sizeof buffer)
            fail(n->file, n->line, "%s: column %d is too long", n->text, group + 1);
        if (i)
            strcat(buffer, " ");
        strcat(buffer, n->group[group].items[i]->text);
    }
    return copy_text(buffer, strlen(buffer));
}
