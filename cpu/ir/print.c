/* The text form of a function. Numbers of values are their indices in ir_fn.ops, so that what is printed can be found
 * in a debugger and parses back to the same function. */
#include "ir/special.h"
#include "state/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct printer {
    FILE *f;
    const struct ir_fn *fn;
    const struct ir_names *names;
};

static void print_ref(FILE *f, ir_ref a)
{
    if (a)
        fprintf(f, "%%%u", a);
    else
        fputc('_', f);
}

static void print_args(const struct printer *p, u32 first, u32 count)
{
    fputc('(', p->f);
    for (u32 i = 0; i < count && first + i < p->fn->arg_count; i++) {
        fputs(i ? ", " : "", p->f);
        print_ref(p->f, p->fn->args[first + i]);
    }
    fputc(')', p->f);
}

static void print_flags(FILE *f, u8 sub)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ir_mem_flags); i++)
        if (sub & ir_mem_flags[i].bit)
            fprintf(f, ".%s", ir_mem_flags[i].name);
}

static void print_suffix(FILE *f, const struct ir_op *o)
{
    enum ir_suffix suffix = ir_suffix_of(o->op);
    if (suffix == IR_SUFFIX_COND && o->sub < 16)
        fprintf(f, ".%s", ir_cond_name(o->sub));
    else if (suffix == IR_SUFFIX_LANE && o->sub < 8)
        fprintf(f, ".%s", ir_lane_names[o->sub]);
    else if (suffix == IR_SUFFIX_MEM) {
        fprintf(f, ".%u", 1u << (o->sub & IR_MEM_SIZE_MASK));
        print_flags(f, o->sub);
    } else if (suffix == IR_SUFFIX_ORDER)
        print_flags(f, o->sub);
    else if (suffix == IR_SUFFIX_NUMBER && o->sub)
        fprintf(f, ".%u", o->sub);
}

static const char *name_in(const char *const *names, unsigned count, unsigned i) { return i < count ? names[i] : "?"; }

static void print_operand(const struct printer *p, const struct ir_op *o, char letter)
{
    FILE *f = p->f;
    char text[IR_NAME_BYTES];
    switch (letter) {
    case 'A': print_ref(f, o->a); break;
    case 'B': print_ref(f, o->b); break;
    case 'C': print_ref(f, o->c); break;
    case 'i': fprintf(f, "0x%" PRIx64, o->imm); break;
    case 'n': fprintf(f, "%u", o->sub); break;
    case 'e': fprintf(f, "0x%08x", o->b); break;
    case 't': fputs(name_in(ir_trap_names, TRAP_COUNT, o->sub), f); break;
    case 'h': fputs(name_in(ir_hint_names, ARRAY_SIZE(ir_hint_names), o->sub), f); break;
    case 'o':
        ir_name_of(p->names, (u32)o->imm, text);
        fputs(text, f);
        break;
    case 'v':
        if (o->type == IR_V128)
            fprintf(f, "0x%08x%08x%016" PRIx64, o->c, o->b, o->imm);
        else
            fprintf(f, "0x%" PRIx64, o->imm);
        break;
    case 'H':
        fputs(ir_helpers[o->imm < IR_HELPER_COUNT ? o->imm : IR_HELPER_COUNT].name, f);
        print_args(p, o->a, o->b);
        break;
    case 'J':
        fprintf(f, "block%" PRIu64, o->imm);
        print_args(p, o->b, o->c);
        break;
    case 'K':
        fprintf(f, "block%u, block%u", (u32)o->imm, (u32)(o->imm >> 32));
        print_args(p, o->b, o->c);
        break;
    }
}

/* Operands after `*`: up to the last that is there, then imm unless 0. */
static void print_optional(const struct printer *p, const struct ir_op *o, const char *rest, const char *separator)
{
    const ir_ref operand[3] = {o->a, o->b, o->c};
    unsigned last = o->c ? 3 : o->b ? 2 : o->a ? 1 : 0;
    for (; *rest >= 'A' && *rest <= 'C'; rest++)
        if ((unsigned)(*rest - 'A') < last) {
            fputs(separator, p->f);
            print_ref(p->f, operand[*rest - 'A']);
            separator = ", ";
        }
    if (*rest == 'i' && o->imm)
        fprintf(p->f, "%s#0x%" PRIx64, separator, o->imm);
}

static void print_op(const struct printer *p, ir_ref r)
{
    const struct ir_op *o = &p->fn->ops[r];
    if (o->op >= IR_OP_COUNT) {
        fprintf(p->f, "; operation number %u\n", o->op);
        return;
    }
    if (o->type != IR_VOID)
        fprintf(p->f, "%%%u:%s = ", r, ir_type_name(o->type));
    fputs(ir_op_info[o->op].name, p->f);
    print_suffix(p->f, o);
    const char *separator = " ";
    for (const char *letter = ir_special_of(o->op)->format; *letter; letter++) {
        if (*letter == '*') {
            print_optional(p, o, letter + 1, separator);
            break;
        }
        fputs(separator, p->f);
        print_operand(p, o, *letter);
        separator = ", ";
    }
    fputc('\n', p->f);
}

void ir_print(const struct ir_fn *fn, const struct ir_names *names, void *stream)
{
    struct printer p = {.f = stream, .fn = fn, .names = names};
    fprintf(p.f, "fn 0x%" PRIx64 ", 0x%" PRIx64 ", insns %u, mode 0x%x, fp 0x%x/0x%x\n", fn->pc, fn->pc_end,
            fn->insn_count, fn->mode, fn->fp.known, fn->fp.value);
    for (u32 i = 0; i < fn->block_count; i++) {
        const struct ir_block *block = &fn->blocks[i];
        if (i || block->target)
            fprintf(p.f, "block%u%s:\n", i, block->target ? ", target" : "");
        for (u32 r = block->first; r < (block->end ? block->end : fn->count); r++)
            print_op(&p, r);
    }
}

void ir_log(enum log_channel channel, const struct ir_fn *fn, const struct ir_names *names)
{
    if (!log_on(channel))
        return;
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return;
    ir_print(fn, names, f);
    if (fclose(f) == 0)
        log_print(channel, "%s\n", text);
    free(text);
}
