/* gensys: turns the tables of syscalls/ into C.
 *
 *   gensys OUTDIR table.def abi/scalars.def abi/structs.def abi/consts.def nr/GUEST.def ...
 *
 * writes OUTDIR/sys_gen.h (enums, prototypes of the call functions), OUTDIR/sys_gen.c (the tables that dispatch.c,
 * convert.c and strace.c read), OUTDIR/SUPPORT.md (the support page) and OUTDIR/layout_ABI.c (one file of static
 * assertions per guest ABI, for its cross compiler). Any error names file and line and stops the build.
 *
 * All inputs share one grammar:  file = { call },  call = NAME "(" group { "," group } ")",  group = { item },
 * item = NAME | NUMBER | "text" | call. Comments are C's. The legend of each table is at its top.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_GROUPS = 600, MAX_ITEMS = 400, MAX_ABIS = 8, MAX_ARGS = 6, MAX_NR = 1024 };

struct node {
    char *text; /* name, number or string contents */
    bool string, call;
    int line;
    const char *file;
    int groups;
    struct group {
        int count;
        struct node **items;
    } *group;
};

/* It runs once and ends: nothing is freed, and a sanitizer build shall not call that a leak. */
const char *__asan_default_options(void); // NOLINT(bugprone-reserved-identifier)
const char *__asan_default_options(void) { return "detect_leaks=0"; }

static const char *in_file;
static const char *in_at;
static int in_line;

static _Noreturn void fail(const char *file, int line, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

static void *grow(void *p, size_t bytes)
{
    p = realloc(p, bytes);
    if (!p)
        fail("gensys", 0, "out of memory");
    return p;
}

static char *copy_text(const char *from, size_t n)
{
    char *s = grow(NULL, n + 1);
    memcpy(s, from, n);
    s[n] = 0;
    return s;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

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

/* Reads a whole file and calls row() for each top-level call. */
static void each_row(const char *path, void (*row)(struct node *))
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

static struct node *arg_node(struct node *n, int group, int item)
{
    if (group >= n->groups || item >= n->group[group].count)
        fail(n->file, n->line, "%s: column %d is missing", n->text, group + 1);
    return n->group[group].items[item];
}
static const char *arg_text(struct node *n, int group) { return arg_node(n, group, 0)->text; }

static long arg_number(struct node *n, int group)
{
    const char *text = arg_text(n, group);
    char *end;
    long value = strtol(text, &end, 0);
    if (*end || end == text)
        fail(n->file, n->line, "%s: '%s' is not a number", n->text, text);
    return value;
}

/* A column of several words, as in `struct timespec`, joined by blanks. */
static char *arg_words(struct node *n, int group)
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

/* --- ABIs, scalars and structs -------------------------------------------------------------------------------------- */

struct abi {
    const char *name;
    int word, align64;
};
static struct abi abis[MAX_ABIS];
static int abi_count;

struct scalar {
    const char *name, *type;
    bool is_signed;
    int bytes64, bytes32;
};
static struct scalar *scalars;
static int scalar_count;

struct field {
    const char *name, *host; /* name in output; member of the host's struct, NULL: none (padding) */
    int offset, bytes, count;
    bool is_signed;
};
struct layout {
    bool defined, partial; /* partial: the C type has more members than the row; no size check */
    int bytes, align, fields;
    struct field *field;
};
struct strukt {
    const char *name, *type;
    int line;
    bool is_scalar;
    struct layout layout[MAX_ABIS];
};
static struct strukt *structs;
static int struct_count;

static int find_abi(const char *name)
{
    for (int i = 0; i < abi_count; i++)
        if (!strcmp(abis[i].name, name))
            return i;
    return -1;
}
static struct scalar *find_scalar(const char *name)
{
    for (int i = 0; i < scalar_count; i++)
        if (!strcmp(scalars[i].name, name))
            return &scalars[i];
    return NULL;
}
static int find_struct(const char *name)
{
    for (int i = 0; i < struct_count; i++)
        if (!strcmp(structs[i].name, name))
            return i;
    return -1;
}

static int scalar_bytes(const struct scalar *s, int abi) { return abis[abi].word == 8 ? s->bytes64 : s->bytes32; }
static int scalar_align(int bytes, int abi) { return bytes == 8 ? abis[abi].align64 : bytes; }
static int align_to(int x, int to) { return (x + to - 1) / to * to; }

static void add_field(struct layout *l, struct field f)
{
    l->field = grow(l->field, sizeof *l->field * (size_t)(l->fields + 1));
    l->field[l->fields++] = f;
}

static int new_struct(const char *name, const char *type, int line, bool is_scalar)
{
    structs = grow(structs, sizeof *structs * (size_t)(struct_count + 1));
    structs[struct_count] = (struct strukt){.name = name, .type = type, .line = line, .is_scalar = is_scalar};
    return struct_count++;
}

static void row_scalar(struct node *n)
{
    if (!strcmp(n->text, "ABI")) {
        if (abi_count == MAX_ABIS)
            fail(n->file, n->line, "too many ABIs");
        if (find_abi(arg_text(n, 0)) >= 0)
            fail(n->file, n->line, "ABI %s is there twice", arg_text(n, 0));
        abis[abi_count++] = (struct abi){arg_text(n, 0), (int)arg_number(n, 1), (int)arg_number(n, 2)};
        return;
    }
    if (strcmp(n->text, "SCALAR"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    if (find_scalar(arg_text(n, 0)))
        fail(n->file, n->line, "scalar %s is there twice", arg_text(n, 0));
    struct scalar s = {arg_text(n, 0), arg_words(n, 1), !strcmp(arg_text(n, 2), "signed"), (int)arg_number(n, 3),
                       (int)arg_number(n, 4)};
    if (!s.is_signed && strcmp(arg_text(n, 2), "unsigned"))
        fail(n->file, n->line, "scalar %s is neither signed nor unsigned", s.name);
    for (int b = 0; b < 2; b++) {
        int bytes = b ? s.bytes32 : s.bytes64;
        if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
            fail(n->file, n->line, "scalar %s: %d bytes", s.name, bytes);
    }
    scalars = grow(scalars, sizeof *scalars * (size_t)(scalar_count + 1));
    scalars[scalar_count++] = s;
    int i = new_struct(s.name, s.type, n->line, true);
    for (int a = 0; a < abi_count; a++) {
        struct layout *l = &structs[i].layout[a];
        l->defined = true;
        l->bytes = scalar_bytes(&s, a);
        l->align = scalar_align(l->bytes, a);
        add_field(l, (struct field){"", "", 0, l->bytes, 1, s.is_signed});
    }
}

/* Appends one field of a struct row to a layout; nested structs become their leaves. */
static void lay_field(struct node *n, struct layout *l, int abi, bool packed)
{
    bool pad = !strcmp(n->text, "PAD"), array = !strcmp(n->text, "A"), nested = !strcmp(n->text, "S");
    if (!pad && !array && !nested && strcmp(n->text, "F"))
        fail(n->file, n->line, "unknown field kind '%s'", n->text);
    const char *type = arg_text(n, 0);
    int fixed = pad ? 1 : array ? 3 : 2; /* columns before the optional host member */
    long count = array ? arg_number(n, 2) : pad && n->groups > 1 ? arg_number(n, 1) : 1;
    if (count < 1 || count > 65535)
        fail(n->file, n->line, "array of %ld", count);
    const char *name = pad ? "" : arg_text(n, 1);
    const char *host = pad ? NULL : n->groups > fixed ? arg_text(n, fixed) : name;
    if (nested) {
        int sub = find_struct(type);
        if (sub < 0 || !structs[sub].layout[abi].defined)
            fail(n->file, n->line, "unknown struct '%s' for %s", type, abis[abi].name);
        const struct layout *inner = &structs[sub].layout[abi];
        int align = packed ? 1 : inner->align;
        int at = align_to(l->bytes, align);
        for (int i = 0; i < inner->fields; i++) {
            struct field f = inner->field[i];
            char joined[128];
            snprintf(joined, sizeof joined, "%s.%s", name, f.name);
            f.name = copy_text(joined, strlen(joined));
            if (f.host) {
                snprintf(joined, sizeof joined, "%s.%s", host, f.host);
                f.host = copy_text(joined, strlen(joined));
            }
            f.offset += at;
            add_field(l, f);
        }
        l->bytes = at + inner->bytes;
        if (align > l->align)
            l->align = align;
        return;
    }
    const struct scalar *s = find_scalar(type);
    if (!s)
        fail(n->file, n->line, "unknown scalar '%s'", type);
    for (int i = 0; !pad && i < l->fields; i++)
        if (!strcmp(l->field[i].name, name))
            fail(n->file, n->line, "field %s is there twice", name);
    int bytes = scalar_bytes(s, abi), align = packed ? 1 : scalar_align(bytes, abi);
    int at = align_to(l->bytes, align);
    add_field(l, (struct field){name, host, at, bytes, (int)count, s->is_signed});
    l->bytes = at + bytes * (int)count;
    if (align > l->align)
        l->align = align;
}

static void row_struct(struct node *n)
{
    if (strcmp(n->text, "STRUCT"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    const char *name = arg_text(n, 0);
    bool wanted[MAX_ABIS] = {0}, packed[MAX_ABIS] = {0}, any = false, partial = false;
    int i = find_struct(name);
    if (i >= 0 && structs[i].is_scalar)
        fail(n->file, n->line, "struct %s has the name of a scalar", name);
    if (i < 0)
        i = new_struct(name, arg_words(n, 1), n->line, false);
    arg_node(n, 2, 0);
    struct group *g = &n->group[2];
    for (int k = 0; k < g->count; k++) {
        struct node *f = g->items[k];
        bool for_abi = !strcmp(f->text, "FOR"), pack = !strcmp(f->text, "PACKED");
        partial |= !strcmp(f->text, "PARTIAL");
        if (!for_abi && !pack)
            continue;
        for (int w = 0; w < f->group[0].count; w++) {
            int abi = find_abi(f->group[0].items[w]->text);
            if (abi < 0)
                fail(f->file, f->line, "unknown ABI '%s'", f->group[0].items[w]->text);
            (for_abi ? wanted : packed)[abi] = true;
        }
        any |= for_abi;
    }
    for (int a = 0; a < abi_count; a++) {
        struct layout *l = &structs[i].layout[a];
        if (any && !wanted[a])
            continue;
        if (l->defined)
            fail(n->file, n->line, "struct %s is there twice for %s", name, abis[a].name);
        *l = (struct layout){.defined = true, .align = 1, .partial = partial};
        for (int k = 0; k < g->count; k++) {
            const char *word = g->items[k]->text;
            if (strcmp(word, "FOR") && strcmp(word, "PACKED") && strcmp(word, "PARTIAL"))
                lay_field(g->items[k], l, a, packed[a]);
        }
        l->bytes = align_to(l->bytes, l->align);
    }
}

/* --- constants ------------------------------------------------------------------------------------------------------ */

struct constant {
    const char *name, *value[MAX_ABIS]; /* C expressions */
};
struct consts {
    const char *name;
    bool flags, differs;
    int count;
    struct constant *row;
};
static struct consts *consts;
static int consts_count;

static int find_consts(const char *name)
{
    for (int i = 0; i < consts_count; i++)
        if (!strcmp(consts[i].name, name))
            return i;
    return -1;
}

static void add_const(struct consts *c, struct node *n)
{
    struct constant k = {.name = arg_text(n, 0)};
    bool header = !strcmp(n->text, "V");
    if (!header && strcmp(n->text, "N") && strcmp(n->text, "G"))
        fail(n->file, n->line, "unknown constant kind '%s'", n->text);
    for (int i = 0; i < c->count; i++)
        if (!strcmp(c->row[i].name, k.name))
            fail(n->file, n->line, "constant %s is there twice", k.name);
    if (!header)
        arg_number(n, 1);
    for (int a = 0; a < abi_count; a++)
        k.value[a] = header ? k.name : arg_text(n, 1);
    for (int g = 2; g < n->groups; g++) {
        char *text = copy_text(arg_text(n, g), strlen(arg_text(n, g))), *equals = strchr(text, '=');
        if (!equals)
            fail(n->file, n->line, "%s: '%s' is not ABI=value", k.name, text);
        *equals = 0;
        int abi = find_abi(text);
        if (abi < 0)
            fail(n->file, n->line, "unknown ABI '%s'", text);
        k.value[abi] = equals + 1;
        c->differs = true;
    }
    c->row = grow(c->row, sizeof *c->row * (size_t)(c->count + 1));
    c->row[c->count++] = k;
}

static void row_consts(struct node *n)
{
    bool flags = !strcmp(n->text, "FLAGS");
    if (!flags && strcmp(n->text, "ENUM"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    if (find_consts(arg_text(n, 0)) >= 0)
        fail(n->file, n->line, "constants %s are there twice", arg_text(n, 0));
    consts = grow(consts, sizeof *consts * (size_t)(consts_count + 1));
    struct consts *c = &consts[consts_count++];
    *c = (struct consts){.name = arg_text(n, 0), .flags = flags};
    arg_node(n, 1, 0);
    for (int i = 0; i < n->group[1].count; i++)
        add_const(c, n->group[1].items[i]);
}

/* --- system calls --------------------------------------------------------------------------------------------------- */

/* Argument kinds: the word in table.def, the C type that the function sees, and what the columns are. */
enum ref { REF_NONE, REF_STRUCT, REF_CONSTS };
static const struct kind {
    const char *word, *type;
    enum ref ref; /* first column */
    bool link;    /* last column names the argument that holds a length */
} kinds[] = {
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
    {"SIG", "int", REF_NONE, false},
    {"MODE", "unsigned", REF_NONE, false},
    {"CLOCK", "int", REF_NONE, false},
    {"DEV", "unsigned long", REF_NONE, false},
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
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const char *const results[] = {"ERRNO", "FD", "COUNT", "ADDR", "PID", "NUM", "MODE", "NORETURN", "EXEC"};
static const char *const levels[] = {"FULL", "PARTIAL", "FORWARD", "ENOSYS", "REFUSE"};
static const char *const waits[] = {"QUICK", "WAIT", "WAIT_NOHAND"};

struct argument {
    int kind, ref, link;
    const char *name;
};
struct call {
    const char *name, *note, *error;
    int level, wait, result, args, line;
    bool used;
    struct argument arg[MAX_ARGS];
};
static struct call *calls;
static int call_count;

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

static void row_call(struct node *n)
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
    if (n->group[1].count > 1) {
        c.wait = FIND_WORD(waits, n->group[1].items[1]->text);
        if (c.wait < 0 || n->group[1].count > 2 || strcmp(level->text, "FORWARD"))
            fail(n->file, n->line, "%s: '%s' does not fit here", c.name, n->group[1].items[1]->text);
    }
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

struct numbers {
    const char *guest;
    int top, number[MAX_NR]; /* index of the call + 1 */
};
static struct numbers guests[8];
static int guest_count;

static void row_number(struct node *n)
{
    struct numbers *g = &guests[guest_count - 1];
    if (strcmp(n->text, "NR"))
        fail(n->file, n->line, "unknown row '%s'", n->text);
    long number = arg_number(n, 0);
    int call = find_call(arg_text(n, 1));
    if (call < 0)
        fail(n->file, n->line, "no row in the table for '%s'", arg_text(n, 1));
    if (number < 0 || number >= MAX_NR)
        fail(n->file, n->line, "number %ld is out of range", number);
    if (g->number[number])
        fail(n->file, n->line, "number %ld is there twice", number);
    g->number[number] = call + 1;
    calls[call].used = true;
    if (number >= g->top)
        g->top = (int)number + 1;
}

/* nr/arm64.def -> arm64 */
static const char *guest_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path, *dot = strchr(start, '.');
    return copy_text(start, dot ? (size_t)(dot - start) : strlen(start));
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static FILE *create(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    if (!f)
        fail(path, 0, "cannot be written");
    return f;
}

static bool has_function(const struct call *c) { return c->level <= 1; }

static void print_type(FILE *f, const struct argument *a)
{
    const struct kind *k = &kinds[a->kind];
    if (k->type)
        fprintf(f, "%s", k->type);
    else
        fprintf(f, "%s%s *", strstr(k->word, "IN") == k->word && strstr(k->word, "INOUT") != k->word ? "const " : "",
                structs[a->ref].type);
}

static void write_header(FILE *f)
{
    fprintf(f, "/* Generated by gensys from the tables of syscalls/. */\n");
    fprintf(f, "enum sys_abi_id {");
    for (int i = 0; i < abi_count; i++)
        fprintf(f, " ABI_%s,", abis[i].name);
    fprintf(f, " ABI_COUNT };\nenum abi_struct_id {\n");
    for (int i = 0; i < struct_count; i++)
        fprintf(f, "    ST_%s,\n", structs[i].name);
    fprintf(f, "    ST_COUNT\n};\nenum abi_consts_id {\n");
    for (int i = 0; i < consts_count; i++)
        fprintf(f, "    CT_%s,\n", consts[i].name);
    fprintf(f, "    CT_COUNT\n};\nenum sys_kind {\n");
    for (int i = 0; i < KINDS; i++)
        fprintf(f, "    ARG_%s,\n", kinds[i].word);
    fprintf(f, "    ARG_COUNT\n};\nenum sys_level { LEVEL_FULL, LEVEL_PARTIAL, LEVEL_FORWARD, LEVEL_ENOSYS, LEVEL_REFUSE };\n");
    fprintf(f, "enum sys_wait {");
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        fprintf(f, " SYS_%s,", waits[i]);
    fprintf(f, " };\nenum sys_result {");
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        fprintf(f, " RESULT_%s,", results[i]);
    fprintf(f, " };\nenum sys_call_id {\n");
    for (int i = 0; i < call_count; i++)
        fprintf(f, "    CALL_%s,\n", calls[i].name);
    fprintf(f, "    CALL_COUNT\n};\n\n");
    for (int i = 0; i < call_count; i++) {
        const struct call *c = &calls[i];
        if (!has_function(c))
            continue;
        fprintf(f, "long sys_do_%s(", c->name);
        for (int k = 0; k < c->args; k++) {
            fprintf(f, "%s", k ? ", " : "");
            print_type(f, &c->arg[k]);
            fprintf(f, " %s", c->arg[k].name);
        }
        fprintf(f, "%s);\n", c->args ? "" : "void");
    }
}

static char *names_blob;
static size_t names_used;

static unsigned name_offset(const char *name)
{
    for (size_t at = 0; at < names_used; at += strlen(names_blob + at) + 1)
        if (!strcmp(names_blob + at, name))
            return (unsigned)at;
    size_t n = strlen(name) + 1;
    names_blob = grow(names_blob, names_used + n);
    memcpy(names_blob + names_used, name, n);
    names_used += n;
    return (unsigned)(names_used - n);
}

static void write_layout(FILE *f, const struct strukt *s, int abi)
{
    const struct layout *l = &s->layout[abi];
    fprintf(f, "static const struct abi_field fields_%s_%s[] = {\n", s->name, abis[abi].name);
    for (int i = 0; i < l->fields; i++) {
        const struct field *d = &l->field[i];
        fprintf(f, "    {%d, %d, %d, %d, %u, ", d->offset, d->count, d->bytes, d->is_signed, name_offset(d->name));
        if (!d->host)
            fprintf(f, "0, 0},\n");
        else if (s->is_scalar)
            fprintf(f, "0, sizeof(%s)},\n", s->type);
        else if (d->count > 1)
            fprintf(f, "offsetof(%s, %s), sizeof(((%s *)0)->%s) / %d},\n", s->type, d->host, s->type, d->host, d->count);
        else
            fprintf(f, "offsetof(%s, %s), sizeof(((%s *)0)->%s)},\n", s->type, d->host, s->type, d->host);
    }
    fprintf(f, "};\n");
}

static void write_same(FILE *f, const struct strukt *s, int abi)
{
    const struct layout *l = &s->layout[abi];
    if (s->is_scalar) {
        fprintf(f, "sizeof(%s) == %d", s->type, l->bytes);
        return;
    }
    fprintf(f, "sizeof(%s) == %d", s->type, l->bytes);
    for (int i = 0; i < l->fields; i++)
        if (l->field[i].host)
            fprintf(f, " && offsetof(%s, %s) == %d && sizeof(((%s *)0)->%s) == %d", s->type, l->field[i].host,
                    l->field[i].offset, s->type, l->field[i].host, l->field[i].bytes * l->field[i].count);
}

static void write_structs(FILE *f)
{
    for (int i = 0; i < struct_count; i++)
        for (int a = 0; a < abi_count; a++)
            if (structs[i].layout[a].defined)
                write_layout(f, &structs[i], a);
    fprintf(f, "const struct abi_struct abi_structs[ST_COUNT] = {\n");
    for (int i = 0; i < struct_count; i++) {
        const struct strukt *s = &structs[i];
        fprintf(f, "    {\"%s\", sizeof(%s), {\n", s->name, s->type);
        for (int a = 0; a < abi_count; a++) {
            const struct layout *l = &s->layout[a];
            if (!l->defined)
                continue;
            fprintf(f, "        [ABI_%s] = {%d, %d, %d, fields_%s_%s, ", abis[a].name, l->bytes, l->align, l->fields, s->name,
                    abis[a].name);
            write_same(f, s, a);
            fprintf(f, "},\n");
        }
        fprintf(f, "    }},\n");
    }
    fprintf(f, "};\nconst char abi_names[] =");
    for (size_t at = 0; at < names_used; at += strlen(names_blob + at) + 1)
        fprintf(f, "\n    \"%s\\0\"", names_blob + at);
    fprintf(f, ";\n");
}

static void write_consts(FILE *f)
{
    for (int i = 0; i < consts_count; i++) {
        const struct consts *c = &consts[i];
        fprintf(f, "static const struct abi_const const_%s[] = {\n", c->name);
        for (int k = 0; k < c->count; k++) {
            fprintf(f, "    {\"%s\", {", c->row[k].name);
            for (int a = 0; a < abi_count; a++)
                fprintf(f, "%s%s", a ? ", " : "", c->row[k].value[a]);
            fprintf(f, "}},\n");
        }
        fprintf(f, "};\n");
    }
    fprintf(f, "const struct abi_consts abi_consts[CT_COUNT] = {\n");
    for (int i = 0; i < consts_count; i++)
        fprintf(f, "    {const_%s, %d, %d, %d},\n", consts[i].name, consts[i].count, consts[i].flags, consts[i].differs);
    fprintf(f, "};\n");
}

static void write_calls(FILE *f)
{
    for (int i = 0; i < call_count; i++) {
        const struct call *c = &calls[i];
        if (!has_function(c))
            continue;
        fprintf(f, "static long call_%s(const u64 *a)\n{\n    %sreturn sys_do_%s(", c->name, c->args ? "" : "(void)a;\n    ",
                c->name);
        for (int k = 0; k < c->args; k++) {
            fprintf(f, "%s(", k ? ", " : "");
            print_type(f, &c->arg[k]);
            fprintf(f, ")a[%d]", k);
        }
        fprintf(f, ");\n}\n");
    }
    fprintf(f, "const struct sys_row sys_rows[CALL_COUNT] = {\n");
    for (int i = 0; i < call_count; i++) {
        const struct call *c = &calls[i];
        bool forward = !strcmp(levels[c->level], "FORWARD");
        fprintf(f, "    {\"%s\", LEVEL_%s, SYS_%s, RESULT_%s, %d, %s, ", c->name, levels[c->level], waits[c->wait],
                results[c->result], c->args, c->error);
        fprintf(f, forward ? "__NR_%s, " : "-1, ", c->name);
        fprintf(f, has_function(c) ? "call_%s, {" : "NULL, {", c->name);
        for (int k = 0; k < c->args; k++)
            fprintf(f, "{\"%s\", ARG_%s, %d, %d}, ", c->arg[k].name, kinds[c->arg[k].kind].word, c->arg[k].ref,
                    c->arg[k].link);
        fprintf(f, "}},\n");
    }
    fprintf(f, "};\n");
    for (int g = 0; g < guest_count; g++) {
        fprintf(f, "static const i16 numbers_%s[] = {", guests[g].guest);
        for (int n = 0; n < guests[g].top; n++)
            fprintf(f, "%s%d,", n % 16 ? " " : "\n    ", guests[g].number[n] - 1);
        fprintf(f, "\n};\nconst struct sys_numbers sys_numbers_%s = {numbers_%s, %d};\n", guests[g].guest, guests[g].guest,
                guests[g].top);
    }
}

static void write_support(FILE *f)
{
    fprintf(f, "# System calls\n\nGenerated from `table.def` and `nr/*.def`; `ninja support` writes it anew.\n\n"
               "FULL: implemented here. FORWARD: the host kernel does it, arguments converted. PARTIAL: see the note.\n"
               "ENOSYS: as on a kernel without the call. REFUSE: always the error in the note.\n");
    for (int g = 0; g < guest_count; g++) {
        int total[sizeof levels / sizeof levels[0]] = {0};
        for (int n = 0; n < guests[g].top; n++)
            if (guests[g].number[n])
                total[calls[guests[g].number[n] - 1].level]++;
        fprintf(f, "\n## %s\n\n", guests[g].guest);
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
            fprintf(f, "%s%s %d", i ? ", " : "", levels[i], total[i]);
        fprintf(f, ".\n\n| number | call | level | note |\n|---:|---|---|---|\n");
        for (int n = 0; n < guests[g].top; n++) {
            if (!guests[g].number[n])
                continue;
            const struct call *c = &calls[guests[g].number[n] - 1];
            fprintf(f, "| %d | %s | %s | %s%s%s |\n", n, c->name, levels[c->level],
                    !strcmp(levels[c->level], "REFUSE") ? c->error : "", !strcmp(levels[c->level], "REFUSE") ? ": " : "",
                    c->note ? c->note : "");
        }
    }
}

static void write_layout_test(FILE *f, int abi)
{
    fprintf(f, "#include \"layout_types.h\"\n");
    for (int i = 0; i < struct_count; i++) {
        const struct strukt *s = &structs[i];
        const struct layout *l = &s->layout[abi];
        if (s->is_scalar || !l->defined)
            continue;
        fprintf(f, "#ifndef SKIP_%s\n", s->name);
        if (!l->partial)
            fprintf(f, "_Static_assert(sizeof(%s) == %d, \"size of %s\");\n", s->type, l->bytes, s->name);
        for (int k = 0; k < l->fields; k++) {
            const struct field *d = &l->field[k];
            if (!d->host)
                continue;
            fprintf(f, "_Static_assert(offsetof(%s, %s) == %d, \"offset of %s.%s\");\n", s->type, d->host, d->offset, s->name,
                    d->name);
            fprintf(f, "_Static_assert(sizeof(((%s *)0)->%s) == %d, \"size of %s.%s\");\n", s->type, d->host,
                    d->bytes * d->count, s->name, d->name);
        }
        fprintf(f, "#endif\n");
    }
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fprintf(stderr, "usage: gensys OUTDIR table.def scalars.def structs.def consts.def nr/GUEST.def...\n");
        return 2;
    }
    each_row(argv[3], row_scalar);
    each_row(argv[4], row_struct);
    each_row(argv[5], row_consts);
    each_row(argv[2], row_call);
    for (int i = 6; i < argc; i++) {
        if (guest_count == (int)(sizeof guests / sizeof guests[0]))
            fail(argv[i], 0, "too many guests");
        guests[guest_count++].guest = guest_name(argv[i]);
        each_row(argv[i], row_number);
    }
    for (int i = 0; i < call_count; i++)
        if (!calls[i].used)
            fail(argv[2], calls[i].line, "%s has no number in any guest", calls[i].name);
    FILE *f = create(argv[1], "sys_gen.h");
    write_header(f);
    fclose(f);
    f = create(argv[1], "sys_gen.c");
    fprintf(f, "/* Generated by gensys from the tables of syscalls/. */\n#include \"syscalls/table.h\"\n"
               "#include \"syscalls/abi/types.h\"\n\n");
    write_structs(f);
    write_consts(f);
    write_calls(f);
    fclose(f);
    f = create(argv[1], "SUPPORT.md");
    write_support(f);
    fclose(f);
    for (int a = 0; a < abi_count; a++) {
        char name[64];
        snprintf(name, sizeof name, "layout_%s.c", abis[a].name);
        f = create(argv[1], name);
        write_layout_test(f, a);
        fclose(f);
    }
    return 0;
}
