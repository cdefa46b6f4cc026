/* Reads the text form. One line is one operation; the table of special.c says which operands it has. Never trusts its
 * input: every number is bounded before it is used, and the first error ends the parse. */
#include "ir/special.h"
#include "state/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_NUMBER = 1 << 20, MAX_BLOCKS = 4096, MAX_ARGS = 64 };

struct parser {
    const char *p; /* what is left of the text */
    unsigned line;
    const struct ir_names *names;
    struct ir_build b;
    ir_ref *values; /* by printed number */
    u32 value_count;
    bool failed;
};

static _Thread_local char message[200];

__attribute__((format(printf, 2, 3))) static bool fail(struct parser *s, const char *format, ...)
{
    if (s->failed)
        return false;
    s->failed = true;
    int n = snprintf(message, sizeof message, "line %u: ", s->line);
    va_list args;
    va_start(args, format);
    vsnprintf(message + n, sizeof message - (size_t)n, format, args);
    va_end(args);
    return false;
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static void skip_spaces(struct parser *s)
{
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r')
        s->p++;
    if (*s->p == ';')
        s->p += strcspn(s->p, "\n");
}

static bool at_end_of_line(struct parser *s)
{
    skip_spaces(s);
    return *s->p == '\n' || *s->p == 0;
}

static bool accept(struct parser *s, const char *token)
{
    skip_spaces(s);
    size_t n = strlen(token);
    if (strncmp(s->p, token, n) != 0)
        return false;
    s->p += n;
    return true;
}

static bool expect(struct parser *s, const char *token) { return accept(s, token) || fail(s, "'%s' expected", token); }

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A run of letters, digits and underscores. */
static size_t word(struct parser *s, const char **start)
{
    skip_spaces(s);
    *start = s->p;
    while (is_word(*s->p))
        s->p++;
    return (size_t)(s->p - *start);
}

static bool same(const char *text, size_t len, const char *name)
{
    return strlen(name) == len && !memcmp(text, name, len);
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

static bool number128(struct parser *s, u128 *value)
{
    skip_spaces(s);
    int base = 10;
    if (s->p[0] == '0' && s->p[1] == 'x') {
        base = 16;
        s->p += 2;
    }
    if (digit(*s->p) >= base)
        return fail(s, "number expected");
    for (*value = 0; digit(*s->p) < base; s->p++) {
        u128 next = *value * (unsigned)base + (unsigned)digit(*s->p);
        if (*value > ~(u128)0 / (unsigned)base || next < *value)
            return fail(s, "number too large");
        *value = next;
    }
    return true;
}

static bool number(struct parser *s, u64 max, u64 *value)
{
    u128 v;
    if (!number128(s, &v))
        return false;
    *value = (u64)v;
    return v <= max || fail(s, "number too large");
}

static bool number32(struct parser *s, u32 *value)
{
    u64 v = 0;
    bool ok = number(s, 0xffffffff, &v);
    *value = (u32)v;
    return ok;
}

/* --- parts of an operation -----------------------------------------------------------------------------------------
 */

static bool reference(struct parser *s, ir_ref *r)
{
    u64 n = 0;
    *r = IR_NONE;
    if (accept(s, "_"))
        return true;
    if (!expect(s, "%") || !number(s, MAX_NUMBER, &n))
        return false;
    if (n >= s->value_count || !s->values[n])
        return fail(s, "%%%u is not defined", (unsigned)n);
    *r = s->values[n];
    return true;
}

static bool define(struct parser *s, u64 n, ir_ref r)
{
    if (n >= s->value_count) {
        u32 count = (u32)n + 256;
        ir_ref *values = realloc(s->values, count * sizeof *values);
        must(values != NULL);
        memset(values + s->value_count, 0, (count - s->value_count) * sizeof *values);
        s->values = values;
        s->value_count = count;
    }
    if (s->values[n])
        return fail(s, "%%%u is defined twice", (unsigned)n);
    s->values[n] = r;
    return true;
}

static bool type(struct parser *s, u8 *t)
{
    const char *text;
    size_t len = word(s, &text);
    for (unsigned i = IR_VOID + 1; i < IR_TYPE_COUNT; i++)
        if (same(text, len, ir_type_name(i))) {
            *t = (u8)i;
            return true;
        }
    return fail(s, "unknown type '%.*s'", (int)(len > 20 ? 20 : len), text);
}

static bool one_of(struct parser *s, const char *const *names, unsigned count, u8 *value)
{
    const char *text;
    size_t len = word(s, &text);
    for (unsigned i = 0; i < count; i++)
        if (same(text, len, names[i])) {
            *value = (u8)i;
            return true;
        }
    return fail(s, "unknown name '%.*s'", (int)(len > 20 ? 20 : len), text);
}

static bool flag(const char *text, size_t len, u8 *sub)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ir_mem_flags); i++)
        if (same(text, len, ir_mem_flags[i].name)) {
            *sub |= ir_mem_flags[i].bit;
            return true;
        }
    return false;
}

static bool suffix_word(const char *text, size_t len, enum ir_suffix suffix, u8 *sub)
{
    char copy[8];
    if (len == 0 || len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    switch (suffix) {
    case IR_SUFFIX_COND:
        for (*sub = 0; *sub < 16; ++*sub)
            if (!strcmp(copy, ir_cond_name(*sub)))
                return true;
        return false;
    case IR_SUFFIX_LANE:
        for (*sub = 0; *sub < 8; ++*sub)
            if (!strcmp(copy, ir_lane_names[*sub]))
                return true;
        return false;
    case IR_SUFFIX_MEM:
        for (unsigned i = 0; i <= 4; i++)
            if (atoi(copy) == 1 << i) {
                *sub |= (u8)i;
                return true;
            }
        return flag(text, len, sub);
    case IR_SUFFIX_ORDER: return flag(text, len, sub);
    case IR_SUFFIX_NUMBER: *sub = (u8)atoi(copy); return copy[0] >= '0' && copy[0] <= '9' && atoi(copy) <= 255;
    case IR_SUFFIX_NONE: return false;
    }
    return false;
}

/* The operation's name and what follows it after dots. */
static bool operation(struct parser *s, struct ir_op *o)
{
    const char *text;
    size_t len = word(s, &text);
    for (o->op = IR_OP_none + 1; o->op < IR_OP_COUNT; o->op++)
        if (same(text, len, ir_op_info[o->op].name))
            break;
    if (o->op == IR_OP_COUNT)
        return fail(s, "unknown operation '%.*s'", (int)(len > 20 ? 20 : len), text);
    bool any = false;
    enum ir_suffix suffix = ir_suffix_of(o->op);
    while (*s->p == '.') {
        s->p++;
        any = true;
        len = word(s, &text);
        if (!suffix_word(text, len, suffix, &o->sub))
            return fail(s, "'.%.*s' does not belong here", (int)(len > 20 ? 20 : len), text);
    }
    return any || suffix == IR_SUFFIX_NUMBER || suffix == IR_SUFFIX_NONE || suffix == IR_SUFFIX_ORDER ||
           fail(s, "'.' and what it works on expected");
}

static bool arg_list(struct parser *s, u32 *first, u32 *count)
{
    ir_ref args[MAX_ARGS];
    if (!expect(s, "("))
        return false;
    for (*count = 0; !accept(s, ")"); ++*count) {
        if (*count == MAX_ARGS)
            return fail(s, "too many operands");
        if ((*count && !expect(s, ",")) || !reference(s, &args[*count]))
            return false;
    }
    *first = ir_add_args(s->b.fn, *count, args);
    return true;
}

static bool block_number(struct parser *s, u64 *n) { return expect(s, "block") && number(s, MAX_BLOCKS - 1, n); }

static bool helper(struct parser *s, struct ir_op *o)
{
    const char *text;
    size_t len = word(s, &text);
    for (o->imm = 0; ir_helpers[o->imm].name; o->imm++)
        if (same(text, len, ir_helpers[o->imm].name))
            return arg_list(s, &o->a, &o->b);
    return fail(s, "unknown helper '%.*s'", (int)(len > 40 ? 40 : len), text);
}

static bool state_offset(struct parser *s, u64 *imm)
{
    u32 offset;
    skip_spaces(s);
    size_t len = strcspn(s->p, ", ;\t\r\n");
    if (!ir_name_find(s->names, s->p, len, &offset))
        return fail(s, "unknown register '%.*s'", (int)(len > 20 ? 20 : len), s->p);
    s->p += len;
    *imm = offset;
    return true;
}

static bool operand(struct parser *s, struct ir_op *o, char letter)
{
    u64 n = 0, m = 0;
    u128 wide = 0;
    bool ok;
    switch (letter) {
    case 'A': return reference(s, &o->a);
    case 'B': return reference(s, &o->b);
    case 'C': return reference(s, &o->c);
    case 'i': return number(s, ~0ull, &o->imm);
    case 'n':
        ok = number(s, 255, &n);
        o->sub = (u8)n;
        return ok;
    case 'e': return number32(s, &o->b);
    case 't': return one_of(s, ir_trap_names, TRAP_COUNT, &o->sub);
    case 'h': return one_of(s, ir_hint_names, ARRAY_SIZE(ir_hint_names), &o->sub);
    case 'o': return state_offset(s, &o->imm);
    case 'v':
        if (o->type == IR_VOID)
            return fail(s, "a constant needs a result");
        ok = number128(s, &wide);
        o->imm = (u64)wide;
        if (o->type == IR_V128) {
            o->b = (u32)(wide >> 64);
            o->c = (u32)(wide >> 96);
        } else if (wide >> 1 >> (ir_type_bits(o->type) - 1))
            return fail(s, "the constant does not fit its type");
        return ok;
    case 'H': return helper(s, o);
    case 'J': return block_number(s, &o->imm) && arg_list(s, &o->b, &o->c);
    case 'K':
        ok = block_number(s, &n) && expect(s, ",") && block_number(s, &m) && arg_list(s, &o->b, &o->c);
        o->imm = n | m << 32;
        return ok;
    default: return false;
    }
}

static bool operands(struct parser *s, struct ir_op *o)
{
    bool first = true, optional = false;
    for (const char *letter = ir_special_of(o->op)->format; *letter; letter++) {
        if (*letter == '*') {
            optional = true;
            continue;
        }
        if (optional && at_end_of_line(s))
            return true;
        skip_spaces(s);
        if (optional && *letter != 'i' &&
            (first ? *s->p == '#' : *s->p == ',' && s->p[1 + strspn(s->p + 1, " ")] == '#'))
            continue;
        if (!first && !expect(s, ","))
            return false;
        first = false;
        if (optional && *letter == 'i' && !expect(s, "#"))
            return false;
        if (!operand(s, o, *letter))
            return false;
    }
    return true;
}

/* --- lines ---------------------------------------------------------------------------------------------------------
 */

static bool header(struct parser *s, struct ir_fn *fn)
{
    return number(s, ~0ull, &fn->pc) && expect(s, ",") && number(s, ~0ull, &fn->pc_end) && expect(s, ",") &&
           expect(s, "insns") && number32(s, &fn->insn_count) && expect(s, ",") && expect(s, "mode") &&
           number32(s, &fn->mode) && expect(s, ",") && expect(s, "fp") && number32(s, &fn->fp.known) &&
           expect(s, "/") && number32(s, &fn->fp.value);
}

static bool block_start(struct parser *s, struct ir_fn *fn)
{
    u64 n = 0;
    bool target = false;
    if (!number(s, MAX_BLOCKS - 1, &n))
        return false;
    if (accept(s, ",")) {
        target = true;
        if (!expect(s, "target"))
            return false;
    }
    if (!expect(s, ":"))
        return false;
    if (n || fn->count > fn->blocks[0].first) { /* block0 is open from the start */
        if (!fn->blocks[s->b.block].end)
            return fail(s, "the block before does not end");
        while (fn->block_count <= n)
            ir_new_block(&s->b);
        if (fn->blocks[n].first)
            return fail(s, "block%u is there twice", (unsigned)n);
        ir_use_block(&s->b, (u32)n);
    }
    fn->blocks[n].target = target;
    return true;
}

static bool statement(struct parser *s, struct ir_fn *fn)
{
    struct ir_op o = {.type = IR_VOID};
    u64 result = 0;
    if (accept(s, "%")) {
        if (!number(s, MAX_NUMBER, &result) || !expect(s, ":") || !type(s, &o.type) || !expect(s, "="))
            return false;
    }
    if (!operation(s, &o) || !operands(s, &o))
        return false;
    struct ir_block *block = &fn->blocks[s->b.block];
    if (block->end)
        return fail(s, "the block has ended");
    if (o.op == IR_OP_param && (o.imm != block->param_count || fn->count != block->first + block->param_count++))
        return fail(s, "parameters come first, in order");
    ir_ref r = ir_emit(&s->b, o.op, o.type, o.sub, o.a, o.b, o.c, o.imm);
    return o.type == IR_VOID || define(s, result, r);
}

static bool line(struct parser *s, struct ir_fn *fn)
{
    if (at_end_of_line(s))
        return true;
    if (!strncmp(s->p, "fn ", 3)) {
        s->p += 3;
        return header(s, fn);
    }
    if (!strncmp(s->p, "block", 5)) {
        s->p += 5;
        return block_start(s, fn);
    }
    return statement(s, fn);
}

const char *ir_parse(struct ir_fn *fn, const struct ir_names *names, const char *text)
{
    struct parser s = {.p = text, .line = 1, .names = names};
    ir_begin(&s.b, fn, 0, 0);
    for (;; s.line++) {
        if (!line(&s, fn))
            break;
        if (!at_end_of_line(&s)) {
            fail(&s, "end of line expected at '%.10s'", s.p);
            break;
        }
        if (*s.p == 0)
            break;
        s.p++;
    }
    for (u32 i = 0; !s.failed && i < fn->block_count; i++)
        if (!fn->blocks[i].end)
            fail(&s, "block%u does not end", i);
    free(s.values);
    return s.failed ? message : NULL;
}
