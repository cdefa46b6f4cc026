/* Names of the guest's registers for offsets of the state struct: what the text form of the IR shows. */
#ifndef XRUN_STATE_NAMES_H
#define XRUN_STATE_NAMES_H

#include "base/base.h"

struct ir_name {
    const char *name;
    u32 offset, bytes, count; /* of the first element, of one element, number of elements */
};
struct ir_names {
    const struct ir_name *rows;
    u32 count;
};
extern const struct ir_names a64_names, a32_names;

enum { IR_NAME_BYTES = 48 };
/* Writes the name of an offset: "nzcv", "x[3]", "v[2]+8"; a number if no register is there or names is NULL. */
void ir_name_of(const struct ir_names *names, u32 offset, char text[IR_NAME_BYTES]);
/* The offset for such a text (numbers too) of `len` bytes. False: no such register or index. */
bool ir_name_find(const struct ir_names *names, const char *text, size_t len, u32 *offset);

#endif
