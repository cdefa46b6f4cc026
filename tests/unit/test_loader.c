/* The loader: ELF files made here, field by field, in every kind of good and bad shape; then the same files damaged. */
#define _GNU_SOURCE
#include "tests/fuzz/load_bytes.h"

#include <check.h>
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

enum { P = MEM_PAGE, CODE = 0x1000, DATA = 0x2000, FILE_BYTES = 0x3000, SEGMENTS = 6, BASE_ADDRESS = 0x400000 };

/* A program of three pages: headers, code, data, and a bss that ends two pages later. */
struct file {
    Elf64_Ehdr header;
    Elf64_Phdr segment[SEGMENTS];
    char interpreter[64];
    u32 note[8];
    u8 pad[CODE - sizeof(Elf64_Ehdr) - SEGMENTS * sizeof(Elf64_Phdr) - 64 - 32];
    u8 code[P], data[P];
};
_Static_assert(sizeof(struct file) == FILE_BYTES, "the layout of the test program");

static struct file f;
static struct load_check check;
static struct load_result result;
static char message[256];

static void make_program(u16 type)
{
    u64 base = type == ET_EXEC ? BASE_ADDRESS : 0;
    memset(&f, 0, sizeof f);
    f.header = (Elf64_Ehdr){
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = type,
        .e_machine = EM_AARCH64,
        .e_version = EV_CURRENT,
        .e_entry = base + CODE,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 4,
    };
    f.segment[0] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = base, .p_filesz = DATA,
                                .p_memsz = DATA, .p_align = P};
    f.segment[1] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = DATA, .p_vaddr = base + DATA,
                                .p_filesz = 0x100, .p_memsz = 2 * P + 0x20, .p_align = P};
    f.segment[2] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
    f.segment[3] = (Elf64_Phdr){.p_type = PT_NULL};
    memset(f.code, 0x1f, sizeof f.code);
    memset(f.data, 0xdd, sizeof f.data);
}

static int load(void) { return load_bytes((u8 *)&f, sizeof f, &check, &result, message, sizeof message); }
static int load_part(size_t bytes) { return load_bytes((u8 *)&f, bytes, &check, &result, message, sizeof message); }

static u64 word_at(u64 addr)
{
    u64 v = 0;
    ck_assert_int_eq(copy_in(&v, addr, 8), 0);
    return v;
}

static u64 aux_value(u64 type)
{
    const u64 *v = (const u64 *)(const void *)result.auxv;
    for (size_t i = 0; i < result.auxv_bytes / 8; i += 2)
        if (v[i] == type)
            return v[i + 1];
    return ~0ull;
}

static void setup(void)
{
    load_bytes_init(64);
    load_bytes_clear();
}

static void rejected(int error, const char *part)
{
    int e = load();
    ck_assert_int_eq(e, -error);
    ck_assert_msg(check.kind == LOAD_BAD && strstr(check.message, part), "said: %s", check.message);
}

START_TEST(fixed_program)
{
    make_program(ET_EXEC);
    ck_assert_int_eq(load(), 0);
    ck_assert_uint_eq(result.entry, BASE_ADDRESS + CODE);
    ck_assert_int_eq(mem_prot(BASE_ADDRESS), PROT_READ | PROT_EXEC);
    ck_assert_int_eq(mem_prot(BASE_ADDRESS + DATA), PROT_READ | PROT_WRITE);
    ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + 0xf8), 0xdddddddddddddddd);
    for (u64 a = 0x100; a < 3 * P; a += 8) /* bss: rest of the file's page, then two more */
        ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + a), 0);
    ck_assert_int_eq(mem_prot(BASE_ADDRESS + DATA + 3 * P), -1);
    ck_assert_uint_ge(mem.brk_start, BASE_ADDRESS + DATA + 3 * P);
}
END_TEST

START_TEST(position_independent_program)
{
    make_program(ET_DYN);
    f.segment[0].p_align = 0x200000;
    ck_assert_int_eq(load(), 0);
    u64 base = result.entry - CODE;
    ck_assert_uint_eq(base % 0x200000, 0);
    ck_assert_uint_eq(aux_value(AT_PHDR), base + sizeof(Elf64_Ehdr));
    ck_assert_uint_eq(aux_value(AT_BASE), 0);
    ck_assert_uint_lt(base, mem.limit);
    load_bytes_clear();
    f.segment[0].p_align = 1ull << 50;
    ck_assert_int_eq(load(), -ENOMEM);
    ck_assert_msg(strstr(message, "needs 1073741825 MiB") != NULL, "said: %s", message);
    /* the same with an image that does not start at an aligned address */
    load_bytes_clear();
    make_program(ET_DYN);
    f.segment[0].p_align = 0x10000;
    f.segment[0].p_vaddr = 0x3000;
    f.segment[1].p_vaddr = 0x5000;
    f.header.e_entry = 0x4000;
    ck_assert_int_eq(load(), 0);
    ck_assert_uint_eq(result.entry % 0x10000, 0x4000);
}
END_TEST

START_TEST(stack_and_auxv)
{
    make_program(ET_EXEC);
    ck_assert_int_eq(load(), 0);
    char text[64];
    u64 sp = result.sp;
    ck_assert_uint_eq(sp % 16, 0);
    ck_assert_uint_eq(word_at(sp), 2);
    ck_assert_int_eq(copy_in_string(text, word_at(sp + 8), sizeof text), 7);
    ck_assert_str_eq(text, "program");
    ck_assert_uint_eq(word_at(sp + 8), result.arg_start);
    ck_assert_int_eq(copy_in_string(text, word_at(sp + 16), sizeof text), 8);
    ck_assert_str_eq(text, "argument");
    ck_assert_uint_eq(word_at(sp + 24), 0);
    ck_assert_uint_eq(word_at(sp + 32), result.env_start);
    ck_assert_int_eq(copy_in_string(text, word_at(sp + 32), sizeof text), 3);
    ck_assert_str_eq(text, "A=1");
    ck_assert_uint_eq(result.env_end, result.env_start + 4);
    ck_assert_uint_eq(word_at(sp + 40), 0);
    u8 auxv[sizeof result.auxv];
    ck_assert_int_eq(copy_in(auxv, sp + 48, result.auxv_bytes), 0);
    ck_assert_mem_eq(auxv, result.auxv, result.auxv_bytes);
    ck_assert_uint_eq(aux_value(AT_ENTRY), result.entry);
    ck_assert_uint_eq(aux_value(AT_PHNUM), 4);
    ck_assert_uint_eq(aux_value(AT_PAGESZ), P);
    ck_assert_uint_eq(aux_value(AT_NULL), 0);
    ck_assert_int_eq(copy_in_string(text, aux_value(AT_EXECFN), sizeof text), 8);
    ck_assert_str_eq(text, "/program");
    ck_assert_int_eq(copy_in_string(text, aux_value(AT_PLATFORM), sizeof text), 7);
    word_at(aux_value(AT_RANDOM) + 8);
    ck_assert_uint_eq(aux_value(AT_SYSINFO_EHDR) % P, 0);
    struct mem_area a;
    ck_assert(mem_find(sp, &a) && a.flags & MAP_GROWSDOWN && !strcmp(a.name, "[stack]"));
    ck_assert(!(a.prot & PROT_EXEC));
    ck_assert(mem_find(aux_value(AT_SYSINFO_EHDR), &a) && !strcmp(a.name, "[vdso]"));
    u32 code[2];
    ck_assert_int_eq(copy_in(code, result.sigreturn, 8), 0);
    ck_assert_uint_eq(code[0], 0xd2801168); /* mov x8, #139 */
    ck_assert_uint_eq(code[1], 0xd4000001); /* svc #0 */
}
END_TEST

START_TEST(segment_shapes)
{
    /* the second segment begins in the last page of the first one's memory, in the middle of a page */
    make_program(ET_EXEC);
    f.segment[1].p_offset = DATA + 0x80;
    f.segment[1].p_vaddr = BASE_ADDRESS + DATA + 0x80;
    f.segment[0].p_filesz = f.segment[0].p_memsz = DATA + 0x40;
    ck_assert_int_eq(load(), 0);
    ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + 0x80), 0xdddddddddddddddd);
    ck_assert_int_eq(mem_prot(BASE_ADDRESS + DATA), PROT_READ | PROT_WRITE); /* the later one wins */

    /* bss alone, in a page that the file's data ends in */
    load_bytes_clear();
    make_program(ET_EXEC);
    f.segment[1].p_memsz = f.segment[1].p_filesz = 0x100;
    f.segment[3] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = BASE_ADDRESS + DATA + 0x200,
                                .p_memsz = P, .p_align = P};
    ck_assert_int_eq(load(), 0);
    ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + 0xf8), 0xdddddddddddddddd);
    ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + 0x200), 0);
    ck_assert_uint_eq(word_at(BASE_ADDRESS + DATA + 0x200 + P - 8), 0);

    /* executable stack */
    load_bytes_clear();
    make_program(ET_EXEC);
    f.segment[2].p_flags |= PF_X;
    ck_assert_int_eq(load(), 0);
    ck_assert(mem_prot(result.sp) & PROT_EXEC);
}
END_TEST

START_TEST(branch_target_mark)
{
    make_program(ET_EXEC);
    static const u32 note[8] = {4, 16, NT_GNU_PROPERTY_TYPE_0, 0x554e47, 0xc0000000, 4, 1, 0};
    memcpy(f.note, note, sizeof note);
    f.segment[3] = (Elf64_Phdr){.p_type = 0x6474e553, .p_offset = offsetof(struct file, note), .p_filesz = sizeof note};
    ck_assert_int_eq(load(), 0);
    ck_assert(result.bti && mem_prot(BASE_ADDRESS) & MEM_PROT_BTI);
    load_bytes_clear();
    f.note[6] = 2; /* PAC only */
    ck_assert_int_eq(load(), 0);
    ck_assert(!result.bti && !(mem_prot(BASE_ADDRESS) & MEM_PROT_BTI));
    load_bytes_clear();
    f.note[5] = 0xffffffff; /* malformed */
    ck_assert_int_eq(load(), 0);
    ck_assert(!result.bti);
}
END_TEST

/* Swaps what make_program() filled in. */
static void make_big_endian(void)
{
    Elf64_Ehdr *h = &f.header;
    u16 *halves[] = {&h->e_type, &h->e_machine, &h->e_ehsize, &h->e_phentsize, &h->e_phnum};
    u16 segments = h->e_phnum;
    for (size_t i = 0; i < ARRAY_SIZE(halves); i++)
        *halves[i] = htobe16(*halves[i]);
    h->e_ident[EI_DATA] = ELFDATA2MSB;
    h->e_version = htobe32(h->e_version);
    h->e_entry = htobe64(h->e_entry);
    h->e_phoff = htobe64(h->e_phoff);
    for (int i = 0; i < segments; i++) {
        Elf64_Phdr *p = &f.segment[i];
        u64 *words[] = {&p->p_offset, &p->p_vaddr, &p->p_filesz, &p->p_memsz, &p->p_align};
        p->p_type = htobe32(p->p_type);
        p->p_flags = htobe32(p->p_flags);
        for (size_t k = 0; k < ARRAY_SIZE(words); k++)
            *words[k] = htobe64(*words[k]);
    }
}

START_TEST(big_endian_program)
{
    make_program(ET_EXEC);
    make_big_endian();
    ck_assert_int_eq(load(), 0);
    ck_assert(check.big_endian && result.big_endian);
    ck_assert_uint_eq(result.entry, BASE_ADDRESS + CODE);
    ck_assert_uint_eq(be64toh(word_at(result.sp)), 2);
    ck_assert_uint_eq(be64toh(word_at(result.sp + 8)), result.arg_start);
    ck_assert_uint_eq(be64toh(aux_value(htobe64(AT_ENTRY))), result.entry);
    ck_assert_uint_eq(word_at(result.sigreturn), 0xd4000001d2801168); /* instructions stay little-endian */
}
END_TEST

START_TEST(interpreter)
{
    make_program(ET_DYN);
    f.segment[3] = (Elf64_Phdr){.p_type = PT_INTERP, .p_offset = offsetof(struct file, interpreter),
                                .p_filesz = sizeof "/no/such/interpreter"};
    strcpy(f.interpreter, "/no/such/interpreter");
    ck_assert_int_eq(load(), -ENOENT);
    ck_assert_ptr_nonnull(strstr(message, "/no/such/interpreter"));
    ck_assert_ptr_nonnull(strstr(message, "-L"));

    /* one that is there: the same program without an interpreter */
    load_bytes_clear();
    struct file program = f;
    char path[] = "/tmp/test_loader_XXXXXX";
    int fd = mkstemp(path);
    make_program(ET_DYN);
    ck_assert(fd >= 0 && write(fd, &f, sizeof f) == sizeof f);
    close(fd);
    f = program;
    strcpy(f.interpreter, path);
    f.segment[3].p_filesz = strlen(path) + 1;
    int e = load();
    unlink(path);
    ck_assert_msg(!e, "%s", message);
    ck_assert_uint_eq(result.entry, aux_value(AT_BASE) + CODE);
    ck_assert_uint_eq(result.program_entry, aux_value(AT_ENTRY));
    ck_assert_uint_ne(result.entry, result.program_entry);

    load_bytes_clear();
    strcpy(f.interpreter, "/dev/null");
    f.segment[3].p_filesz = sizeof "/dev/null";
    ck_assert_int_eq(load(), -ELIBBAD);
    f.interpreter[9] = 'x';
    rejected(ENOEXEC, "does not end");
    f.segment[3].p_filesz = 1;
    rejected(ENOEXEC, "interpreter");
    f.segment[3].p_filesz = sizeof "/dev/null";
    memset(f.interpreter, 0, sizeof f.interpreter);
    rejected(ENOEXEC, "name is empty");
}
END_TEST

START_TEST(argument_limits)
{
    make_program(ET_EXEC);
    int fd = load_bytes_file((u8 *)&f, sizeof f);
    char *big = malloc(128 << 10), *none[] = {NULL}, *one[] = {big, NULL};
    memset(big, 'x', 128 << 10);
    struct load_request r = {.fd = fd, .path = "/p", .argv = none, .envp = none, .stack_bytes = 8 << 20};
    ck_assert_int_eq(load_program(&r, &result, message, sizeof message), 0);
    ck_assert_uint_eq(word_at(result.sp), 1); /* never without a name */
    load_bytes_clear();
    big[(128 << 10) - 1] = 0; /* 128 KiB with its NUL: the longest there can be */
    r.argv = one;
    ck_assert_int_eq(load_program(&r, &result, message, sizeof message), 0);
    load_bytes_clear();
    char *longer = malloc((128 << 10) + 1);
    memset(longer, 'x', 128 << 10);
    longer[128 << 10] = 0;
    one[0] = longer;
    ck_assert_int_eq(load_program(&r, &result, message, sizeof message), -E2BIG);
    load_bytes_clear();
    char *many[18];
    for (int i = 0; i < 17; i++)
        many[i] = big;
    many[17] = NULL;
    r.argv = many; /* a little more than a quarter of 8 MiB */
    ck_assert_int_eq(load_program(&r, &result, message, sizeof message), -E2BIG);
    free(big);
    free(longer);
}
END_TEST

START_TEST(bad_headers)
{
    make_program(ET_EXEC);
    f.header.e_type = ET_REL;
    rejected(ENOEXEC, "object file or a kernel module");
    f.header.e_type = ET_CORE;
    rejected(ENOEXEC, "core dump");
    f.header.e_type = 77;
    rejected(ENOEXEC, "type 77");
    make_program(ET_EXEC);
    f.header.e_machine = EM_RISCV;
    rejected(ENOEXEC, "RISC-V");
    f.header.e_machine = 0xbeef;
    rejected(ENOEXEC, "machine 48879");
    f.header.e_machine = EM_ARM;
    rejected(ENOEXEC, "not of the 64-bit class");
    make_program(ET_EXEC);
    f.header.e_ident[EI_CLASS] = ELFCLASS32;
    rejected(ENOEXEC, "ILP32");
    f.header.e_ident[EI_CLASS] = 9;
    rejected(ENOEXEC, "class 9");
    make_program(ET_EXEC);
    f.header.e_ident[EI_DATA] = 0;
    rejected(ENOEXEC, "byte order 0");
    make_program(ET_EXEC);
    f.header.e_version = 2;
    rejected(ENOEXEC, "version 2");
    f.header.e_version = EV_CURRENT;
    f.header.e_ident[EI_VERSION] = 3;
    rejected(ENOEXEC, "version 3");
    make_program(ET_EXEC);
    f.header.e_phnum = 0;
    rejected(ENOEXEC, "without program headers");
    f.header.e_phnum = 0xffff;
    rejected(ENOEXEC, "65535 program headers");
    f.header.e_phnum = 1000;
    rejected(ENOEXEC, "beyond its end");
    make_program(ET_EXEC);
    f.header.e_phentsize = 32;
    rejected(ENOEXEC, "32 bytes");
    make_program(ET_EXEC);
    f.header.e_phoff = ~0ull - 10;
    rejected(ENOEXEC, "beyond its end");
    make_program(ET_DYN);
    f.header.e_entry = 0;
    rejected(ENOEXEC, "shared library");
    /* section headers do not matter */
    make_program(ET_EXEC);
    f.header.e_shoff = ~0ull - 3;
    f.header.e_shnum = 0xffff;
    f.header.e_shentsize = 3;
    f.header.e_shstrndx = 0xfff0;
    ck_assert_int_eq(load(), 0);
}
END_TEST

START_TEST(bad_segments)
{
    make_program(ET_EXEC);
    f.segment[1].p_filesz = 3 * P;
    rejected(ENOEXEC, "larger in the file than in memory");
    make_program(ET_EXEC);
    f.segment[1].p_vaddr = 1ull << 62;
    rejected(ENOEXEC, "outside the address space");
    make_program(ET_EXEC);
    f.segment[1].p_memsz = ~0ull - 0x1000;
    rejected(ENOEXEC, "outside the address space");
    make_program(ET_EXEC);
    f.segment[1].p_offset = ~0ull - 0xfff;
    rejected(ENOEXEC, "beyond its end");
    make_program(ET_EXEC);
    f.segment[1].p_vaddr += 8;
    rejected(ENOEXEC, "differ within a page");
    make_program(ET_EXEC);
    f.segment[0].p_type = f.segment[1].p_type = PT_NULL;
    rejected(ENOEXEC, "anything to load");
    make_program(ET_EXEC);
    f.segment[0].p_flags = PF_R;
    rejected(ENOEXEC, "executable code");
    /* fine by itself, but not here: below the lowest address, above the highest, larger than there is memory */
    make_program(ET_EXEC);
    f.segment[0].p_vaddr = 0x1000;
    int low = load();
    ck_assert(low == -EPERM || (low == 0 && geteuid() == 0));
    load_bytes_clear();
    make_program(ET_EXEC);
    f.segment[1].p_vaddr = mem.limit;
    ck_assert_int_lt(load(), 0);
    load_bytes_clear();
    make_program(ET_EXEC);
    f.segment[1].p_memsz = 100ull << 40;
    ck_assert_int_lt(load(), 0);
    load_bytes_clear();
    make_program(ET_DYN);
    f.segment[0].p_align = 1ull << 63;
    ck_assert_int_eq(load(), -ENOMEM);
    load_bytes_clear();
    f.segment[0].p_align = 12345; /* no power of two: counts for nothing */
    ck_assert_int_eq(load(), 0);
}
END_TEST

START_TEST(other_files)
{
    static const struct {
        const char *text;
        size_t bytes;
        int error;
        const char *part;
    } files[] = {
        {"", 0, ENOEXEC, "is empty"},
        {"hello, world\n", 13, ENOEXEC, "text file without a #! line"},
        {"\x7f" "ELF", 4, ENOEXEC, "truncated"},
        {"\0\1\2\3\4", 5, ENOEXEC, "no ELF header"},
        {"MZ\x90\0", 4, ENOEXEC, "Windows"},
        {"!<arch>\nx", 9, ENOEXEC, "static library"},
        {"#!\n", 3, ENOEXEC, "without an interpreter"},
        {"#!   \t \n", 8, ENOEXEC, "without an interpreter"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        load_check_file(load_bytes_file((const u8 *)files[i].text, files[i].bytes), &check);
        ck_assert_int_eq(check.kind, LOAD_BAD);
        ck_assert_int_eq(check.error, files[i].error);
        ck_assert_msg(strstr(check.message, files[i].part) != NULL, "said: %s", check.message);
    }
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    load_check_file(fd, &check);
    close(fd);
    ck_assert(check.kind == LOAD_BAD && check.error == EACCES && strstr(check.message, "directory"));
    load_check_file(-1, &check);
    ck_assert(check.kind == LOAD_BAD && check.error == EBADF);
    make_program(ET_EXEC);
    for (size_t bytes = 0; bytes < sizeof f; bytes += bytes < 0x400 ? 1 : 61) {
        int e = load_part(bytes);
        /* the data segment's last byte decides whether all is there */
        ck_assert_int_eq(e, bytes < DATA + 0x100 ? -ENOEXEC : 0);
        load_bytes_clear();
    }
}
END_TEST

START_TEST(scripts)
{
    static const struct {
        const char *text, *interpreter, *argument;
    } files[] = {
        {"#!/bin/sh\necho", "/bin/sh", ""},
        {"#! /bin/sh -e -x \n", "/bin/sh", "-e -x"},
        {"#!\t/usr/bin/env\tpython3\t\n", "/usr/bin/env", "python3"},
        {"#!/bin/sh", "/bin/sh", ""},
        {"#!sh\n", "sh", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        load_check_file(load_bytes_file((const u8 *)files[i].text, strlen(files[i].text)), &check);
        ck_assert_int_eq(check.kind, LOAD_SCRIPT);
        ck_assert_str_eq(check.interpreter, files[i].interpreter);
        ck_assert_str_eq(check.argument, files[i].argument);
    }
    char text[600] = "#!/";
    memset(text + 3, 'x', sizeof text - 3);
    load_check_file(load_bytes_file((u8 *)text, sizeof text), &check);
    ck_assert_int_eq(check.kind, LOAD_BAD);
    text[200] = ' '; /* the name is whole, the argument is cut */
    load_check_file(load_bytes_file((u8 *)text, sizeof text), &check);
    ck_assert_int_eq(check.kind, LOAD_SCRIPT);
    ck_assert_uint_eq(strlen(check.interpreter), 198);
    ck_assert_uint_eq(strlen(check.argument), 256 - 201);
}
END_TEST

/* Every byte of the headers gets a few values; then random damage. Nothing may crash, and what is loaded must be sound. */
START_TEST(damaged_files)
{
    static const u8 values[] = {0x00, 0x01, 0x10, 0x7f, 0x80, 0xff};
    size_t headers = offsetof(struct file, pad);
    unsigned loaded = 0, seed = 1;
    for (int kind = 0; kind < 3; kind++) {
        make_program(kind ? ET_DYN : ET_EXEC);
        if (kind == 2)
            make_big_endian();
        struct file whole = f;
        for (size_t at = 0; at < headers * ARRAY_SIZE(values); at++) {
            f = whole;
            ((u8 *)&f)[at / ARRAY_SIZE(values)] = values[at % ARRAY_SIZE(values)];
            loaded += load() == 0 && check.kind == LOAD_GUEST;
            load_bytes_clear();
        }
        for (int round = 0; round < 3000; round++) {
            f = whole;
            for (int i = 1 + rand_r(&seed) % 4; i > 0; i--)
                ((u8 *)&f)[(size_t)rand_r(&seed) % headers] = (u8)(rand_r(&seed) >> 8);
            int e = load();
            if (!e && check.kind == LOAD_GUEST) {
                loaded++;
                ck_assert_uint_eq(result.sp % 16, 0);
                ck_assert_int_ge(mem_prot(result.sp), 0);
            }
            load_bytes_clear();
        }
    }
    ck_assert_uint_gt(loaded, 1000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        fixed_program, position_independent_program, stack_and_auxv, segment_shapes, branch_target_mark,
        big_endian_program, interpreter, argument_limits, bad_headers, bad_segments, other_files, scripts, damaged_files,
    };
    Suite *s = suite_create("loader");
    TCase *t = tcase_create("loader");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_set_timeout(t, 120);
    for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
