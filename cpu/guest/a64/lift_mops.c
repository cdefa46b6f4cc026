/* Memory copy and memory set: Arm ARM C4.1.94. The work is done by helper_mops.c. */
#include "a64_decode.h"
#include "guest/a64/a64.h"
#include "guest/a64/mops.h"

/* Main part and epilogue run again while bytes remain, so that a signal need not wait for a long copy. */
static enum flow step(struct ir_build *b, enum ir_helper_id helper, u32 stage, u32 rd, u32 rs, u32 rn)
{
    ir_ref args[] = {ir_imm(b, 32, stage), ir_imm(b, 32, rd | rs << 5 | rn << 10)};
    ir_ref more = ir_call(b, helper, 2, args);
    if ((stage & MOPS_STAGE_MASK) == MOPS_PROLOGUE)
        return FLOW_NEXT;
    ir_exit_branch(b, more, b->pc, b->pc + 4);
    return FLOW_END;
}

#define COPY(name, stage)                                                                                              \
    LIFT(a64, name) { return step(b, IR_HELPER_mops_copy, stage, d->rd, d->rs, d->rn); }
COPY(CPYFP, MOPS_PROLOGUE | MOPS_FORWARD)
COPY(CPYFM, MOPS_MAIN | MOPS_FORWARD)
COPY(CPYFE, MOPS_EPILOGUE | MOPS_FORWARD)
COPY(CPYP, MOPS_PROLOGUE)
COPY(CPYM, MOPS_MAIN)
COPY(CPYE, MOPS_EPILOGUE)
#undef COPY

LIFT(a64, SETP) { return step(b, IR_HELPER_mops_set, MOPS_PROLOGUE, d->rd, d->rs, d->rn); }
LIFT(a64, SETM) { return step(b, IR_HELPER_mops_set, MOPS_MAIN, d->rd, d->rs, d->rn); }
LIFT(a64, SETE) { return step(b, IR_HELPER_mops_set, MOPS_EPILOGUE, d->rd, d->rs, d->rn); }
