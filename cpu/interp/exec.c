/* Runs threaded code: one label per handler, each ends by jumping to the next operation's handler. See code.h. */
#include "interp/access.h"
#include "ir/eval_support.h"
#include "ir/flags.h"

/* The value column of ops_int.def mixes S(..) with unsigned operands on purpose; results are cut to their width. */
#pragma GCC diagnostic ignored "-Wsign-compare"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-label-as-value"
#endif

const void *const *interp_handlers;

/* Operands: the 16-bit offsets of the operation are from the state pointer `s`. */
#define AT(type, offset) (*(type *)(s + (offset)))
#define A32 AT(u32, ip->a)
#define B32 AT(u32, ip->b)
#define A64 AT(u64, ip->a)
#define B64 AT(u64, ip->b)
#define INDIRECT_PC (ip->b == INDIRECT_64 ? A64 : ip->b == INDIRECT_32 ? A32 : cpu_exchange(cpu, A32))
#define VALUE(offset) ((union ir_value *)(s + (offset)))

#define NEXT_AFTER(n)                                                                                                  \
    do {                                                                                                               \
        ip += (n);                                                                                                     \
        goto *ip->go;                                                                                                  \
    } while (0)
#define NEXT NEXT_AFTER(1)

/* Takes exit number n of the block. */
#define TAKE_EXIT(n)                                                                                                   \
    do {                                                                                                               \
        taken = (struct block_exit *)&block->exits[n];                                                                 \
        if (unlikely(__atomic_load_n(&cpu->poll, __ATOMIC_RELAXED)))                                                   \
            goto poll_at_exit;                                                                                         \
        const struct block *to = __atomic_load_n(&taken->to, __ATOMIC_ACQUIRE);                                        \
        if (unlikely(!to))                                                                                             \
            goto exit_not_linked;                                                                                      \
        t->block = block = to;                                                                                         \
        ip = block->code;                                                                                              \
        goto *ip->go;                                                                                                  \
    } while (0)

/* The host address of a guest access of `bytes` bytes; notes the position for faults. */
#define GUEST(type, bytes, write)                                                                                      \
    t->ip = ip;                                                                                                        \
    u64 addr = (A64 + ip->imm) & cpu->addr_mask;                                                                       \
    if (unlikely(addr > cpu->mem_limit)) /* what runs over it faults by itself */                                      \
        guest_fault(cpu, addr, write);                                                                                 \
    volatile type *p = (volatile type *)(cpu->mem_base + addr)

/* Rows of ops_int.def. The names a, b, c, W and S() are what the value column uses. */
#define OPERANDS(width, second)                                                                                        \
    typedef i##width signed_value __attribute__((unused));                                                             \
    const unsigned W __attribute__((unused)) = width;                                                                  \
    u##width a = AT(u##width, ip->a), b __attribute__((unused)) = second;
#define S(e) ((signed_value)(e))
#define HANDLER_1(name, width, value)                                                                                  \
    name##_##width:                                                                                                    \
    {                                                                                                                  \
        OPERANDS(width, 0)                                                                                             \
        AT(u64, ip->d) = (u##width)(value);                                                                            \
    }                                                                                                                  \
    NEXT;
#define HANDLER_2(name, width, form, second, result, cut, value)                                                       \
    name##_##width##_##form:                                                                                           \
    {                                                                                                                  \
        OPERANDS(width, second)                                                                                        \
        AT(result, ip->d) = (cut)(value);                                                                              \
    }                                                                                                                  \
    NEXT;
#define HANDLER_EXIT(name, width, form, second, value)                                                                 \
    exit_##name##_##width##_##form:                                                                                    \
    {                                                                                                                  \
        OPERANDS(width, second)                                                                                        \
        if (value)                                                                                                     \
            TAKE_EXIT(ip->d);                                                                                          \
    }                                                                                                                  \
    TAKE_EXIT(ip->d + 1);
#define FORMS(macro, name, ...)                                                                                        \
    macro(name, 32, rr, B32, __VA_ARGS__) macro(name, 32, ri, (u32)ip->imm, __VA_ARGS__)                               \
    macro(name, 64, rr, B64, __VA_ARGS__) macro(name, 64, ri, ip->imm, __VA_ARGS__)
#define HANDLER_INT2(name, width, form, second, value) HANDLER_2(name, width, form, second, u64, u##width, value)
#define HANDLER_FLAGS2(name, width, form, second, value) HANDLER_2(name, width, form, second, u32, u32, value)
#define HANDLER_FLAGS3(name, width, value)                                                                             \
    name##_##width:                                                                                                    \
    {                                                                                                                  \
        OPERANDS(width, AT(u##width, ip->b))                                                                           \
        u32 c = AT(u32, ip->c);                                                                                        \
        AT(u32, ip->d) = (value);                                                                                      \
    }                                                                                                                  \
    NEXT;

#define KIND_INT1(name, value) HANDLER_1(name, 32, value) HANDLER_1(name, 64, value)
#define KIND_INT2(name, value) FORMS(HANDLER_INT2, name, value)
#define KIND_CMP2(name, value) FORMS(HANDLER_INT2, name, value) FORMS(HANDLER_EXIT, name, value)
#define KIND_FLAGS2(name, value) FORMS(HANDLER_FLAGS2, name, value)
#define KIND_FLAGS3(name, value) HANDLER_FLAGS3(name, 32, value) HANDLER_FLAGS3(name, 64, value)

/* Result and flags in one. */
#define HANDLER_WITH_FLAGS(name, width, form, second, value, flags)                                                    \
    name##_##width##_##form:                                                                                           \
    {                                                                                                                  \
        OPERANDS(width, second)                                                                                        \
        AT(u64, ip->d) = (u##width)(value);                                                                            \
        AT(u32, ip->c) = (flags);                                                                                      \
    }                                                                                                                  \
    NEXT;

#define HANDLER_LOAD(name, type, result, cut)                                                                          \
    name:                                                                                                              \
    {                                                                                                                  \
        GUEST(type, sizeof(type), false);                                                                              \
        AT(u64, ip->d) = (result)(cut)*p;                                                                              \
    }                                                                                                                  \
    NEXT;
#define HANDLER_STORE(name, type)                                                                                      \
    name:                                                                                                              \
    {                                                                                                                  \
        GUEST(type, sizeof(type), true);                                                                               \
        *p = AT(type, ip->b);                                                                                          \
    }                                                                                                                  \
    NEXT;
#define HANDLER_COPY(name, to, expression)                                                                             \
    name:                                                                                                              \
    AT(to, ip->d) = (expression);                                                                                      \
    NEXT;
#define HANDLER_SELECT(suffix, type, to)                                                                               \
    sel_##suffix:                                                                                                      \
    AT(to, ip->d) = A32 ? AT(type, ip->b) : AT(type, ip->c);                                                           \
    NEXT;                                                                                                              \
    csel_##suffix:                                                                                                     \
    AT(to, ip->d) = ip->imm >> (A32 >> 28) & 1 ? AT(type, ip->b) : AT(type, ip->c);                                    \
    NEXT;

/* With b NULL: only makes the handlers' addresses known. */
GUEST_ACCESS enum interp_result interp_run(struct cpu_common *cpu, const struct block *block)
{
    static const void *const handlers[HANDLER_COUNT] = {
#define X(name) &&name,
#define KIND_FORMS_INT1(name) HANDLER_FORMS_INT1(X, name)
#define KIND_FORMS_INT2(name) HANDLER_FORMS_INT2(X, name)
#define KIND_FORMS_CMP2(name) HANDLER_FORMS_CMP2(X, name)
#define KIND_FORMS_FLAGS2(name) HANDLER_FORMS_FLAGS2(X, name)
#define KIND_FORMS_FLAGS3(name) HANDLER_FORMS_FLAGS3(X, name)
#define OP(name, kind, effects, value, doc) KIND_FORMS_##kind(name)
#include "ir/ops_int.def"
#undef OP
        HANDLERS_OTHER(X)
#undef X
    };
    if (!block) {
        interp_handlers = handlers;
        return INTERP_LOOKUP;
    }

    struct interp_thread *t = cpu->engine;
    u8 *s = (u8 *)cpu;
    struct block_exit *taken;
    const struct interp_op *ip = block->code;
    t->block = block;
    goto *ip->go;

#define OP(name, kind, effects, value, doc) KIND_##kind(name, value)
#include "ir/ops_int.def"
#undef OP
    FORMS(HANDLER_WITH_FLAGS, adds, a + b, value_flags_adc(W, a, b, 0))
    FORMS(HANDLER_WITH_FLAGS, subs, a - b, value_flags_adc(W, a, ~b, 1))
    FORMS(HANDLER_WITH_FLAGS, ands, a & b, value_flags_nz(W, a & b))

    HANDLER_COPY(mov16, u16, AT(u16, ip->a))
    HANDLER_COPY(mov32, u32, A32)
    HANDLER_COPY(mov64, u64, A64)
    HANDLER_COPY(mov128, union v128, AT(union v128, ip->a))
    HANDLER_COPY(movi16, u16, (u16)ip->imm)
    HANDLER_COPY(movi32, u32, (u32)ip->imm)
    HANDLER_COPY(movi64, u64, ip->imm)
    HANDLER_COPY(zx16, u64, AT(u16, ip->a))
    HANDLER_COPY(zx32, u64, A32)
    HANDLER_COPY(sx8_32, u64, (u32)(i32)AT(i8, ip->a))
    HANDLER_COPY(sx16_32, u64, (u32)(i32)AT(i16, ip->a))
    HANDLER_COPY(sx8_64, u64, (u64)(i64)AT(i8, ip->a))
    HANDLER_COPY(sx16_64, u64, (u64)(i64)AT(i16, ip->a))
    HANDLER_COPY(sx32_64, u64, (u64)(i64)AT(i32, ip->a))
    HANDLER_COPY(cond, u64, ip->imm >> (A32 >> 28) & 1)
    HANDLER_COPY(pack, u32, A32 & IR_FLAGS_MASK)
    HANDLER_COPY(vec16, union v128, ((union v128){.d = {AT(u16, ip->a), 0}}))
    HANDLER_COPY(vec32, union v128, ((union v128){.d = {A32, 0}}))
    HANDLER_COPY(vec64, union v128, ((union v128){.d = {A64, 0}}))
    HANDLER_SELECT(64, u64, u64)
    HANDLER_SELECT(32, u32, u64)
    HANDLER_SELECT(flags, u32, u32)
    HANDLER_SELECT(128, union v128, union v128)
movi128:
    AT(union v128, ip->d) = (union v128){.d = {ip->imm, ip[1].imm}};
    NEXT_AFTER(2);
eval:
    ((ir_eval_fn *)(uintptr_t)ip->imm)(cpu, VALUE(ip->d), VALUE(ip->a), VALUE(ip->b), VALUE(ip->c), ip[1].imm);
    NEXT_AFTER(2);

    HANDLER_LOAD(ld_u8, u8, u64, u64)
    HANDLER_LOAD(ld_u16, u16_any, u64, u64)
    HANDLER_LOAD(ld_u32, u32_any, u64, u64)
    HANDLER_LOAD(ld_u64, u64_any, u64, u64)
    HANDLER_LOAD(ld_s8_32, u8, u32, i8)
    HANDLER_LOAD(ld_s16_32, u16_any, u32, i16)
    HANDLER_LOAD(ld_s8_64, u8, u64, i8)
    HANDLER_LOAD(ld_s16_64, u16_any, u64, i16)
    HANDLER_LOAD(ld_s32_64, u32_any, u64, i32)
    HANDLER_STORE(st_8, u8)
    HANDLER_STORE(st_16, u16_any)
    HANDLER_STORE(st_32, u32_any)
    HANDLER_STORE(st_64, u64_any)
    HANDLER_STORE(st_128, v128_any)
ld_128: {
    GUEST(v128_any, 16, false);
    AT(v128_any, ip->d) = *p;
}
    NEXT;
ld_any:
    t->ip = ip;
    access_load(cpu, A64 + ip->imm, (u8)ip->c, (enum ir_type)ip->b, VALUE(ip->d));
    NEXT;
st_any:
    t->ip = ip;
    access_store(cpu, A64 + ip->imm, (u8)ip->c, VALUE(ip->b));
    NEXT;
atomic:
    t->ip = ip;
    access_atomic(cpu, (enum ir_opcode)(ip->imm >> 8), A64, (u8)ip->imm, VALUE(ip->b), VALUE(ip->d));
    NEXT;
cas:
    t->ip = ip;
    access_cas(cpu, A64, (u8)ip->imm, VALUE(ip->b), VALUE(ip->c), VALUE(ip->d));
    NEXT;
load_ex:
    t->ip = ip;
    access_load_ex(cpu, A64, (u8)ip->imm, VALUE(ip->d));
    NEXT;
store_ex:
    t->ip = ip;
    AT(u64, ip->d) = access_store_ex(cpu, A64, (u8)ip->imm, VALUE(ip->b));
    NEXT;
clear_ex:
    cpu->excl_size = 0;
    NEXT;
fence:
    if (ip->imm == (IR_MEM_ACQ | IR_MEM_REL))
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    else
        __atomic_thread_fence(__ATOMIC_ACQ_REL);
    NEXT;
call:
    t->ip = ip;
    interp_call(cpu, ip);
    NEXT_AFTER(ip->a);
trap_if:
    if (unlikely(A32)) {
        t->ip = ip;
        guest_trap(cpu, (enum cpu_trap)ip->c, (u32)ip->imm, ip->b ? B64 : 0);
    }
    NEXT;

jump:
    NEXT_AFTER((i64)ip->imm);
jump_back:
    /* The back-edge of a loop that starts with an instruction: leave there if asked to. */
    ip += (i64)ip->imm;
    if (unlikely(__atomic_load_n(&cpu->poll, __ATOMIC_RELAXED))) {
        t->ip = ip;
        cpu->pc = interp_guest_pc(t);
        return INTERP_POLL;
    }
    goto *ip->go;
br:
    NEXT_AFTER(A32 ? 1 : (i64)ip->imm);

exit_next:
    TAKE_EXIT(ip->d);
exit_nz:
    if (A32)
        TAKE_EXIT(ip->d);
    TAKE_EXIT(ip->d + 1);
exit_bits_32:
    if (A32 & (u32)ip->imm)
        TAKE_EXIT(ip->d);
    TAKE_EXIT(ip->d + 1);
exit_bits_64:
    if (A64 & ip->imm)
        TAKE_EXIT(ip->d);
    TAKE_EXIT(ip->d + 1);
exit_cond:
    if (ip->c >> (A32 >> 28) & 1)
        TAKE_EXIT(ip->d);
    TAKE_EXIT(ip->d + 1);
exit_indirect: {
    u64 pc = INDIRECT_PC;
    if (unlikely(__atomic_load_n(&cpu->poll, __ATOMIC_RELAXED))) {
        cpu->pc = pc;
        return INTERP_POLL;
    }
    const struct block *to = cache_fast(&t->cache, pc, cpu->mode);
    if (unlikely(!to)) {
        cpu->pc = pc;
        t->from = NULL;
        return INTERP_LOOKUP;
    }
    t->block = block = to;
    ip = block->code;
    goto *ip->go;
}
exit_indirect_slow:
    cpu->pc = INDIRECT_PC;
    t->from = NULL;
    return INTERP_LOOKUP;
exit_syscall:
    cpu->pc = ip->imm;
    return INTERP_SYSCALL;
exit_trap:
    t->ip = ip;
    cpu->trap = ip->c;
    cpu->trap_code = (u32)ip->imm;
    cpu->trap_addr = cpu->pc = interp_guest_pc(t);
    return INTERP_TRAP;

native: {
    t->ip = NULL;
    struct interp_native_result left = ((interp_native_fn *)(uintptr_t)ip->imm)(cpu, block);
    flags_settle(cpu);
    if (!left.block)
        return (enum interp_result)left.result;
    t->block = block = left.block;
    ip = block->code;
    goto *ip->go;
}

count: {
    u32 *runs = (u32 *)(uintptr_t)ip->imm, now = __atomic_load_n(runs, __ATOMIC_RELAXED) + 1;
    if (unlikely(now >= __atomic_load_n(interp_count_limit(ip), __ATOMIC_RELAXED))) {
        __atomic_store_n(runs, 0, __ATOMIC_RELAXED);
        cpu->pc = block->pc;
        return INTERP_WARM;
    }
    __atomic_store_n(runs, now, __ATOMIC_RELAXED);
}
    NEXT;

exit_not_linked:
    cpu->pc = taken->pc;
    t->from = taken;
    return INTERP_LOOKUP;
poll_at_exit:
    cpu->pc = taken->pc;
    return INTERP_POLL;
}

void interp_init(void)
{
    (void)interp_run(NULL, NULL);
    interp_analyse_init();
    interp_call_init();
}

void interp_native(struct block *b, interp_native_fn *enter)
{
    _Static_assert(INTERP_NATIVE_BYTES == sizeof(struct interp_op), "as announced");
    *(struct interp_op *)b->code = (struct interp_op){.go = interp_handlers[H_native], .imm = (u64)(uintptr_t)enter};
}

void interp_prepare(struct cpu_common *cpu, size_t state_bytes)
{
    u8 *scratch = (u8 *)cpu + state_bytes;
    for (int i = 0; i < INTERP_CONSTS; i++)
        *(u64 *)(scratch + 16 * i) = i <= 16 ? (u64)i : ~0ull;
}
