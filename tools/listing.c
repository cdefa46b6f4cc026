/* Listings of compiled code, disassembled by capstone. See listing.h. */
#define _GNU_SOURCE
#include "tools/listing.h"
#include "jit/jit.h"
#include "jit/x64/x64.h"
#include "run/symbols.h"
#include "state/names.h"

#include <capstone/capstone.h>
#include <pthread.h>
#include <stdlib.h>

enum { OPERANDS_BYTES = 256, SYMBOL_BYTES = 160 };

struct listing {
    FILE *to;
    const struct jit_piece *p;
    const struct guest *g;
    bool addresses;
    csh handle;
    cs_insn *insn;
    u32 code_bytes; /* then constants */
    u32 *label; /* per byte of code: its number, if a jump leads there */
};

/* Capstone is set up by the first piece that is printed, not by every start. */
static csh open_handle(cs_arch arch, cs_mode mode, csh *handle)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (!*handle && cs_open(arch, mode, handle) == CS_ERR_OK)
        cs_option(*handle, CS_OPT_DETAIL, CS_OPT_ON);
    pthread_mutex_unlock(&lock);
    return *handle;
}

unsigned listing_guest_a64(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    static csh shared;
    cs_insn *insn;
    csh handle = open_handle(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &shared);
    if (!handle || cs_disasm(handle, code, bytes < 4 ? bytes : 4, pc, 1, &insn) != 1)
        return 0;
    unsigned size = insn->size;
    snprintf(text, text_bytes, "%s %s", insn->mnemonic, insn->op_str);
    cs_free(insn, 1);
    return size;
}

/* --- one host instruction ----------------------------------------------------------------------------------------------- */

/* Length of an instruction with a VEX or EVEX prefix that the disassembler does not know (Intel SDM 2A, 2.3 and 2.7); 1
 * for anything else. */
static u32 unknown_length(const u8 *c, u32 left)
{
    u32 prefix = c[0] == 0xc5 ? 2 : c[0] == 0xc4 ? 3 : c[0] == 0x62 ? 4 : 0, n = prefix + 2;
    if (!prefix || left < n + 5)
        return 1;
    unsigned map = prefix == 2 ? 1 : c[1] & (prefix == 3 ? 31 : 7), opcode = c[prefix], mod = c[prefix + 1] >> 6,
             rm = c[prefix + 1] & 7;
    if (mod != 3 && rm == 4) {
        mod = mod ? mod : (c[n] & 7) == 5 ? 2 : 0;
        n++;
    } else if (mod == 0 && rm == 5) {
        mod = 2;
    }
    n += mod == 1 ? 1 : mod == 2 ? 4 : 0;
    bool shift = opcode >= 0x70 && opcode <= 0x73, other = opcode == 0xc2 || (opcode >= 0xc4 && opcode <= 0xc6);
    return n + (map == 3 || (map == 1 && (shift || other)));
}

static bool is_jump(const cs_insn *i, u64 *target)
{
    const cs_x86 *x = &i->detail->x86;
    bool jumps = i->bytes[0] == 0xe8 || i->bytes[0] == 0xe9 || i->bytes[0] == 0xeb || (i->bytes[0] & 0xf0) == 0x70 ||
                 (i->bytes[0] == 0x0f && (i->bytes[1] & 0xf0) == 0x80);
    if (!jumps || x->op_count != 1 || x->operands[0].type != X86_OP_IMM)
        return false;
    *target = (u64)x->operands[0].imm;
    return true;
}

/* What an address outside of the piece is. */
static bool name_address(const struct jit_piece *p, u64 value, char *text)
{
    const u8 *at = (const u8 *)(uintptr_t)value;
    const struct block_exit *exits = p->block->exits;
    const char *name = value > 0xffff ? jit_shared_name(at) : NULL;
    if (!name && value > 0xffff)
        name = symbols_own(at);
    if (name)
        snprintf(text, SYMBOL_BYTES, "%s", name);
    else if (at >= (const u8 *)exits && at < (const u8 *)(exits + p->block->exit_count))
        snprintf(text, SYMBOL_BYTES, "exit %td", (const struct block_exit *)at - exits);
    else if (at == (const u8 *)p->block)
        snprintf(text, SYMBOL_BYTES, "block");
    else
        return false;
    return true;
}

/* Puts a text in the place of operands[from..to). */
static void replace(char *operands, size_t from, size_t to, const char *text)
{
    char rest[OPERANDS_BYTES];
    snprintf(rest, sizeof rest, "%s", operands + to);
    snprintf(operands + from, OPERANDS_BYTES - from, "%s%s", text, rest);
}

/* [rbx - 0x60] -> [rbx:x[1]]: the state pointer with a field. */
static void name_state(const struct listing *l, const cs_insn *i, char *operands)
{
    const cs_x86 *x = &i->detail->x86;
    for (unsigned k = 0; k < x->op_count; k++) {
        const cs_x86_op *o = &x->operands[k];
        if (o->type != X86_OP_MEM || o->mem.base != X86_REG_RBX || o->mem.index)
            continue;
        char name[IR_NAME_BYTES], text[IR_NAME_BYTES + 8];
        char *open = strstr(operands, "[rbx"), *close = open ? strchr(open, ']') : NULL;
        u64 offset = (u64)(o->mem.disp + X64_CPU_BIAS);
        if (!close || offset >= l->g->state_bytes)
            continue;
        ir_name_of(l->g->names, (u32)offset, name);
        snprintf(text, sizeof text, "[rbx:%s", name);
        replace(operands, (size_t)(open - operands), (size_t)(close - operands), text);
    }
}

/* [rip + 0x48] -> [rip:0x...]: the constant itself. */
static void name_constant(const cs_insn *i, char *operands)
{
    const cs_x86 *x = &i->detail->x86;
    for (unsigned k = 0; k < x->op_count; k++) {
        const cs_x86_op *o = &x->operands[k];
        char *open = strstr(operands, "[rip"), *close = open ? strchr(open, ']') : NULL;
        const u8 *at = (const u8 *)(uintptr_t)(i->address + i->size + (u64)o->mem.disp);
        if (o->type != X86_OP_MEM || o->mem.base != X86_REG_RIP || !close || o->size > 16 || !jit_has_code(at, o->size))
            continue;
        char text[64];
        int n = snprintf(text, sizeof text, "[rip:0x");
        for (unsigned b = o->size; b-- > 0;)
            n += snprintf(text + n, sizeof text - (size_t)n, "%02x", at[b]);
        replace(operands, (size_t)(open - operands), (size_t)(close - operands), text);
    }
}

static void name_immediate(const struct listing *l, const cs_insn *i, char *operands)
{
    const cs_x86 *x = &i->detail->x86;
    char name[SYMBOL_BYTES], text[SYMBOL_BYTES + 2];
    if (x->op_count != 2 || x->operands[1].type != X86_OP_IMM || !name_address(l->p, (u64)x->operands[1].imm, name))
        return;
    char *comma = strstr(operands, ", ");
    snprintf(text, sizeof text, "<%s>", name);
    if (comma)
        replace(operands, (size_t)(comma + 2 - operands), strlen(operands), text);
}

static void name_target(const struct listing *l, u64 target, char *operands)
{
    u64 offset = target - (uintptr_t)l->p->code;
    char name[SYMBOL_BYTES];
    if (offset < l->p->bytes)
        snprintf(operands, OPERANDS_BYTES, "L%u", l->label[offset]);
    else if (name_address(l->p, target, name))
        snprintf(operands, OPERANDS_BYTES, "<%s>", name);
}

/* --- a piece ------------------------------------------------------------------------------------------------------------ */

static bool next(const struct listing *l, u32 at)
{
    const u8 *code = l->p->code + at;
    size_t left = l->p->bytes - at;
    u64 address = (uintptr_t)code;
    return cs_disasm_iter(l->handle, &code, &left, &address, l->insn);
}

static void find_targets(struct listing *l)
{
    u64 target;
    for (u32 at = 0; at < l->code_bytes;) {
        bool known = next(l, at);
        if (known && is_jump(l->insn, &target) && target - (uintptr_t)l->p->code < l->p->bytes)
            l->label[target - (uintptr_t)l->p->code] = 1;
        at += known ? l->insn->size : unknown_length(l->p->code + at, l->p->bytes - at);
    }
    for (u32 at = 0, n = 0; at < l->p->bytes; at++)
        if (l->label[at])
            l->label[at] = ++n;
}

static u32 print_instruction(const struct listing *l, u32 at)
{
    char operands[OPERANDS_BYTES];
    u64 target;
    if (l->label[at])
        fprintf(l->to, "L%u:\n", l->label[at]);
    if (l->addresses)
        fprintf(l->to, "    %p:", (const void *)(l->p->code + at));
    if (!next(l, at)) {
        u32 n = unknown_length(l->p->code + at, l->p->bytes - at);
        fprintf(l->to, "    .byte");
        for (u32 i = 0; i < n; i++)
            fprintf(l->to, " %02x", l->p->code[at + i]);
        fprintf(l->to, "\n");
        return n;
    }
    const cs_insn *i = l->insn;
    snprintf(operands, sizeof operands, "%s", i->op_str);
    if (is_jump(i, &target)) {
        name_target(l, target, operands);
    } else {
        name_state(l, i, operands);
        name_constant(i, operands);
        name_immediate(l, i, operands);
    }
    fprintf(l->to, "    %s%s%s\n", i->mnemonic, *operands ? " " : "", operands);
    return i->size;
}

/* The operation that marks the guest instruction with this address; the last one at or before `op`, if op is given. */
static const struct ir_op *insn_of(const struct ir_fn *fn, u64 pc, u32 op)
{
    const struct ir_op *found = NULL;
    for (u32 k = 1; k < fn->count && !(found && op && k > op); k++)
        if (fn->ops[k].op == IR_OP_insn && fn->ops[k].imm == pc)
            found = &fn->ops[k];
    return found;
}

static u32 block_of(const struct ir_fn *fn, u32 op)
{
    u32 n = 0;
    while (n + 1 < fn->block_count && op >= fn->blocks[n].end)
        n++;
    return n;
}

static void print_heading(const struct listing *l, const struct jit_mark *m,
                          unsigned (*print_insn)(u64, const u8 *, size_t, char *, size_t))
{
    char text[200] = "";
    if (m->path) {
        const char *name = symbols_own(m->path);
        fprintf(l->to, "  0x%lx: out of line: %s\n", m->pc, name ? name : "path");
        return;
    }
    const struct ir_op *insn = insn_of(l->p->fn, m->pc, m->op);
    if (insn) {
        u64 pc = cpu_branch_address(m->pc, l->p->fn->mode);
        u32 word = pc & 1 && insn->sub == 4 ? insn->b << 16 | insn->b >> 16 : insn->b; /* as in memory */
        u8 code[4];
        memcpy(code, &word, sizeof code);
        if (!print_insn(pc, code, insn->sub, text, sizeof text) &&
            !l->g->print_insn(pc, code, insn->sub, text, sizeof text))
            snprintf(text, sizeof text, ".inst 0x%08x", insn->b);
    }
    fprintf(l->to, "  0x%lx: %s\n", m->pc, text);
}

void listing_print(FILE *to, const struct jit_piece *p, const struct guest *g, bool addresses,
                   unsigned (*print_insn)(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes))
{
    static csh shared;
    struct listing l = {.to = to, .p = p, .g = g, .addresses = addresses, .handle = open_handle(CS_ARCH_X86, CS_MODE_64, &shared)};
    if (!l.handle || !(l.insn = cs_malloc(l.handle)))
        return;
    l.label = calloc(p->bytes + 1, sizeof *l.label);
    must(l.label);
    u32 mark_count = p->mark_count;
    l.code_bytes = p->bytes;
    while (mark_count && p->marks[mark_count - 1].op == JIT_MARK_DATA) /* a table of targets, constants */
        l.code_bytes = p->marks[--mark_count].at;
    find_targets(&l);
    u64 pc = ~p->fn->pc;
    bool out_of_line = false;
    u32 at = 0, block = 0;
    for (u32 m = 0; m < mark_count; m++) {
        const struct jit_mark *mark = &p->marks[m];
        while (at < mark->at)
            at += print_instruction(&l, at);
        if (!mark->path && block_of(p->fn, mark->op) != block) {
            block = block_of(p->fn, mark->op);
            fprintf(to, "block %u:\n", block);
            pc = ~mark->pc;
        }
        bool empty = m + 1 < mark_count && p->marks[m + 1].at == mark->at;
        if (!empty && (mark->path || out_of_line || mark->pc != pc)) {
            print_heading(&l, mark, print_insn);
            pc = mark->pc;
            out_of_line = mark->path != NULL;
        }
    }
    while (at < l.code_bytes)
        at += print_instruction(&l, at);
    free(l.label);
    cs_free(l.insn, 1);
}

/* --- logs --------------------------------------------------------------------------------------------------------------- */

static const struct guest *watched;

static void print_code(const struct jit_piece *p)
{
    char *text = NULL, name[SYMBOL_BYTES];
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    must(to);
    symbols_guest(p->fn->pc, true, name, sizeof name);
    fprintf(to, "host code of 0x%lx <%s>: %u instructions, %u bytes at %p\n", p->fn->pc, name, p->fn->insn_count, p->bytes,
            (const void *)p->code);
    listing_print(to, p, watched, true, watched == &guest_a64 ? listing_guest_a64 : watched->print_insn);
    fclose(to);
    log_print(LOG_OUT_ASM, "%s\n", text);
    free(text);
}

/* Why a function ends where it does: its last exit. */
static const char *end_of(const struct ir_fn *fn)
{
    return ir_op_info[fn->ops[fn->blocks[fn->block_count - 1].end - 1].op].name;
}

static void print_line(const struct jit_piece *p)
{
    char name[SYMBOL_BYTES];
    symbols_guest(p->fn->pc, true, name, sizeof name);
    log_print(LOG_REGIONS, "region 0x%lx <%s>: %u blocks, %u instructions, %u bytes, %s\n", p->fn->pc, name,
              p->fn->block_count, p->fn->insn_count, p->bytes, end_of(p->fn));
}

static void watch(const struct jit_piece *p)
{
    if (log_on(LOG_REGIONS))
        print_line(p);
    if (log_on(LOG_OUT_ASM))
        print_code(p);
}

void listing_watch(const struct guest *g)
{
    watched = g;
    if (log_on(LOG_OUT_ASM) || log_on(LOG_REGIONS))
        jit_watch(watch);
}
