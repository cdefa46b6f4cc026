/* Turns decode tables into a decoder.
 *
 * usage: gendec [--bits N] [--family NAME] SET OUT_DIR TABLE.dec...
 *
 * Writes OUT_DIR/SET_decode.h (an argument struct and a lift prototype per row) and OUT_DIR/SET_decode.c (the
 * decoder, and the rows as data for printing, fuzzing and checking). A guest with several instruction sets has a decoder
 * for each: --family names the guest then, whose folder, header and features all of them use; otherwise it is SET.
 * --bits is the width of the instructions, 32 or 16. A field called cond in the top four bits is a condition: 15 there
 * belongs to other rows. The format of a table is described in the README of the guest's folder. Everything wrong with a table is a message "FILE:LINE: ..." and exit status 1; in particular two
 * rows that share an encoding.
 */
#include "base/base.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_ROWS = 2048, MAX_FIELDS = 12, MAX_PARTS = 3, MAX_NODES = 64, MAX_FREE_BITS = 18, INDEX_BITS = 11 };

struct field {
    char name[16];
    unsigned width, parts;
    struct {
        u8 shift, width;
    } part[MAX_PARTS];
};

/* A where-condition as a tree; children are indices. */
struct node {
    enum { NUMBER, FIELD, UNARY, BINARY } kind;
    char op[3];
    u32 value; /* NUMBER: value; FIELD: index */
    int left, right;
};

struct row {
    char name[48], template[160], where[256], feature[24];
    const char *path;
    int line;
    u32 mask, value, ignored;
    unsigned fields;
    struct field field[MAX_FIELDS];
    int nodes, root;
    struct node node[MAX_NODES];
    u32 where_mask; /* bits that the condition looks at */
    bool conditional; /* has a cond field in the top bits */
};

static struct row *rows;
static unsigned row_count;
static unsigned errors;
static int insn_bits = 32;

__attribute__((format(printf, 3, 4))) static void error(const char *path, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", path, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    errors++;
}

static u32 field_get(const struct field *f, u32 insn)
{
    u32 v = 0;
    for (unsigned i = 0; i < f->parts; i++)
        v = v << f->part[i].width | (u32)bits(insn, f->part[i].shift + f->part[i].width - 1, f->part[i].shift);
    return v;
}

static int find_field(const struct row *r, const char *name, size_t len)
{
    for (unsigned i = 0; i < r->fields; i++)
        if (strlen(r->field[i].name) == len && !memcmp(r->field[i].name, name, len))
            return (int)i;
    return -1;
}

/* --- conditions ------------------------------------------------------------------------------------------------- */

struct parser {
    struct row *r;
    const char *p;
    bool bad;
};

static void skip_space(struct parser *s)
{
    while (isspace((unsigned char)*s->p))
        s->p++;
}

static int new_node(struct parser *s, struct node n)
{
    if (s->r->nodes == MAX_NODES) {
        s->bad = true;
        return 0;
    }
    s->r->node[s->r->nodes] = n;
    return s->r->nodes++;
}

static int parse_binary(struct parser *s, unsigned level);

static int parse_primary(struct parser *s)
{
    skip_space(s);
    if (*s->p == '(') {
        s->p++;
        int n = parse_binary(s, 0);
        skip_space(s);
        s->bad |= *s->p != ')';
        s->p += *s->p == ')';
        return n;
    }
    if (*s->p == '!' && s->p[1] != '=') {
        s->p++;
        return new_node(s, (struct node){.kind = UNARY, .op = "!", .left = parse_primary(s)});
    }
    if (isdigit((unsigned char)*s->p)) {
        char *end;
        u32 v = (u32)strtoul(s->p, &end, 0);
        s->p = end;
        return new_node(s, (struct node){.kind = NUMBER, .value = v});
    }
    size_t len = 0;
    while (isalnum((unsigned char)s->p[len]) || s->p[len] == '_')
        len++;
    int f = len ? find_field(s->r, s->p, len) : -1;
    if (f < 0) {
        error(s->r->path, s->r->line, "%s: no field at '%.20s' in the condition", s->r->name, s->p);
        s->bad = true;
        s->p += strlen(s->p);
        return 0;
    }
    s->p += len;
    for (unsigned i = 0; i < s->r->field[f].parts; i++)
        s->r->where_mask |= (u32)ones(s->r->field[f].part[i].width) << s->r->field[f].part[i].shift;
    return new_node(s, (struct node){.kind = FIELD, .value = (u32)f});
}

/* Operators by precedence, loosest first, as in C. Longer spellings come first within a level. */
static const char *const levels[][5] = {{"||"}, {"&&"}, {"|"}, {"&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"<<", ">>"}, {"+", "-"}};

static const char *operator_at(const struct parser *s, unsigned level)
{
    for (unsigned i = 0; i < ARRAY_SIZE(levels[0]) && levels[level][i]; i++) {
        const char *op = levels[level][i];
        size_t n = strlen(op);
        if (strncmp(s->p, op, n))
            continue;
        /* one-character operators must not be the start of a longer one */
        if (n == 1 && strchr("|&<>", *op) && (s->p[1] == *op || s->p[1] == '='))
            continue;
        return op;
    }
    return NULL;
}

static int parse_binary(struct parser *s, unsigned level)
{
    if (level == ARRAY_SIZE(levels))
        return parse_primary(s);
    int left = parse_binary(s, level + 1);
    for (;;) {
        skip_space(s);
        const char *op = operator_at(s, level);
        if (!op || s->bad)
            return left;
        s->p += strlen(op);
        struct node n = {.kind = BINARY, .left = left};
        snprintf(n.op, sizeof n.op, "%s", op);
        n.right = parse_binary(s, level + 1);
        left = new_node(s, n);
    }
}

static u32 evaluate(const struct row *r, int at, u32 insn)
{
    const struct node *n = &r->node[at];
    switch (n->kind) {
    case NUMBER:
        return n->value;
    case FIELD:
        return field_get(&r->field[n->value], insn);
    case UNARY:
        return !evaluate(r, n->left, insn);
    case BINARY:
        break;
    }
    u32 a = evaluate(r, n->left, insn), b = evaluate(r, n->right, insn);
    switch (n->op[0] << 8 | n->op[1]) {
    case '|' << 8 | '|':
        return a || b;
    case '&' << 8 | '&':
        return a && b;
    case '|' << 8:
        return a | b;
    case '&' << 8:
        return a & b;
    case '=' << 8 | '=':
        return a == b;
    case '!' << 8 | '=':
        return a != b;
    case '<' << 8 | '=':
        return a <= b;
    case '>' << 8 | '=':
        return a >= b;
    case '<' << 8:
        return a < b;
    case '>' << 8:
        return a > b;
    case '<' << 8 | '<':
        return a << (b & 31);
    case '>' << 8 | '>':
        return a >> (b & 31);
    case '+' << 8:
        return a + b;
    case '-' << 8:
        return a - b;
    }
    must(!"operator");
}

static bool row_holds(const struct row *r, u32 insn)
{
    return (!r->conditional || insn >> 28 != 15) && (!r->where[0] || evaluate(r, r->root, insn));
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

/* A name that C takes, too. */
static bool is_name(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)word[i]) && word[i] != '_')
            return false;
    return len && !isdigit((unsigned char)*word);
}

/* One word of the bit pattern; *at is the number of bits still to come. */
static bool add_bits(struct row *r, const char *word, size_t len, int *at)
{
    const char *colon = memchr(word, ':', len);
    if (!colon) {
        for (size_t i = 0; i < len; i++) {
            if (!strchr("01x", word[i]) || --*at < 0)
                return false;
            u32 bit = 1u << *at;
            if (word[i] == 'x') {
                r->ignored |= bit;
            } else {
                r->mask |= bit;
                r->value |= word[i] == '1' ? bit : 0;
            }
        }
        return true;
    }
    size_t name_len = (size_t)(colon - word);
    char *end;
    unsigned long width = strtoul(colon + 1, &end, 10);
    if (end != word + len || !width || width > 32 || name_len >= sizeof r->field[0].name || *at < (int)width ||
        !is_name(word, name_len))
        return false;
    if (name_len == 4 && !memcmp(word, "insn", 4)) /* the argument struct has this member already */
        return false;
    int f = find_field(r, word, name_len);
    if (f < 0) {
        if (r->fields == MAX_FIELDS)
            return false;
        f = (int)r->fields++;
        memcpy(r->field[f].name, word, name_len);
    }
    struct field *field = &r->field[f];
    if (field->parts == MAX_PARTS)
        return false;
    *at -= (int)width;
    field->part[field->parts].shift = (u8)*at;
    field->part[field->parts++].width = (u8)width;
    field->width += (unsigned)width;
    if (*at == 28 && width == 4 && !strcmp(field->name, "cond")) {
        r->conditional = true;
        r->where_mask |= 0xf0000000;
    }
    return true;
}

/* Copies a word of the line; returns what follows it. */
static const char *take_word(const char *p, const char **word, size_t *len)
{
    p += strspn(p, " \t");
    *word = p;
    *len = strcspn(p, " \t\"");
    return p + *len;
}

static void parse_tail(struct row *r, const char *p)
{
    while (p += strspn(p, " \t"), *p) {
        const char *word;
        size_t len;
        p = take_word(p, &word, &len);
        if (len == 5 && !memcmp(word, "where", 5)) {
            if (r->where[0]) {
                error(r->path, r->line, "%s: a second condition", r->name);
                return;
            }
            const char *stop = strstr(p, " needs ");
            size_t n = stop ? (size_t)(stop - p) : strlen(p);
            if (n >= sizeof r->where) {
                error(r->path, r->line, "%s: condition too long", r->name);
                return;
            }
            memcpy(r->where, p, n);
            p += n;
            struct parser s = {.r = r, .p = r->where};
            r->root = parse_binary(&s, 0);
            skip_space(&s);
            if (s.bad || *s.p)
                error(r->path, r->line, "%s: bad condition at '%s'", r->name, s.p);
        } else if (len == 5 && !memcmp(word, "needs", 5)) {
            p = take_word(p, &word, &len);
            if (r->feature[0])
                error(r->path, r->line, "%s: a second feature", r->name);
            else if (!is_name(word, len) || len >= sizeof r->feature)
                error(r->path, r->line, "%s: 'needs' wants a feature's name", r->name);
            else
                memcpy(r->feature, word, len);
        } else {
            error(r->path, r->line, "%s: unexpected '%.*s'", r->name, len ? (int)len : 1, word);
            return;
        }
    }
}

/* What would not survive in a C string, or not be an item. */
static void check_template(const struct row *r)
{
    for (const char *p = r->template; *p; p++) {
        if (*p == '\\' || iscntrl((unsigned char)*p))
            error(r->path, r->line, "%s: a backslash or control character in the template", r->name);
        if (*p == '{' && p[1] != ' ' && !strchr(p, '}'))
            error(r->path, r->line, "%s: '{' without '}' in the template", r->name);
    }
}

static void parse_row(const char *path, int line, const char *text)
{
    if (row_count == MAX_ROWS) {
        error(path, line, "too many rows");
        return;
    }
    struct row *r = &rows[row_count];
    *r = (struct row){.path = path, .line = line};
    const char *word, *p;
    size_t len;
    p = take_word(text, &word, &len);
    if (len >= sizeof r->name || !is_name(word, len)) {
        error(path, line, "a row starts with a name");
        return;
    }
    memcpy(r->name, word, len);
    for (unsigned i = 0; i < row_count; i++)
        if (!strcmp(rows[i].name, r->name))
            error(path, line, "%s is already at %s:%d", r->name, rows[i].path, rows[i].line);
    int at = insn_bits;
    while (p += strspn(p, " \t"), *p && *p != '"') {
        p = take_word(p, &word, &len);
        if (!add_bits(r, word, len, &at)) {
            error(path, line, "%s: bad bits '%.*s'", r->name, (int)len, word);
            return;
        }
    }
    if (at != 0) {
        error(path, line, "%s: %d bits, not %d", r->name, insn_bits - at, insn_bits);
        return;
    }
    const char *close = *p == '"' ? strchr(p + 1, '"') : NULL;
    if (!close || (size_t)(close - p) >= sizeof r->template) {
        error(path, line, "%s: a template in quotes must follow the bits", r->name);
        return;
    }
    memcpy(r->template, p + 1, (size_t)(close - p - 1));
    check_template(r);
    parse_tail(r, close + 1);
    row_count++;
}

static void read_table(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) {
        error(path, 0, "cannot be read");
        return;
    }
    char text[1024];
    for (int line = 1; fgets(text, sizeof text, f); line++) {
        if (!strchr(text, '\n') && !feof(f)) {
            error(path, line, "line too long");
            break;
        }
        text[strcspn(text, "\n")] = 0;
        char *p = text + strspn(text, " \t");
        if (*p && *p != '#')
            parse_row(path, line, p);
    }
    fclose(f);
}

/* --- overlaps ------------------------------------------------------------------------------------------------------- */

/* An encoding that both rows take: true, and the encoding. */
static bool overlap(const struct row *a, const struct row *b, u32 *example, bool *too_many)
{
    if ((a->value ^ b->value) & a->mask & b->mask)
        return false;
    u32 fixed = a->mask | b->mask, value = a->value | b->value;
    u32 open = (a->where_mask | b->where_mask) & ~fixed;
    if (__builtin_popcount(open) > MAX_FREE_BITS) {
        *too_many = true;
        return false;
    }
    u32 choice = 0;
    do { /* all subsets of the open bits */
        *example = value | choice;
        if (row_holds(a, *example) && row_holds(b, *example))
            return true;
        choice = (choice - open) & open;
    } while (choice);
    return false;
}

static void check_overlaps(void)
{
    for (unsigned i = 0; i < row_count; i++)
        for (unsigned j = i + 1; j < row_count; j++) {
            u32 example = 0;
            bool too_many = false;
            if (overlap(&rows[i], &rows[j], &example, &too_many))
                error(rows[j].path, rows[j].line, "%s overlaps %s (%s:%d), for example %08x", rows[j].name,
                      rows[i].name, rows[i].path, rows[i].line, example);
            if (too_many)
                error(rows[j].path, rows[j].line, "%s and %s: their conditions look at too many bits", rows[j].name,
                      rows[i].name);
        }
    for (unsigned i = 0; i < row_count; i++) {
        u32 example = 0;
        bool too_many = false;
        bool any = overlap(&rows[i], &rows[i], &example, &too_many);
        if (too_many)
            error(rows[i].path, rows[i].line, "%s: its condition looks at too many bits", rows[i].name);
        else if (!any)
            error(rows[i].path, rows[i].line, "%s: no encoding satisfies its condition", rows[i].name);
    }
}

/* --- output --------------------------------------------------------------------------------------------------------- */

static const char *guest, *family;
static char family_upper[16];

/* The condition as C, field names turned into members of d. */
static void print_condition(FILE *o, const struct row *r)
{
    for (const char *p = r->where; *p;) {
        size_t len = 0;
        while (isalnum((unsigned char)p[len]) || p[len] == '_')
            len++;
        if (len && !isdigit((unsigned char)*p))
            fprintf(o, "d.%.*s", (int)len, p);
        else if (len)
            fprintf(o, "%.*s", (int)len, p);
        else
            fputc(*p, o);
        p += len ? len : 1;
    }
}

static void print_header(FILE *o)
{
    fprintf(o, "/* Generated by tools/gendec from the decode tables. */\n#include \"guest/guest.h\"\n\n");
    for (unsigned i = 0; i < row_count; i++) {
        const struct row *r = &rows[i];
        fprintf(o, "struct %s_%s {\n    u32 insn;", guest, r->name);
        for (unsigned f = 0; f < r->fields; f++)
            fprintf(o, " u32 %s;", r->field[f].name);
        fprintf(o, "\n};\nLIFT(%s, %s);\n", guest, r->name);
    }
    fprintf(o, "enum flow %s_decode(struct ir_build *b, u32 insn);\n", guest);
}

static void print_extract(FILE *o, const struct row *r)
{
    fprintf(o, "    struct %s_%s d = {.insn = i", guest, r->name);
    for (unsigned f = 0; f < r->fields; f++) {
        const struct field *x = &r->field[f];
        fprintf(o, ", .%s = ", x->name);
        unsigned below = x->width;
        for (unsigned k = 0; k < x->parts; k++) {
            below -= x->part[k].width;
            fprintf(o, "%s(i >> %u & 0x%llx) << %u", k ? " | " : "", x->part[k].shift,
                    (unsigned long long)ones(x->part[k].width), below);
        }
    }
    fprintf(o, "};\n");
}

static void print_row_functions(FILE *o, const struct row *r)
{
    if (r->where[0]) {
        fprintf(o, "static bool where_%s(u32 i)\n{\n", r->name);
        print_extract(o, r);
        fprintf(o, "    return %s(", r->conditional ? "i >> 28 != 15 && " : "");
        print_condition(o, r);
        fprintf(o, ");\n}\n");
    }
    fprintf(o, "static enum flow lift_%s(struct ir_build *b, u32 i)\n{\n", r->name);
    if (r->feature[0])
        fprintf(o, "    if (!%s_feature(b, %s_FEAT_%s))\n        return FLOW_UNDEFINED;\n", family,
                family_upper, r->feature);
    print_extract(o, r);
    fprintf(o, "    return %s_lift_%s(b, &d);\n}\n", guest, r->name);
}

static void print_row_data(FILE *o, const struct row *r)
{
    const char *slash = strrchr(r->path, '/'), *file = slash ? slash + 1 : r->path;
    fprintf(o, "    {\"%s\", \"%s\", \"%.*s\", 0x%08x, 0x%08x, 0x%08x, ", r->name, r->template,
            (int)strcspn(file, "."), file, r->mask, r->value, r->ignored);
    r->feature[0] ? fprintf(o, "\"%s\", ", r->feature) : fprintf(o, "NULL, ");
    fprintf(o, "%s%s, ", r->where[0] ? "where_" : r->conditional ? "conditional" : "NULL", r->where[0] ? r->name : "");
    fprintf(o, "%u, {", r->fields);
    for (unsigned f = 0; f < r->fields; f++) {
        fprintf(o, "{\"%s\", %u, {", r->field[f].name, r->field[f].width);
        for (unsigned k = 0; k < r->field[f].parts; k++)
            fprintf(o, "{%u, %u},", r->field[f].part[k].shift, r->field[f].part[k].width);
        fprintf(o, "}},");
    }
    fprintf(o, "}},\n");
}

/* The instruction bits that most rows fix: they index the first table. */
static u32 choose_index(void)
{
    unsigned count[32] = {0};
    u32 chosen = 0;
    for (unsigned i = 0; i < row_count; i++)
        for (unsigned k = 0; k < 32; k++)
            count[k] += rows[i].mask >> k & 1;
    for (unsigned n = 0; n < INDEX_BITS; n++) {
        unsigned best = 32;
        for (unsigned k = 0; k < 32; k++)
            if (!(chosen >> k & 1) && (best == 32 || count[k] > count[best]))
                best = k;
        chosen |= 1u << best;
    }
    return chosen;
}

static u32 spread(u32 n, u32 into)
{
    u32 r = 0;
    for (unsigned k = 0; k < 32; k++)
        if (into >> k & 1) {
            r |= (n & 1) << k;
            n >>= 1;
        }
    return r;
}

static void print_index(FILE *o, u32 index)
{
    fprintf(o, "static const u16 candidates[] = {");
    unsigned *first = calloc((1u << INDEX_BITS) + 1, sizeof *first), n = 0;
    must(first != NULL);
    for (u32 v = 0; v < 1u << INDEX_BITS; v++) {
        u32 pattern = spread(v, index);
        first[v] = n;
        for (unsigned i = 0; i < row_count; i++)
            if (!((rows[i].value ^ pattern) & rows[i].mask & index)) {
                fprintf(o, "%s%u,", n % 16 ? "" : "\n    ", i);
                n++;
            }
    }
    first[1u << INDEX_BITS] = n;
    fprintf(o, "0};\nstatic const u32 first[] = {");
    for (u32 v = 0; v <= 1u << INDEX_BITS; v++)
        fprintf(o, "%s%u,", v % 16 ? "" : "\n    ", first[v]);
    fprintf(o, "};\n\nstatic u32 index_of(u32 i)\n{\n    return 0");
    unsigned at = 0;
    for (unsigned k = 0; k < 32;) { /* runs of adjacent bits move together */
        unsigned run = 0;
        while (k + run < 32 && index >> (k + run) & 1)
            run++;
        if (run)
            fprintf(o, " | (i >> %u & 0x%llx) << %u", k, (unsigned long long)ones(run), at);
        at += run;
        k += run ? run : 1;
    }
    fprintf(o, ";\n}\n\n");
    free(first);
}

static void print_source(FILE *o)
{
    fprintf(o, "/* Generated by tools/gendec from the decode tables. */\n#include \"%s_decode.h\"\n"
               "#include \"guest/dec.h\"\n#include \"guest/%s/%s.h\"\n\n", guest, family, family);
    for (unsigned i = 0; i < row_count; i++)
        if (rows[i].conditional) {
            fprintf(o, "static bool conditional(u32 i) { return i >> 28 != 15; }\n");
            break;
        }
    for (unsigned i = 0; i < row_count; i++)
        print_row_functions(o, &rows[i]);
    fprintf(o, "\nconst struct dec_row %s_rows[] = {\n", guest);
    for (unsigned i = 0; i < row_count; i++)
        print_row_data(o, &rows[i]);
    fprintf(o, "};\nconst u32 %s_row_count = %u;\n\n"
               "static const struct {\n    u32 mask, value;\n    bool (*where)(u32);\n"
               "    enum flow (*lift)(struct ir_build *, u32);\n} match[] = {\n", guest, row_count);
    for (unsigned i = 0; i < row_count; i++) {
        fprintf(o, "    {0x%08x, 0x%08x, %s%s, lift_%s},\n", rows[i].mask, rows[i].value,
                rows[i].where[0] ? "where_" : rows[i].conditional ? "conditional" : "NULL",
                rows[i].where[0] ? rows[i].name : "", rows[i].name);
    }
    fprintf(o, "};\n\n");
    print_index(o, choose_index());
    fprintf(o,
            "static int find(u32 i)\n{\n    u32 n = index_of(i);\n"
            "    for (u32 k = first[n]; k < first[n + 1]; k++) {\n        u16 row = candidates[k];\n"
            "        if ((i & match[row].mask) == match[row].value && (!match[row].where || match[row].where(i)))\n"
            "            return row;\n    }\n    return -1;\n}\n\n"
            "enum flow %s_decode(struct ir_build *b, u32 insn)\n{\n    int row = find(insn);\n"
            "    return row < 0 ? FLOW_UNDEFINED : match[row].lift(b, insn);\n}\n\n"
            "const struct dec_row *%s_find_row(u32 insn)\n{\n    int row = find(insn);\n"
            "    return row < 0 ? NULL : &%s_rows[row];\n}\n", guest, guest, guest);
}

static FILE *open_output(const char *folder, const char *ending)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s_decode.%s", folder, guest, ending);
    FILE *o = fopen(path, "w");
    if (!o) {
        fprintf(stderr, "gendec: %s cannot be written\n", path);
        exit(1);
    }
    return o;
}

int main(int argc, char **argv)
{
    for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2)
        if (!strcmp(argv[1], "--bits") && (!strcmp(argv[2], "16") || !strcmp(argv[2], "32")))
            insn_bits = atoi(argv[2]);
        else if (!strcmp(argv[1], "--family"))
            family = argv[2];
        else
            break;
    if (argc < 3 || argv[1][0] == '-') {
        fprintf(stderr, "usage: gendec [--bits N] [--family NAME] SET OUT_DIR TABLE.dec...\n");
        return 2;
    }
    guest = argv[1];
    family = family ? family : guest;
    for (size_t i = 0; family[i] && i < sizeof family_upper - 1; i++)
        family_upper[i] = (char)toupper((unsigned char)family[i]);
    rows = calloc(MAX_ROWS, sizeof *rows);
    must(rows != NULL);
    for (int i = 3; i < argc; i++)
        read_table(argv[i]);
    if (!errors)
        check_overlaps();
    if (errors)
        return 1;
    FILE *h = open_output(argv[2], "h"), *c = open_output(argv[2], "c");
    print_header(h);
    print_source(c);
    bool failed = ferror(h) | ferror(c);
    failed |= fclose(h) != 0;
    failed |= fclose(c) != 0;
    return failed;
}
