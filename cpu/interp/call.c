/* Calls of helper functions: one libffi call interface per row of helpers.def, prepared once. */
#include "interp/code.h"

#include <ffi.h>

/* The processor, the result's pointer for a v128, then the arguments. */
enum { MAX_ARGS = IR_CALL_ARGS + 2 };

static struct {
    ffi_cif cif;
    ffi_type *types[MAX_ARGS];
} calls[IR_HELPER_COUNT + 1];

static ffi_type *type_of(u8 t)
{
    switch (t) {
    case IR_I32: return &ffi_type_uint32;
    case IR_I64: return &ffi_type_uint64;
    case IR_V128: return &ffi_type_pointer;
    case IR_VOID: return &ffi_type_void;
    default: must(!"a helper takes and returns i32, i64 and v128"); return NULL;
    }
}

void interp_call_init(void)
{
    for (int i = 0; i < IR_HELPER_COUNT; i++) {
        const struct ir_helper *h = &ir_helpers[i];
        unsigned n = 0;
        calls[i].types[n++] = &ffi_type_pointer;
        if (h->result == IR_V128)
            calls[i].types[n++] = &ffi_type_pointer;
        for (unsigned k = 0; k < h->arg_count; k++)
            calls[i].types[n++] = type_of(h->args[k]);
        ffi_type *result = h->result == IR_V128 ? &ffi_type_void : type_of(h->result);
        must(ffi_prep_cif(&calls[i].cif, FFI_DEFAULT_ABI, n, result, calls[i].types) == FFI_OK);
    }
}

void interp_call(struct cpu_common *cpu, const struct interp_op *op)
{
    const struct ir_helper *h = &ir_helpers[op->imm];
    u8 *state = (u8 *)cpu;
    void *values[MAX_ARGS], *pointers[MAX_ARGS], *result_pointer = state + op->d;
    ffi_arg result = 0;
    unsigned n = 0;
    values[n++] = &cpu;
    if (h->result == IR_V128)
        values[n++] = &result_pointer;
    for (unsigned k = 0; k < h->arg_count; k++, n++) {
        const struct interp_op *more = &op[1 + k / 4];
        u16 at = k % 4 == 0 ? more->a : k % 4 == 1 ? more->b : k % 4 == 2 ? more->c : more->d;
        pointers[n] = state + at;
        values[n] = h->args[k] == IR_V128 ? (void *)&pointers[n] : pointers[n];
    }
    ffi_call(&calls[op->imm].cif, FFI_FN(h->fn), &result, values);
    if (h->result == IR_I32)
        *(u64 *)(state + op->d) = (u32)result;
    else if (h->result == IR_I64)
        *(u64 *)(state + op->d) = result;
}
