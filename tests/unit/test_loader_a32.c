/* The loader and 32-bit ARM: ELFCLASS32 files of both byte orders, the words on the stack, what the kernel maps beside the
 * program, what it refuses; the same files damaged. */
#define _GNU_SOURCE
#include "tests/fuzz/load_bytes.h"

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { P = MEM_PAGE, CODE = 0x1000, DATA = 0x2000, FILE_BYTES = 0x3000, SEGMENTS = 4, BASE_ADDRESS = 0x10000 };

struct file {
    Elf32_Ehdr header;
    Elf32_Phdr segment[SEGMENTS];
    u8 pad[CODE - sizeof(Elf32_Ehdr) - SEGMENTS * sizeof(Elf32_Phdr)];
    u8 code[P], data[P];
};
_Static_assert(sizeof(struct file) == FILE_BYTES, "the layout of the test program");

static struct file f;
static struct load_check check;
static struct load_result result;
static char message[256];
static bool big;

static u16 half(u16 v) { return big ? __builtin_bswap16(v) : v; }
static u32 word(u32 v) { return big ? __builtin_bswap32(v) : v; }

static Elf32_Phdr segment(u32 type, u32 flags, u32 offset, u32 addr, u32 file_bytes, u32 bytes)
{
    return (Elf32_Phdr){word(type), word(offset), word(addr), word(addr), word(file_bytes), word(bytes), word(flags), word(P)};
}

static void make_program(u16 type, bool big_endian, u32 flags)
{
    u32 base = type == ET_EXEC ? BASE_ADDRESS : 0;
    big = big_endian;
    memset(&f, 0, sizeof f);
    f.header = (Elf32_Ehdr){
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, big ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT},
        .e_type = half(type),
        .e_machine = half(EM_ARM),
        .e_version = word(EV_CURRENT),
        .e_entry = word(base + CODE),
        .e_phoff = word(sizeof(Elf32_Ehdr)),
        .e_flags = word(flags),
        .e_ehsize = half(sizeof(Elf32_Ehdr)),
        .e_phentsize = half(sizeof(Elf32_Phdr)),
        .e_phnum = half(3),
    };
    f.segment[0] = segment(PT_LOAD, PF_R | PF_X, 0, base, DATA, DATA);
    f.segment[1] = segment(PT_LOAD, PF_R | PF_W, DATA, base + DATA, 0x100, 2 * P);
    f.segment[2] = segment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0);
    memset(f.data, 0xdd, sizeof f.data);
}

static int load(void) { return load_bytes((u8 *)&f, sizeof f, &check, &result, message, sizeof message); }

static u32 word_at(u64 addr)
{
    u32 v = 0;
    ck_assert_int_eq(copy_in(&v, addr, 4), 0);
    return word(v);
}

static u32 aux_value(u32 type)
{
    const u32 *v = (const u32 *)(const void *)result.auxv;
    for (size_t i = 0; i < result.auxv_bytes / 4; i += 2)
        if (word(v[i]) == type)
            return word(v[i + 1]);
    return ~0u;
}

static void setup(void)
{
    load_bytes_init(32);
    load_bytes_clear();
}

static const struct {
    u16 type;
    bool big_endian;
    u32 flags;
} kinds[] = {
    {ET_EXEC, false, EF_ARM_EABI_VER5},
    {ET_DYN, false, EF_ARM_EABI_VER4},
    {ET_EXEC, true, EF_ARM_EABI_VER5 | EF_ARM_BE8},
    {ET_DYN, true, EF_ARM_EABI_VER5},
};

START_TEST(program)
{
    make_program(kinds[_i].type, kinds[_i].big_endian, kinds[_i].flags);
    ck_assert_msg(load() == 0, "%s", message);
    u64 base = result.entry - CODE;
    ck_assert(kinds[_i].type != ET_EXEC || base == BASE_ADDRESS);
    ck_assert_int_eq(mem_prot(base), PROT_READ | PROT_EXEC);
    ck_assert_int_eq(mem_prot(base + DATA), PROT_READ | PROT_WRITE);
    ck_assert_uint_eq(word_at(base + DATA + 0xfc), 0xdddddddd);
    ck_assert_uint_eq(word_at(base + DATA + 0x100), 0);
    ck_assert_uint_eq(word_at(base + DATA + 2 * P - 4), 0);
    ck_assert_uint_eq(result.big_endian, kinds[_i].big_endian);
    ck_assert_uint_eq(result.be32, kinds[_i].big_endian && !(kinds[_i].flags & EF_ARM_BE8));
    ck_assert_uint_ge(mem.brk_start, base + DATA + 2 * P);
}
END_TEST

START_TEST(stack)
{
    make_program(kinds[_i].type, kinds[_i].big_endian, kinds[_i].flags);
    ck_assert_int_eq(load(), 0);
    char text[64];
    u64 sp = result.sp;
    ck_assert_uint_eq(sp % 16, 0);
    ck_assert_uint_lt(sp, 0xffff0000);
    ck_assert_uint_eq(word_at(sp), 2);
    ck_assert_int_eq(copy_in_string(text, word_at(sp + 4), sizeof text), 7);
    ck_assert_str_eq(text, "program");
    ck_assert_uint_eq(word_at(sp + 12), 0);
    ck_assert_int_eq(copy_in_string(text, word_at(sp + 16), sizeof text), 3);
    ck_assert_str_eq(text, "A=1");
    ck_assert_uint_eq(word_at(sp + 20), 0);
    u8 auxv[sizeof result.auxv];
    ck_assert_int_eq(copy_in(auxv, sp + 24, result.auxv_bytes), 0);
    ck_assert_mem_eq(auxv, result.auxv, result.auxv_bytes);
    ck_assert_uint_eq(aux_value(AT_ENTRY), result.entry);
    ck_assert_uint_eq(aux_value(AT_PHENT), sizeof(Elf32_Phdr));
    ck_assert_uint_eq(aux_value(AT_PHDR), result.entry - CODE + sizeof(Elf32_Ehdr));
    ck_assert_uint_eq(aux_value(AT_PHNUM), 3);
    ck_assert_uint_eq(aux_value(AT_NULL), 0);
    struct mem_area a;
    ck_assert(mem_find(sp, &a) && a.flags & MAP_GROWSDOWN && !strcmp(a.name, "[stack]") && !(a.prot & PROT_EXEC));
}
END_TEST

/* Instructions are little-endian but for BE32. */
static u32 insn_at(u64 addr)
{
    u32 v = word_at(addr);
    return big && !result.be32 ? __builtin_bswap32(v) : v;
}

START_TEST(beside_the_program)
{
    make_program(kinds[_i].type, kinds[_i].big_endian, kinds[_i].flags);
    ck_assert_int_eq(load(), 0);
    struct mem_area a;
    ck_assert(mem_find(aux_value(AT_SYSINFO_EHDR), &a) && !strcmp(a.name, "[vdso]") && a.prot == (PROT_READ | PROT_EXEC));
    ck_assert(mem_find(0xffff0000, &a) && a.start == 0xffff0000 && !strcmp(a.name, "[vectors]"));
    ck_assert_int_eq(a.prot, PROT_READ | PROT_EXEC);
    ck_assert_uint_eq(a.end, 0xffff1000);
    ck_assert_uint_eq(word_at(0xffff0ffc), 5);
    ck_assert_uint_eq(insn_at(0xffff0fe0), 0xee1d0f70); /* mrc p15, 0, r0, c13, c0, 3 */
    ck_assert_uint_eq(insn_at(result.sigreturn), 0xe3a07077); /* mov r7, #119 */
    ck_assert_uint_eq(insn_at(result.sigreturn + 4), 0xef900077);
    ck_assert_uint_eq(insn_at(result.sigreturn + 12), 0xe3a070ad); /* mov r7, #173 */
    ck_assert_uint_eq(insn_at(result.sigreturn + 16), 0xef9000ad);
}
END_TEST

START_TEST(thumb_entry)
{
    make_program(ET_EXEC, false, EF_ARM_EABI_VER5);
    f.header.e_entry |= 1;
    ck_assert_int_eq(load(), 0);
    ck_assert_uint_eq(result.entry, BASE_ADDRESS + CODE + 1);
    f.header.e_entry = BASE_ADDRESS + CODE + 2;
    ck_assert_int_eq(load(), -ENOEXEC);
}
END_TEST

/* Without PT_GNU_STACK all that can be read can be executed. */
START_TEST(old_program)
{
    make_program(ET_EXEC, false, EF_ARM_EABI_VER5);
    f.header.e_phnum = 2;
    ck_assert_int_eq(load(), 0);
    ck_assert_int_eq(mem_prot(result.sp), PROT_READ | PROT_WRITE | PROT_EXEC);
    ck_assert_int_eq(mem_prot(BASE_ADDRESS + DATA), PROT_READ | PROT_WRITE | PROT_EXEC);
}
END_TEST

START_TEST(refused)
{
    make_program(ET_EXEC, false, 0);
    ck_assert_int_eq(load(), -ENOEXEC);
    ck_assert_ptr_nonnull(strstr(check.message, "OABI"));
    make_program(ET_EXEC, false, EF_ARM_EABI_VER5);
    f.segment[1] = segment(PT_LOAD, PF_R | PF_W, DATA, 0xffffe000, 0x100, 0x4000); /* over the end */
    ck_assert_int_lt(load(), 0);
    load_bytes_clear();
    make_program(ET_EXEC, false, EF_ARM_EABI_VER5);
    f.segment[0] = segment(PT_LOAD, PF_R | PF_X, 0, 0x4000, DATA, DATA); /* below vm.mmap_min_addr */
    f.header.e_entry = 0x5000;
    ck_assert_int_eq(load(), -EPERM);
    ck_assert_ptr_nonnull(strstr(message, "0x4000"));
    make_program(ET_EXEC, false, EF_ARM_EABI_VER5);
    f.header.e_ident[EI_CLASS] = ELFCLASS64;
    ck_assert_int_eq(load(), -ENOEXEC);
}
END_TEST

START_TEST(damaged_files)
{
    static const u8 values[] = {0x00, 0x01, 0x10, 0x7f, 0x80, 0xff};
    size_t headers = offsetof(struct file, pad);
    unsigned loaded = 0, seed = 1;
    make_program(kinds[_i].type, kinds[_i].big_endian, kinds[_i].flags);
    struct file whole = f;
    for (size_t at = 0; at < headers * ARRAY_SIZE(values); at++) {
        f = whole;
        ((u8 *)&f)[at / ARRAY_SIZE(values)] = values[at % ARRAY_SIZE(values)];
        loaded += load() == 0 && check.kind == LOAD_GUEST;
        load_bytes_clear();
    }
    for (int round = 0; round < 1000; round++) {
        f = whole;
        for (int i = 1 + rand_r(&seed) % 4; i > 0; i--)
            ((u8 *)&f)[(size_t)rand_r(&seed) % headers] = (u8)(rand_r(&seed) >> 8);
        if (!load() && check.kind == LOAD_GUEST) {
            loaded++;
            ck_assert_uint_eq(result.sp % 16, 0);
            ck_assert_int_ge(mem_prot(result.sp), 0);
        }
        load_bytes_clear();
    }
    ck_assert_uint_gt(loaded, 300);
}
END_TEST

int main(void)
{
    const int count = ARRAY_SIZE(kinds);
    Suite *s = suite_create("loader, 32-bit ARM");
    TCase *t = tcase_create("loader");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, program, 0, count);
    tcase_add_loop_test(t, stack, 0, count);
    tcase_add_loop_test(t, beside_the_program, 0, count);
    tcase_add_test(t, thumb_entry);
    tcase_add_test(t, old_program);
    tcase_add_test(t, refused);
    tcase_add_loop_test(t, damaged_files, 0, count);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
