/* The IR: every row has an evaluator or is known to have effects; builder, folding, printer, parser, verifier. */
#define _GNU_SOURCE
#include "ir/eval_support.h"
#include "ir/special.h"
#include "opt/opt.h"
#include "state/a64_state.h"
#include "state/names.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { X0 = offsetof(struct a64_state, x[0]), V0 = offsetof(struct a64_state, v[0]) };

/* Operations that no evaluator can state: they need memory, state or control. */
static bool effectful(enum ir_opcode op)
{
    switch (op) {
    case IR_OP_none:
    case IR_OP_const:
    case IR_OP_param:
    case IR_OP_get:
    case IR_OP_put:
    case IR_OP_clear_ex:
    case IR_OP_call:
    case IR_OP_trap_if: return true;
    default: return ir_op_info[op].effects & (IR_READ_MEM | IR_WRITE_MEM | IR_END | IR_MARK);
    }
}

/* The first operand and result types that a row takes, by its types column. */
static enum ir_type some_type(char letter, enum ir_type first)
{
    switch (letter) {
    case 'i': return IR_I32;
    case 'l':
    case 'g': return IR_I64;
    case 'f':
    case 's':
    case 'a': return IR_F64;
    case 'F': return IR_FLAGS;
    case 'T': return first;
    default: return IR_V128;
    }
}

START_TEST(every_row_has_an_evaluator)
{
    for (unsigned op = IR_OP_none + 1; op < IR_OP_COUNT; op++) {
        const char *types = strchr(ir_special_of(op)->types, ':') + 1;
        enum ir_type operand = some_type(*types == '?' ? types[1] : *types, IR_VOID);
        enum ir_type result = some_type(ir_special_of(op)->types[0], operand);
        bool found = ir_eval_find(op, result, operand, IR_S) != NULL;
        ck_assert_msg(found != effectful(op), "%s", ir_op_info[op].name);
        ck_assert_msg(ir_op_info[op].doc && *ir_op_info[op].doc, "%s has no sentence", ir_op_info[op].name);
    }
}
END_TEST

START_TEST(special_rows_are_described)
{
    for (unsigned op = IR_OP_none + 1; op < IR_OP_COUNT; op++) {
        const struct ir_special *s = ir_special_of(op);
        ck_assert_msg(s->format && s->types, "%s", ir_op_info[op].name);
        unsigned shown = 0;
        for (const char *l = s->format; *l; l++)
            shown |= *l >= 'A' && *l <= 'C' ? 1u << (*l - 'A') : 0;
        if (ir_op_info[op].kind == IR_KIND_SPECIAL)
            ck_assert_msg(shown == ir_special_refs[op], "%s: operands", ir_op_info[op].name);
    }
}
END_TEST

/* --- evaluators against plain C -------------------------------------------------------------------------------------
 */

static u64 eval2(enum ir_opcode op, enum ir_type result, enum ir_type t, u64 a, u64 b)
{
    union ir_value x = {.u64 = a}, y = {.u64 = b}, r = {.v = {.q = 0}};
    ir_eval_find(op, result, t, 0)(NULL, &r, &x, &y, NULL, 0);
    return ir_type_bits(result) == 32 ? r.u32 : r.u64;
}
static u64 eval1(enum ir_opcode op, enum ir_type result, enum ir_type t, u64 a, u64 imm)
{
    union ir_value r = {.u64 = a}; /* the result may be the operand */
    ir_eval_find(op, result, t, 0)(NULL, &r, &r, NULL, NULL, imm);
    return ir_type_bits(result) == 32 ? r.u32 : r.u64;
}

START_TEST(integer_rows)
{
    ck_assert_uint_eq(eval2(IR_OP_add, IR_I32, IR_I32, 0xffffffff, 2), 1);
    ck_assert_uint_eq(eval2(IR_OP_umulh, IR_I64, IR_I64, ~0ull, ~0ull), ~0ull - 1);
    ck_assert_uint_eq(eval2(IR_OP_smulh, IR_I64, IR_I64, ~0ull, ~0ull), 0);
    ck_assert_uint_eq(eval2(IR_OP_smulh, IR_I32, IR_I32, 0x80000000, 2), 0xffffffff);
    ck_assert_uint_eq(eval2(IR_OP_udiv, IR_I32, IR_I32, 5, 0), 0);
    ck_assert_uint_eq(eval2(IR_OP_sdiv, IR_I32, IR_I32, 0x80000000, 0xffffffff), 0x80000000);
    ck_assert_uint_eq(eval2(IR_OP_sdiv, IR_I64, IR_I64, (u64)-7, 2), (u64)-3);
    ck_assert_uint_eq(eval2(IR_OP_shl, IR_I32, IR_I32, 1, 33), 2);
    ck_assert_uint_eq(eval2(IR_OP_sar, IR_I32, IR_I32, 0x80000000, 31), 0xffffffff);
    ck_assert_uint_eq(eval2(IR_OP_rotr, IR_I64, IR_I64, 1, 64), 1);
    ck_assert_uint_eq(eval2(IR_OP_rotr, IR_I64, IR_I64, 1, 1), 1ull << 63);
    ck_assert_uint_eq(eval1(IR_OP_clz, IR_I32, IR_I32, 0, 0), 32);
    ck_assert_uint_eq(eval1(IR_OP_ctz, IR_I64, IR_I64, 0, 0), 64);
    ck_assert_uint_eq(eval1(IR_OP_popcount, IR_I32, IR_I32, 0xf0f0f0f0, 0), 16);
    ck_assert_uint_eq(eval1(IR_OP_bitrev, IR_I32, IR_I32, 1, 0), 0x80000000);
    ck_assert_uint_eq(eval1(IR_OP_bitrev, IR_I64, IR_I64, 2, 0), 1ull << 62);
    ck_assert_uint_eq(eval1(IR_OP_bswap, IR_I32, IR_I32, 0x11223344, 0), 0x44332211);
    ck_assert_uint_eq(eval2(IR_OP_slt, IR_I32, IR_I64, ~0ull, 0), 1);
    ck_assert_uint_eq(eval2(IR_OP_ult, IR_I32, IR_I64, ~0ull, 0), 0);
}
END_TEST

START_TEST(conversions)
{
    ck_assert_uint_eq(eval1(IR_OP_zext, IR_I64, IR_I32, 0xffffffff80000000, 0), 0x80000000);
    ck_assert_uint_eq(eval1(IR_OP_sext, IR_I64, IR_I32, 0x80000000, 0), 0xffffffff80000000);
    ck_assert_uint_eq(eval1(IR_OP_sext_low, IR_I32, IR_I32, 0x180, 8), 0xffffff80);
    ck_assert_uint_eq(eval1(IR_OP_sext_low, IR_I64, IR_I64, 0x80000000, 32), 0xffffffff80000000);
    ck_assert_uint_eq(eval1(IR_OP_zext_low, IR_I64, IR_I64, ~0ull, 16), 0xffff);
    ck_assert_uint_eq(eval1(IR_OP_bitcast, IR_I32, IR_F16, 0x12345, 0), 0x2345);
    ck_assert_uint_eq(eval1(IR_OP_flags_pack, IR_FLAGS, IR_I32, 0x9fffffff, 0), 0x90000000);
    union ir_value v = {.v = {.d = {0x123456789, ~0ull}}};
    ir_eval_find(IR_OP_vec, IR_V128, IR_F32, 0)(NULL, &v, &v, NULL, NULL, 0);
    ck_assert(v.v.d[0] == 0x23456789 && v.v.d[1] == 0);
}
END_TEST

/* Flags of every sum of small and extreme numbers, by wide arithmetic. */
START_TEST(flags)
{
    static const u32 n[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
    for (unsigned i = 0; i < ARRAY_SIZE(n); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(n); j++)
            for (u32 c = 0; c < 2; c++) {
                u64 sum = (u64)n[i] + n[j] + c;
                i64 ssum = (i64)(i32)n[i] + (i32)n[j] + (i32)c;
                u32 want = ((u32)sum >> 31) << 31 | ((u32)sum == 0) << 30 | (u32)(sum >> 32) << 29 |
                           (u32)(ssum != (i32)ssum) << 28;
                ck_assert_uint_eq(value_flags_adc(32, n[i], n[j], c), want);
                u64 a = (u64)n[i] << 32, b = (u64)n[j] << 32; /* the same in the upper half of 64 bits */
                u32 wide = value_flags_adc(64, a | (c ? 0xffffffff : 0), b | c, 0);
                ck_assert_uint_eq(wide, want);
            }
    for (u32 f = 0; f < 16; f++) {
        u32 w = f << 28;
        bool N = f & 8, Z = f & 4, C = f & 2, V = f & 1;
        const bool want[16] = {Z,       !Z,     C,      !C,           N,           !N,   V,   !V, C && !Z,
                               !C || Z, N == V, N != V, !Z && N == V, Z || N != V, true, true};
        for (unsigned c = 0; c < 16; c++) {
            union ir_value x = {.u32 = w}, r;
            ir_eval_find(IR_OP_cond, IR_I32, IR_FLAGS, (u8)c)(NULL, &r, &x, NULL, NULL, 0);
            ck_assert_msg(r.u32 == want[c], "%s of %x", ir_cond_name(c), w);
        }
    }
}
END_TEST

START_TEST(vector_halves_and_aliases)
{
    union ir_value x = {.v = {.d = {0x00ff00ff00ff00ff, ~0ull}}}, y = {.v = {.d = {0x0001000100010001, 1}}};
    union ir_value r = x;
    ir_eval_find(IR_OP_vadd, IR_V128, IR_V128, IR_B)(NULL, &r, &r, &y, NULL, 0);
    ck_assert(r.v.d[0] == 0 && r.v.d[1] == 0);
    r = x;
    ir_eval_find(IR_OP_vadd, IR_V128, IR_V128, IR_D | IR_FULL)(NULL, &r, &y, &r, NULL, 0);
    ck_assert(r.v.d[0] == 0x0100010001000100 && r.v.d[1] == 0);
    r = x;
    ir_eval_find(IR_OP_vxor, IR_V128, IR_V128, 0)(NULL, &r, &r, &r, NULL, 0);
    ck_assert(r.v.q == 0);
}
END_TEST

/* --- builder ---------------------------------------------------------------------------------------------------------
 */

static struct ir_fn fn;
static struct ir_build build;

START_TEST(builder_folds)
{
    struct ir_build *b = &build;
    u64 k = 0;
    ir_begin(b, &fn, 0x1000, 0);
    ir_ref x = ir_get(b, IR_I64, X0), zero = ir_imm(b, 64, 0);
    ck_assert_uint_eq(ir_add(b, x, zero), x);
    ck_assert_uint_eq(ir_or(b, zero, x), x);
    ck_assert_uint_eq(ir_imm(b, 64, 0), zero);
    ck_assert_uint_eq(ir_add(b, x, x), ir_add(b, x, x));
    ck_assert(ir_is_const(b, ir_xor(b, x, x), &k) && k == 0);
    ck_assert(ir_is_const(b, ir_sub(b, ir_imm(b, 32, 1), ir_imm(b, 32, 2)), &k) && k == 0xffffffff);
    ck_assert(ir_is_const(b, ir_cond(b, IR_EQ, ir_flags_sub(b, zero, zero)), &k) && k == 1);
    ck_assert_uint_eq(ir_neg(b, ir_sub(b, zero, x)), x);
    ck_assert_uint_eq(ir_trunc(b, ir_zext(b, ir_trunc(b, x))), ir_trunc(b, x));
    ck_assert_uint_eq(ir_select(b, ir_imm(b, 32, 0), x, zero), zero);
    ck_assert(!ir_is_const(b, x, &k));
    ir_trap_if(b, ir_imm(b, 32, 0), TRAP_FP, 0, IR_NONE);
    ck_assert_uint_ne(fn.ops[fn.count - 1].op, IR_OP_trap_if);
    ir_ref at = ir_add(b, x, ir_imm(b, 64, 16));
    ir_ref loaded = ir_load(b, IR_I64, 3, at, -24);
    ck_assert(fn.ops[loaded].a == x && fn.ops[loaded].imm == (u64)-8);
    ir_exit_branch(b, ir_imm(b, 32, 1), 0x2000, 0x3000);
    ck_assert(fn.ops[fn.count - 1].op == IR_OP_exit_next && fn.ops[fn.count - 1].imm == 0x2000);
    ck_assert_ptr_null(ir_verify(&fn));
}
END_TEST

START_TEST(values_stay_in_their_block)
{
    struct ir_build *b = &build;
    ir_begin(b, &fn, 0, 0);
    ir_ref k = ir_imm(b, 64, 5);
    u32 next = ir_new_block(b);
    ir_jump(b, next, 1, &k);
    ir_use_block(b, next);
    ir_ref p = ir_param(b, IR_I64), again = ir_imm(b, 64, 5);
    ck_assert_uint_ne(k, again);
    ir_put(b, X0, ir_add(b, p, again));
    ir_exit_next(b, 4);
    ck_assert_ptr_null(ir_verify(&fn));
    opt_run(&fn);
    ck_assert_ptr_null(ir_verify(&fn));
    ck_assert_uint_eq(fn.blocks[1].param_count, 1);
}
END_TEST

START_TEST(long_functions)
{
    struct ir_build *b = &build;
    ir_begin(b, &fn, 0, 0);
    for (unsigned i = 0; i < 100000; i++) {
        ir_insn(b, 4 * i, i, 4);
        ir_put(b, X0 + 8 * (i % 31), ir_add(b, ir_get(b, IR_I64, X0 + 8 * (i % 29)), ir_imm(b, 64, i)));
    }
    ir_exit_next(b, 0);
    ck_assert_uint_eq(fn.pc_end, 400000);
    opt_run(&fn);
    ck_assert_ptr_null(ir_verify(&fn));
    unsigned puts = 0;
    for (ir_ref r = 1; r < fn.count; r++)
        puts += fn.ops[r].op == IR_OP_put;
    ck_assert_uint_eq(puts, 31);
}
END_TEST

/* --- text
 * ------------------------------------------------------------------------------------------------------------- */

static char *text_of(const struct ir_fn *f, const struct ir_names *names)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    ir_print(f, names, stream);
    fclose(stream);
    return text;
}

START_TEST(text_round_trip)
{
    static const char text[] = "fn 0x2000, 0x2008, insns 2, mode 0x1, fp 0x3/0x1\n"
                               "insn 0x2000, 0x71000420, 4\n"
                               "%2:i32 = get x[1]\n"
                               "%3:i32 = const 0x1\n"
                               "%4:i32 = sub %2, %3\n"
                               "%5:flags = flags_sub %2, %3\n"
                               "%6:i64 = zext %4\n"
                               "put x[0], %6\n"
                               "put nzcv, %5\n"
                               "%9:v128 = const 0x00112233445566778899aabbccddeeff\n"
                               "%10:v128 = vadd.8h %9, %9\n"
                               "put v[31], %10\n"
                               "%12:i64 = load.2.sign.swap.acq %6, 0xfffffffffffffff8\n"
                               "store.8.rel.align %6, 0x8, %12\n"
                               "%14:i64 = vextract.3 %10, #0x1\n"
                               "fence.acq\n"
                               "prefetch.5 %6, 0x40\n"
                               "trap_if %4, alignment, 0x2, %12\n"
                               "put x[2]+4, %4\n"
                               "%19:i32 = store_ex.8 %6, %14\n"
                               "br %4, block1, block2(%14)\n"
                               "block1:\n"
                               "%21:i64 = param 0x0\n"
                               "exit_indirect %21, call, 0x2008\n"
                               "block2:\n"
                               "%23:i64 = param 0x0\n"
                               "exit_trap breakpoint, 0x7\n"
                               "block3, target:\n"
                               "insn 0x2010, 0x00000000, 4\n"
                               "exit_next 0x2014\n"
                               "block4:\n"
                               "%27:i32 = get x[2]\n"
                               "exit_indirect %27, exchange_return, 0x0\n";
    struct ir_fn f = {0};
    const char *problem = ir_parse(&f, &a64_names, text);
    ck_assert_msg(!problem, "%s", problem);
    problem = ir_verify(&f);
    ck_assert_msg(!problem, "%s", problem);
    char *printed = text_of(&f, &a64_names);
    ck_assert_str_eq(printed, text);
    free(printed);
    char *plain = text_of(&f, NULL); /* numbers instead of names */
    ck_assert_ptr_null(strstr(plain, "nzcv"));
    ck_assert_ptr_null(ir_parse(&f, NULL, plain));
    free(plain);
    ir_fn_free(&f);
}
END_TEST

/* Every operation is printed and parsed by its row. */
START_TEST(every_row_round_trips)
{
    for (unsigned op = IR_OP_none + 1; op < IR_OP_COUNT; op++) {
        if (op == IR_OP_param || op == IR_OP_call || op == IR_OP_jump || op == IR_OP_br)
            continue;
        struct ir_fn f = {0}, g = {0};
        struct ir_build b = {0};
        ir_begin(&b, &f, 0, 0);
        ir_ref a = ir_emit(&b, IR_OP_get, IR_I64, 0, 0, 0, 0, X0);
        const char *format = ir_special_of(op)->format;
        bool value = ir_special_of(op)->types[0] != '-';
        u8 sub = ir_suffix_of(op) == IR_SUFFIX_ORDER ? IR_MEM_ACQ : 2;
        if (ir_suffix_of(op) == IR_SUFFIX_NONE && !strpbrk(format, "nth"))
            sub = 0;
        ir_emit(&b, op, value ? IR_I64 : IR_VOID, sub, strchr(format, 'A') ? a : 0, strchr(format, 'B') ? a : 0,
                strchr(format, 'C') ? a : 0, strpbrk(format, "iov") ? 0x20 : 0);
        if (!(ir_op_info[op].effects & IR_END))
            ir_exit_next(&b, 4);
        char *text = text_of(&f, &a64_names);
        const char *problem = ir_parse(&g, &a64_names, text);
        ck_assert_msg(!problem, "%s: %s\n%s", ir_op_info[op].name, problem, text);
        ck_assert_uint_eq(f.count, g.count);
        ck_assert_msg(!memcmp(f.ops, g.ops, f.count * sizeof *f.ops), "%s", text);
        free(text);
        ir_fn_free(&f);
        ir_fn_free(&g);
    }
}
END_TEST

START_TEST(bad_text)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"\n\n%1:i64 = frob x[0]\n", "line 3: unknown operation 'frob'"},
        {"%1:i65 = get x[0]\n", "line 1: unknown type 'i65'"},
        {"%99999999999:i64 = get x[0]\n", "line 1: number too large"},
        {"block4096:\n", "line 1: number too large"},
        {"block1:\n", "line 1: the block before does not end"},
        {"exit_next 0x0 0x1\n", "line 1: end of line expected at '0x1\n'"},
        {"", "line 1: block0 does not end"},
        {"%1:i64 = load %1, 0x0", "line 1: '.' and what it works on expected"},
        {"%1:i64 = load.3 %1, 0x0", "line 1: '.3' does not belong here"},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ir_fn f = {0};
        const char *problem = ir_parse(&f, &a64_names, cases[i].text);
        ck_assert_msg(problem && !strcmp(problem, cases[i].message), "%s: %s", cases[i].text,
                      problem ? problem : "accepted");
        ir_fn_free(&f);
    }
}
END_TEST

START_TEST(verifier_bounds)
{
    struct ir_build b = {0};
    struct ir_fn f = {0};
    ck_assert_ptr_nonnull(ir_verify(&f));
    ir_begin(&b, &f, 0, 0);
    ir_ref x = ir_get(&b, IR_I64, X0);
    ck_assert_ptr_nonnull(ir_verify(&f)); /* not ended */
    ir_exit_indirect(&b, x, IR_HINT_JUMP, 0);
    ck_assert_ptr_null(ir_verify(&f));
    struct ir_op good = f.ops[x], exit = f.ops[2];
    const struct ir_op bad[] = {
        {.op = IR_OP_COUNT, .type = IR_I64},
        {.op = IR_OP_get, .type = IR_TYPE_COUNT},
        {.op = IR_OP_get, .type = IR_I64, .sub = 1},
        {.op = IR_OP_add, .type = IR_I64, .a = 1, .b = 1},
        {.op = IR_OP_call, .type = IR_VOID, .imm = IR_HELPER_COUNT},
        {.op = IR_OP_call, .type = IR_VOID, .a = 0xffffffff, .b = 2},
        {.op = IR_OP_exit_next, .type = IR_VOID},
        {.op = IR_OP_none, .type = IR_I64},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        f.ops[x] = bad[i];
        ck_assert_msg(ir_verify(&f) != NULL, "case %u", i);
    }
    f.ops[x] = good;
    exit.a = 2;
    f.ops[2] = exit;
    ck_assert_ptr_nonnull(ir_verify(&f));
    exit.a = x;
    exit.sub = IR_HINT_JUMP | IR_EXCHANGE; /* of an i64 */
    f.ops[2] = exit;
    ck_assert_ptr_nonnull(ir_verify(&f));
    ir_fn_free(&f);
}
END_TEST

START_TEST(names)
{
    char text[IR_NAME_BYTES];
    u32 offset;
    ir_name_of(&a64_names, X0 + 8 * 30, text);
    ck_assert_str_eq(text, "x[30]");
    ir_name_of(&a64_names, V0 + 16 + 8, text);
    ck_assert_str_eq(text, "v[1]+8");
    ir_name_of(&a64_names, offsetof(struct a64_state, nzcv), text);
    ck_assert_str_eq(text, "nzcv");
    for (u32 at = 0; at < sizeof(struct a64_state); at++) {
        ir_name_of(&a64_names, at, text);
        ck_assert_msg(ir_name_find(&a64_names, text, strlen(text), &offset) && offset == at, "%s is %u", text, at);
    }
    static const char *const bad[] = {"x",      "x[",      "x[31]", "x[1",   "x[-1]",
                                      "x[0]+8", "nzcv[0]", "",      "x[0]y", "99999999999"};
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
        ck_assert_msg(strcmp(bad[i], "x") == 0 || !ir_name_find(&a64_names, bad[i], strlen(bad[i]), &offset), "%s",
                      bad[i]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ir");
    TCase *t = tcase_create("ir");
    tcase_add_test(t, every_row_has_an_evaluator);
    tcase_add_test(t, special_rows_are_described);
    tcase_add_test(t, integer_rows);
    tcase_add_test(t, conversions);
    tcase_add_test(t, flags);
    tcase_add_test(t, vector_halves_and_aliases);
    tcase_add_test(t, builder_folds);
    tcase_add_test(t, values_stay_in_their_block);
    tcase_add_test(t, long_functions);
    tcase_add_test(t, text_round_trip);
    tcase_add_test(t, every_row_round_trips);
    tcase_add_test(t, bad_text);
    tcase_add_test(t, verifier_bounds);
    tcase_add_test(t, names);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), run = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
