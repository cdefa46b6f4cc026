/* What arguments are made of: ABIs, scalars, structs laid out for each ABI, and named constants. */
#include "gensys/gensys.h"

#include <string.h>

struct abi abis[MAX_ABIS];
int abi_count;
struct strukt *structs;
int struct_count;
struct consts *consts;
int consts_count;

const char *const signs[SIGNS] = {"unsigned", "signed", "low", "words", "folded"};

struct scalar {
    const char *name, *type;
    int sign, bytes64, bytes32;
};
static struct scalar *scalars;
static int scalar_count;

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
int find_struct(const char *name)
{
    for (int i = 0; i < struct_count; i++)
        if (!strcmp(structs[i].name, name))
            return i;
    return -1;
}

static int scalar_bytes(const struct scalar *s, int abi) { return abis[abi].word == 8 ? s->bytes64 : s->bytes32; }
static int scalar_align(const struct scalar *s, int abi)
{
    int bytes = scalar_bytes(s, abi);
    if (!strcmp(signs[s->sign], "words"))
        return abis[abi].word;
    return bytes == 8 ? abis[abi].align64 : bytes;
}
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

void row_scalar(struct node *n)
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
    struct scalar s = {arg_text(n, 0), arg_words(n, 1), 0, (int)arg_number(n, 3), (int)arg_number(n, 4)};
    while (s.sign < SIGNS && strcmp(arg_text(n, 2), signs[s.sign]))
        s.sign++;
    if (s.sign == SIGNS)
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
        l->align = scalar_align(&s, a);
        add_field(l, (struct field){"", "", 0, l->bytes, 1, s.sign});
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
    int bytes = scalar_bytes(s, abi), align = packed ? 1 : scalar_align(s, abi);
    int at = align_to(l->bytes, align);
    add_field(l, (struct field){name, host, at, bytes, (int)count, s->sign});
    l->bytes = at + bytes * (int)count;
    if (align > l->align)
        l->align = align;
}

void row_struct(struct node *n)
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

/* --- constants ---------------------------------------------------------------------------------------------------- */

int find_consts(const char *name)
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

void row_consts(struct node *n)
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
