/* Private to rules_addr.c, rules_mem.c and rules_atomic.c. */
#ifndef XRUN_JIT_X64_RULES_MEM_H
#define XRUN_JIT_X64_RULES_MEM_H

#include "jit/x64/rules.h"
#include "interp/access.h"

/* Where the access of op (operand a, offset imm, sub) finds its bytes, checked. scratch: a register that may be
 * changed, not RCX if the access must be aligned. Looks after EFLAGS itself. */
struct x64_mem x64_operand(struct x64 *x, const struct ir_op *op, unsigned scratch, bool write);
/* The two summands of a deferred address; the second is shifted by the result, 0 to 3. */
unsigned x64_address_parts(const struct x64 *x, ir_ref address, ir_ref parts[2]);
/* reg = operand a plus the offset, as it stands. */
void x64_sum_address(struct x64 *x, unsigned reg, const struct ir_op *op);
/* The operation by the interpreter's function, whatever its form. */
void x64_access(struct x64 *x, u32 k, const struct ir_op *op);

#endif
