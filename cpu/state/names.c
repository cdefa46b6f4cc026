/* Register names by offset, and back. */
#include "state/names.h"
#include "state/a32_state.h"
#include "state/a64_state.h"

#include <stdio.h>
#include <stdlib.h>

/* The fields of cpu_common that IR and listings name. */
#define COMMON_FIELDS(X)                                                                                               \
    X(poll)                                                                                                            \
    X(mode) X(pc) X(mem_base) X(addr_mask) X(mem_limit) X(fp_mode) X(fp_flags) X(excl_addr) X(excl_lo) X(excl_hi)      \
        X(excl_size) X(trap) X(trap_code) X(trap_addr)                                                                 \
    X(flags_kind) X(flags_nz) X(flags_carry) X(flags_a) X(flags_b) X(engine)

static const struct ir_name a64_rows[] = {
#define REG(field, type, count, bits, feature, name) {#field, offsetof(struct a64_state, field), sizeof(type), count},
#include "state/a64.regs"
#undef REG
#define X(field) {#field, offsetof(struct cpu_common, field), sizeof(((struct cpu_common *)0)->field), 1},
    COMMON_FIELDS(X)
#undef X
};
const struct ir_names a64_names = {a64_rows, ARRAY_SIZE(a64_rows)};

static const struct ir_name a32_rows[] = {
#define REG(field, type, count, bits, feature, name) {#field, offsetof(struct a32_state, field), sizeof(type), count},
#include "state/a32.regs"
#undef REG
#define X(field) {#field, offsetof(struct cpu_common, field), sizeof(((struct cpu_common *)0)->field), 1},
    COMMON_FIELDS(X)
#undef X
};
const struct ir_names a32_names = {a32_rows, ARRAY_SIZE(a32_rows)};

void ir_name_of(const struct ir_names *names, u32 offset, char text[IR_NAME_BYTES])
{
    for (u32 i = 0; names && i < names->count; i++) {
        const struct ir_name *n = &names->rows[i];
        u32 inside = offset - n->offset;
        if (inside >= n->bytes * n->count)
            continue;
        int len = n->count > 1 ? snprintf(text, IR_NAME_BYTES, "%s[%u]", n->name, inside / n->bytes)
                               : snprintf(text, IR_NAME_BYTES, "%s", n->name);
        if (inside % n->bytes)
            snprintf(text + len, (size_t)(IR_NAME_BYTES - len), "+%u", inside % n->bytes);
        return;
    }
    snprintf(text, IR_NAME_BYTES, "0x%x", offset);
}

/* A number below 2^32 at the start of text, followed by `end`. Returns what follows it, or NULL. */
static const char *number(const char *text, char end, u32 *value)
{
    char *rest;
    if (*text < '0' || *text > '9')
        return NULL;
    unsigned long long v = strtoull(text, &rest, 0);
    *value = (u32)v;
    return v <= 0xffffffff && *rest == end ? rest + (end != 0) : NULL;
}

bool ir_name_find(const struct ir_names *names, const char *text, size_t len, u32 *offset)
{
    char copy[IR_NAME_BYTES];
    if (len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    if (number(copy, 0, offset))
        return true;
    size_t word = strcspn(copy, "[+");
    for (u32 i = 0; names && i < names->count; i++) {
        const struct ir_name *n = &names->rows[i];
        if (strlen(n->name) != word || memcmp(n->name, copy, word))
            continue;
        const char *p = copy + word;
        u32 index = 0, inside = 0;
        if (*p == '[' && n->count > 1) {
            size_t close = strcspn(p, "]");
            if (!p[close])
                return false;
            if (number(p + 1, ']', &index) != p + close + 1)
                return false;
            p += close + 1;
        }
        if (*p == '+' && !number(p + 1, 0, &inside))
            return false;
        if ((*p && *p != '+') || index >= n->count || inside >= n->bytes)
            return false;
        *offset = n->offset + index * n->bytes + inside;
        return true;
    }
    return false;
}
