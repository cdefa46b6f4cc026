/* The system calls: rows of table.def, checked against the types, and the numbers that guests give them. */
#include "gensys/gensys.h"

#include <stdlib.h>
#include <string.h>

const struct kind kinds[] = {
    {"INT", "int", REF_NONE, false},
    {"UINT", "unsigned", REF_NONE, false},
    {"LONG", "long", REF_NONE, false},
    {"ULONG", "unsigned long", REF_NONE, false},
    {"HEX", "unsigned long", REF_NONE, false},
    {"REQUEST", "unsigned long", REF_NONE, false},
    {"SIZE", "size_t", REF_NONE, false},
    {"FD", "int", REF_NONE, false},
    {"DIRFD", "int", REF_NONE, false},
    {"PID", "int", REF_NONE, false},
    {"UID", "unsigned", REF_NONE, false},
    {"UID16", "unsigned", REF_NONE, false},
    {"SIG", "int", REF_NONE, false},
    {"MODE", "unsigned", REF_NONE, false},
    {"CLOCK", "int", REF_NONE, false},
    {"DEV", "unsigned long", REF_NONE, false},
    {"I64", "i64", REF_NONE, false},
    {"X64", "u64", REF_NONE, false},
    {"FLAGS", "u64", REF_CONSTS, false},
    {"ENUM", "int", REF_CONSTS, false},
    {"PATH", "const char *", REF_NONE, false},
    {"PATH_NOFOLLOW", "const char *", REF_NONE, false},
    {"RAW_PATH", "const char *", REF_NONE, false},
    {"STR", "const char *", REF_NONE, false},
    {"ADDR", "u64", REF_NONE, false},
    {"STRINGS", "u64", REF_NONE, false},
    {"BUF_IN", "const void *", REF_NONE, true},
    {"BUF_OUT", "void *", REF_NONE, true},
    {"IOV_IN", "const struct iovec *", REF_NONE, true},
    {"IOV_OUT", "const struct iovec *", REF_NONE, true},
    {"IN", NULL, REF_STRUCT, false},
    {"OUT", NULL, REF_STRUCT, false},
    {"INOUT", NULL, REF_STRUCT, false},
    {"IN_ARRAY", NULL, REF_STRUCT, true},
    {"OUT_ARRAY", NULL, REF_STRUCT, true},
    {"INOUT_ARRAY", NULL, REF_STRUCT, true},
};

const char *const results[] = {"ERRNO", "FD", "COUNT", "ADDR", "PID", "NUM", "MODE", "NORETURN", "EXEC"};
const char *const levels[] = {"FULL", "PARTIAL", "FORWARD", "ENOSYS", "REFUSE"};
const char *const waits[] = {"QUICK", "WAIT", "WAIT_NOHAND"};

struct call *calls;
int call_count;
struct numbers guests[8];
int guest_count;

static int find_word(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(words[i], word))
            return i;
    return -1;
}
#define FIND_WORD(list, word) find_word(list, (int)(sizeof(list) / sizeof(list)[0]), word)

static int find_call(const char *name)
{
    for (int i = 0; i < call_count; i++)
        if (!strcmp(calls[i].name, name))
            return i;
    return -1;
}

static int find_kind(const char *word)
{
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i].word, word))
            return i;
    return -1;
}

static void read_argument(struct call *c, struct node *n)
{
    if (c->args == MAX_ARGS)
        fail(n->file, n->line, "%s: more than %d arguments", c->name, MAX_ARGS);
    struct argument *a = &c->arg[c->args++];
    *a = (struct argument){.kind = find_kind(n->text), .ref = -1, .link = -1};
    if (a->kind < 0 || !n->call)
        fail(n->file, n->line, "%s: unknown argument kind '%s'", c->name, n->text);
    const struct kind *k = &kinds[a->kind];
    int column = 0;
    if (k->ref != REF_NONE) {
        const char *word = arg_text(n, column++);
        a->ref = k->ref == REF_STRUCT ? find_struct(word) : find_consts(word);
        if (a->ref < 0)
            fail(n->file, n->line, "%s: unknown %s '%s'", c->name, k->ref == REF_STRUCT ? "struct" : "constants", word);
    }
    a->name = arg_text(n, column++);
    if (n->groups != column + k->link)
        fail(n->file, n->line, "%s: %s takes %d columns", c->name, n->text, column + k->link);
}

/* Lengths may be arguments further to the right: resolved when all are read. */
static void link_arguments(struct call *c, struct node *row)
{
    for (int i = 0; i < c->args; i++) {
        struct node *n = row->group[3].items[i];
        if (!kinds[c->arg[i].kind].link)
            continue;
        const char *word = arg_text(n, n->groups - 1);
        char *end;
        long fixed = strtol(word, &end, 0);
        if (!*end && fixed > 0 && fixed < 32768) {
            c->arg[i].link = -1 - (int)fixed;
            continue;
        }
        for (int j = 0; j < c->args; j++)
            if (!strcmp(c->arg[j].name, word))
                c->arg[i].link = j;
        if (c->arg[i].link < 0)
            fail(n->file, n->line, "%s: no argument is called '%s'", c->name, word);
    }
}

/* What stands behind the level: a word about waiting, AS(name). */
static void read_details(struct call *c, struct node *n)
{
    bool forward = !strcmp(levels[c->level], "FORWARD"), waiting = false;
    c->as = c->name;
    for (int i = 1; i < n->group[1].count; i++) {
        struct node *word = n->group[1].items[i];
        bool as = word->call && !strcmp(word->text, "AS") && c->as == c->name && (forward || c->level <= 1);
        int wait = FIND_WORD(waits, word->text);
        if (as) {
            c->as = arg_text(word, 0);
        } else if (forward && wait >= 0 && !waiting) {
            c->wait = wait;
            waiting = true;
        } else {
            fail(n->file, n->line, "%s: '%s' does not fit here", c->name, word->text);
        }
    }
}

/* FULL AS(other): the other row must have a function. Rows may come in any order. */
void check_functions(const char *file)
{
    for (int i = 0; i < call_count; i++) {
        int other = find_call(calls[i].as);
        if (calls[i].level <= 1 && (other < 0 || calls[other].level > 1 || calls[other].as != calls[other].name))
            fail(file, calls[i].line, "%s: %s has no function", calls[i].name, calls[i].as);
    }
}

void row_call(struct node *n)
{
    if (strcmp(n->text, "SYS"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    struct call c = {.name = arg_text(n, 0), .line = n->line, .error = "ENOSYS"};
    if (find_call(c.name) >= 0)
        fail(n->file, n->line, "call %s is there twice", c.name);
    struct node *level = arg_node(n, 1, 0);
    c.level = FIND_WORD(levels, level->text);
    if (c.level < 0)
        fail(n->file, n->line, "%s: unknown level '%s'", c.name, level->text);
    bool refuse = !strcmp(level->text, "REFUSE");
    if (refuse)
        c.error = arg_text(level, 0);
    if (level->call)
        c.note = arg_text(level, refuse ? 1 : 0);
    if (!c.note && (refuse || !strcmp(level->text, "PARTIAL") || !strcmp(level->text, "ENOSYS")))
        fail(n->file, n->line, "%s: level %s needs a reason", c.name, level->text);
    read_details(&c, n);
    c.result = FIND_WORD(results, arg_text(n, 2));
    if (c.result < 0)
        fail(n->file, n->line, "%s: unknown result '%s'", c.name, arg_text(n, 2));
    if (n->groups > 4)
        fail(n->file, n->line, "%s: too many columns", c.name);
    for (int i = 0; n->groups == 4 && i < n->group[3].count; i++)
        read_argument(&c, n->group[3].items[i]);
    if (n->groups == 4)
        link_arguments(&c, n);
    calls = grow(calls, sizeof *calls * (size_t)(call_count + 1));
    calls[call_count++] = c;
}

void row_number(struct node *n)
{
    struct numbers *g = &guests[guest_count - 1];
    if (strcmp(n->text, "NR"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    long number = arg_number(n, 0);
    int call = find_call(arg_text(n, 1));
    if (call < 0)
        fail(n->file, n->line, "no row in the table for '%s'", arg_text(n, 1));
    bool is_private = number >= PRIVATE_BASE && number < PRIVATE_BASE + MAX_PRIVATE;
    if (!is_private && (number < 0 || number >= MAX_NR))
        fail(n->file, n->line, "number %ld is out of range", number);
    int at = (int)(is_private ? number - PRIVATE_BASE + MAX_NR : number);
    if (g->number[at])
        fail(n->file, n->line, "number %ld is there twice", number);
    g->number[at] = call + 1;
    g->shown[at] = n->groups > 2 ? arg_text(n, 2) : NULL;
    calls[call].used = true;
    if (is_private && at - MAX_NR >= g->private_top)
        g->private_top = at - MAX_NR + 1;
    if (!is_private && at >= g->top)
        g->top = at + 1;
}

const char *guest_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path, *dot = strchr(start, '.');
    return copy_text(start, dot ? (size_t)(dot - start) : strlen(start));
}
