/* Every row of the host's instruction forms against capstone: mnemonic, length, registers, memory operand, immediate. */
#include "jit/x64/x64.h"

#include <capstone/capstone.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static csh handle;

static const char *const general64[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
static const char *const general32[16] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
                                          "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"};
static const char *const general16[16] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
                                          "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"};
static const char *const general8[16] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil",
                                         "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"};

static const char *reg_name(u8 class, unsigned reg, bool wide, char *text)
{
    switch (class) {
    case X64_CLASS_B: return general8[reg];
    case X64_CLASS_H: return general16[reg];
    case X64_CLASS_D: return general32[reg];
    case X64_CLASS_Q: return general64[reg];
    case X64_CLASS_X: sprintf(text, "xmm%u", reg); return text;
    default: return wide ? general64[reg] : general32[reg];
    }
}

/* capstone writes the predicates of comparisons into the name. */
static bool has_predicate(const char *mnemonic)
{
    size_t n = strlen(mnemonic);
    return !strncmp(mnemonic, "cmp", 3) && n == 5 && (mnemonic[3] == 's' || mnemonic[3] == 'p');
}

static bool same_mnemonic(const char *want, const char *got)
{
    if (has_predicate(want))
        return !strncmp(got, "cmp", 3) && !strcmp(got + strlen(got) - 2, want + 3);
    /* Forms with X64_W have names of their own. */
    static const char *const wide_names[][2] = {{"movd", "movq"}, {"pinsrd", "pinsrq"}, {"pextrd", "pextrq"}, {"mov", "movabs"}};
    if (!strcmp(want, got))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(wide_names); i++)
        if (!strcmp(want, wide_names[i][0]) && !strcmp(got, wide_names[i][1]))
            return true;
    return false;
}

static bool two_operands(const struct x64_row *row)
{
    static const char *const names[] = {"vcvtph2ps", "vpabsq", "vplzcntd", "vplzcntq", "vpopcntb"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (!strcmp(row->mnemonic, names[i]))
            return true;
    return !strncmp(row->mnemonic, "vpbroadcast", 11);
}

/* Rows that capstone does not know: objdump is asked, for all of them at once. */
static bool is_newer(const struct x64_row *row) { return row->map & X64_EVEX || strstr(row->mnemonic, "gf2p8"); }

/* Checks the code in c: operands in order, memory where `m` is given. */
static void check_one(const struct x64_code *c, const struct x64_row *row, bool wide, unsigned reg, unsigned rm,
                      unsigned vvvv, const struct x64_mem *m, i32 imm)
{
    cs_insn *insn;
    size_t n = cs_disasm(handle, c->at, c->count, 0, 1, &insn);
    ck_assert_msg(n == 1 && insn->size == c->count, "%s: not one instruction", row->mnemonic);
    ck_assert_msg(same_mnemonic(row->mnemonic, insn->mnemonic), "%s: %s", row->mnemonic, insn->mnemonic);
    char text[2][8];
    const char *want_reg = reg_name(row->reg, reg, wide, text[0]), *want_rm = reg_name(row->rm, rm, wide, text[1]);
    const cs_x86 *x = &insn->detail->x86;
    unsigned rm_at = row->order == X64_ORDER_RM ? x->op_count - 1 - (row->imm > 0 && !has_predicate(row->mnemonic)) : row->order == X64_ORDER_MV ? 1 : 0;
    if (row->order == X64_ORDER_MR)
        rm_at = 0;
    unsigned reg_at = row->order == X64_ORDER_MR ? 1 : 0;
    if (row->order != X64_ORDER_M)
        ck_assert_msg(!strcmp(cs_reg_name(handle, x->operands[reg_at].reg), want_reg), "%s %s: not %s", insn->mnemonic,
                      insn->op_str, want_reg);
    if (m) {
        const x86_op_mem *got = &x->operands[rm_at].mem;
        ck_assert_msg(x->operands[rm_at].type == X86_OP_MEM && got->disp == m->disp &&
                          !strcmp(cs_reg_name(handle, got->base), general64[m->base]),
                      "%s %s", insn->mnemonic, insn->op_str);
        if (m->index != X64_NO_REG)
            ck_assert_msg(got->scale == 1 << m->scale && !strcmp(cs_reg_name(handle, got->index), general64[m->index]),
                          "%s %s", insn->mnemonic, insn->op_str);
    } else {
        ck_assert_msg(!strcmp(cs_reg_name(handle, x->operands[rm_at].reg), want_rm), "%s %s: not %s", insn->mnemonic,
                      insn->op_str, want_rm);
    }
    if (row->map & X64_VEX && row->order != X64_ORDER_MR && !two_operands(row)) {
        u8 class = row->reg;
        char v_text[8];
        unsigned at = row->order == X64_ORDER_MV ? 2 : 1;
        ck_assert_str_eq(cs_reg_name(handle, x->operands[at].reg), reg_name(class, vvvv, wide, v_text));
    }
    if (row->imm && !has_predicate(row->mnemonic))
        ck_assert_msg((i32)x->operands[x->op_count - 1].imm == imm || (u8)x->operands[x->op_count - 1].imm == (u8)imm,
                      "%s %s: immediate %d", insn->mnemonic, insn->op_str, imm);
    cs_free(insn, n);
}

/* Is there a form of 64 bits, of 32 bits, with a memory operand, with a register? */
static bool has_width(const struct x64_row *row, bool wide)
{
    bool sized = row->reg == X64_CLASS_G || row->rm == X64_CLASS_G;
    if (row->rm == X64_CLASS_D && row->reg == X64_CLASS_G)
        return wide; /* movsxd */
    return sized || !wide;
}
static bool has_memory(const struct x64_row *row)
{
    return row->rm != X64_CLASS_N && !(row->rm == X64_CLASS_X && (row->order == X64_ORDER_M || row->reg == X64_CLASS_D)) &&
           row->rm != X64_CLASS_D && strcmp(row->mnemonic, "insertps") != 0 &&
           strcmp(row->mnemonic, "movhlps") != 0 && strcmp(row->mnemonic, "movd") != 0 &&
           strncmp(row->mnemonic, "pextr", 5) != 0 && strncmp(row->mnemonic, "pinsr", 5) != 0;
}

static void check_row(unsigned n)
{
    const struct x64_row *row = &x64_rows[n];
    u8 bytes[32];
    if (is_newer(row))
        return;
    for (unsigned i = 0; i < 16 * 16 * 2; i++) {
        unsigned reg = i & 15, rm = i >> 4 & 15, v = (reg + 5) & 15;
        bool wide = i >> 8;
        if (!has_width(row, wide))
            continue;
        unsigned insn = n | (wide ? X64_W : 0);
        i32 imm = row->imm == 4 ? 0x12345678 : row->imm ? (i32)(i & 3) + 1 : 0;
        bool three = row->map & X64_VEX && row->order != X64_ORDER_MR && !two_operands(row);
        struct x64_code c = {.at = bytes, .capacity = sizeof bytes};
        if (!three)
            v = 0;
        if (row->rm != X64_CLASS_M) {
            if (row->map & X64_VEX)
                x64_rvri(&c, insn, reg, v, rm, imm);
            else
                x64_rri(&c, insn, reg, rm, imm);
            check_one(&c, row, wide, reg, rm, v, NULL, imm);
        }
        static const i32 displacements[] = {0, 8, -128, 0x12345};
        for (unsigned d = 0; d < ARRAY_SIZE(displacements) && has_memory(row); d++) {
            struct x64_mem m = x64_at(rm, displacements[d]);
            if (reg != RSP && d & 1)
                m = x64_at_index(rm, reg, d, displacements[d]);
            c.count = 0;
            if (row->map & X64_VEX)
                x64_rvmi(&c, insn, reg, v, m, imm);
            else
                x64_rmi(&c, insn, reg, m, imm);
            check_one(&c, row, wide, reg, rm, v, &m, imm);
        }
    }
}

START_TEST(rows)
{
    check_row((unsigned)_i);
}
END_TEST

static bool no_vex(const struct x64_row *row)
{
    /* the blends have a fourth operand there */
    return !strncmp(row->mnemonic, "sha", 3) ? row->map > 1 : !strcmp(row->mnemonic, "pblendvb") || !strncmp(row->mnemonic, "blendvp", 7);
}

/* The VEX forms of SSE rows: same operands, with one more where the form has three. */
START_TEST(vex_forms)
{
    const struct x64_row *row = &x64_rows[_i];
    if (row->map == 0 || row->map & X64_VEX || is_newer(row) || no_vex(row) || row->reg != X64_CLASS_X || row->rm != X64_CLASS_X ||
        row->order != X64_ORDER_RM)
        return;
    char name[32];
    snprintf(name, sizeof name, "v%s", row->mnemonic);
    unsigned three = 0, two = 0;
    for (unsigned i = 0; i < 16 * 16 * 2; i++) {
        unsigned reg = i & 15, rm = i >> 4 & 15, v = i >> 8 ? (reg + 5) & 15 : 0;
        u8 bytes[32];
        struct x64_code c = {.at = bytes, .capacity = sizeof bytes};
        x64_rvri(&c, (unsigned)_i, reg, v, rm, 3);
        cs_insn *insn;
        if (cs_disasm(handle, bytes, c.count, 0, 1, &insn) != 1)
            continue; /* two operands, and v is not 0 */
        const cs_x86 *x = &insn->detail->x86;
        unsigned n = x->op_count - (row->imm > 0);
        bool predicate = has_predicate(row->mnemonic);
        if (predicate)
            n = x->op_count;
        ck_assert_msg(predicate || !strcmp(insn->mnemonic, name), "%s: %s", name, insn->mnemonic);
        ck_assert_uint_eq(insn->size, c.count);
        ck_assert(n == 2 || n == 3);
        char want[8];
        sprintf(want, "xmm%u", reg);
        ck_assert_str_eq(cs_reg_name(handle, x->operands[0].reg), want);
        sprintf(want, "xmm%u", rm);
        ck_assert_str_eq(cs_reg_name(handle, x->operands[n - 1].reg), want);
        sprintf(want, "xmm%u", v);
        if (n == 3)
            ck_assert_str_eq(cs_reg_name(handle, x->operands[1].reg), want);
        three += n == 3;
        two += n == 2;
        cs_free(insn, 1);
    }
    ck_assert_msg(three + two >= 256 && !(three && two), "%s: %u %u", name, three, two);
}
END_TEST

/* Registers of one sample, so that every extension bit is seen both set and clear. */
static void sample(unsigned i, unsigned *reg, unsigned *rm, unsigned *v)
{
    *reg = i & 1 ? 13 : 2;
    *rm = i & 2 ? 14 : 5;
    *v = i & 4 ? 11 : 1;
}

static unsigned write_newer(u8 *bytes, unsigned room)
{
    struct x64_code c = {.at = bytes, .capacity = room};
    for (unsigned n = 0; n < X64_INSN_COUNT; n++)
        for (unsigned i = 0; i < 8 && is_newer(&x64_rows[n]); i++) {
            unsigned reg, rm, v;
            sample(i, &reg, &rm, &v);
            if (two_operands(&x64_rows[n]) || x64_rows[n].order == X64_ORDER_MR)
                v = 0;
            if (x64_rows[n].map & (X64_VEX | X64_EVEX))
                x64_rvri(&c, n, reg, v, rm, 3);
            else
                x64_rri(&c, n, reg, rm, 3);
        }
    ck_assert(!c.full);
    return c.count;
}

static void newer_text(char *to, const struct x64_row *row, unsigned i)
{
    unsigned reg, rm, v;
    char of_reg[8], of_rm[8], imm[8] = "";
    sample(i, &reg, &rm, &v);
    const char *name_reg = reg_name(row->reg, reg, false, of_reg), *name_rm = reg_name(row->rm, rm, false, of_rm);
    bool three = row->map & (X64_VEX | X64_EVEX);
    if (row->imm)
        strcpy(imm, ",0x3");
    if (row->order == X64_ORDER_M)
        sprintf(to, "%s xmm%u,%s%s", row->mnemonic, v, name_rm, imm);
    else if (row->order == X64_ORDER_MR)
        sprintf(to, "%s %s,%s%s", row->mnemonic, name_rm, name_reg, imm);
    else if (two_operands(row) || !three)
        sprintf(to, "%s %s,%s%s", row->mnemonic, name_reg, name_rm, imm);
    else
        sprintf(to, "%s %s,xmm%u,%s%s", row->mnemonic, name_reg, v, name_rm, imm);
}

START_TEST(newer_rows)
{
    static u8 bytes[1 << 14];
    char name[] = "/tmp/test_jit_x64.XXXXXX", command[128], line[256], want[64];
    unsigned count = write_newer(bytes, sizeof bytes);
    int fd = mkstemp(name);
    ck_assert(fd >= 0 && write(fd, bytes, count) == (ssize_t)count);
    close(fd);
    snprintf(command, sizeof command, "objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn %s 2>&1", name);
    FILE *f = popen(command, "r");
    ck_assert(f);
    unsigned n = 0, i = 0, seen = 0;
    while (fgets(line, sizeof line, f)) {
        char *text = strchr(line, '\t'), mnemonic[32], rest[64];
        if (!text || sscanf(text, " %31s %63s", mnemonic, rest) != 2)
            continue;
        for (; !is_newer(&x64_rows[n]); n++)
            ck_assert_uint_lt(n + 1, X64_INSN_COUNT);
        newer_text(want, &x64_rows[n], i);
        snprintf(line, sizeof line, "%s %s", mnemonic, rest);
        ck_assert_str_eq(line, want);
        seen++;
        i = (i + 1) % 8;
        n += i == 0;
    }
    pclose(f);
    unlink(name);
    if (!seen)
        printf("skipped: the host's objdump is not there; rows that capstone does not know are not checked\n");
    for (; seen && n < X64_INSN_COUNT; n++)
        ck_assert_msg(!is_newer(&x64_rows[n]), "%s: not seen", x64_rows[n].mnemonic);
}
END_TEST

START_TEST(constants)
{
    static const u64 values[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, ~0ull, 0xffffffff80000000, 0x123456789abcdef0};
    for (unsigned reg = 0; reg < 16; reg++)
        for (unsigned i = 0; i < ARRAY_SIZE(values); i++) {
            u8 bytes[16];
            struct x64_code c = {.at = bytes, .capacity = sizeof bytes};
            x64_const(&c, reg, values[i]);
            cs_insn *insn;
            ck_assert_uint_eq(cs_disasm(handle, bytes, c.count, 0, 1, &insn), 1);
            const cs_x86 *x = &insn->detail->x86;
            const char *name = cs_reg_name(handle, x->operands[0].reg);
            ck_assert(!strcmp(name, general64[reg]) || (!strcmp(name, general32[reg]) && values[i] >> 32 == 0));
            ck_assert_uint_eq((u64)x->operands[1].imm & (values[i] >> 32 ? ~0ull : 0xffffffff), values[i]);
            cs_free(insn, 1);
        }
}
END_TEST

/* Nothing is written beyond the end. */
START_TEST(overflow)
{
    u8 bytes[8] = {0};
    struct x64_code c = {.at = bytes, .capacity = 4};
    x64_const(&c, RAX, 0x123456789abcdef0);
    ck_assert(c.full && c.count == 4 && !bytes[4]);
}
END_TEST

int main(void)
{
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK || cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK)
        return EXIT_FAILURE;
    Suite *s = suite_create("jit_x64");
    TCase *t = tcase_create("jit_x64");
    tcase_add_loop_test(t, rows, 0, X64_INSN_COUNT);
    tcase_add_loop_test(t, vex_forms, 0, X64_INSN_COUNT);
    tcase_add_test(t, newer_rows);
    tcase_add_test(t, constants);
    tcase_add_test(t, overflow);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), all = srunner_ntests_run(r);
    srunner_free(r);
    cs_close(&handle);
    printf("%d passed, %d failed\n", all - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
