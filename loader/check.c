/* Says what a file is, before anything is mapped: a guest's program, the host's, a script, or why it cannot run. */
#define _GNU_SOURCE
#include "loader/image.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RUNS_ON_HOST(machine, class_bits) ((machine) == EM_X86_64 || ((machine) == EM_386 && (class_bits) == 32))
#else
#define RUNS_ON_HOST(machine, class_bits) ((machine) == EM_AARCH64 && 0)
#endif

enum { HEAD_BYTES = 256 }; /* what the kernel looks at (BINPRM_BUF_SIZE) */

static const struct {
    u16 machine;
    const char *name;
} machines[] = {
    {EM_M32, "AT&T WE 32100"},     {EM_SPARC, "SPARC"},
    {EM_386, "Intel 80386"},       {EM_68K, "Motorola 68000"},
    {EM_88K, "Motorola 88000"},    {EM_860, "Intel 80860"},
    {EM_MIPS, "MIPS"},             {EM_S370, "IBM System/370"},
    {EM_PARISC, "HP PA-RISC"},     {EM_SPARC32PLUS, "SPARC32+"},
    {EM_960, "Intel 80960"},       {EM_PPC, "PowerPC"},
    {EM_PPC64, "PowerPC64"},       {EM_S390, "IBM S/390"},
    {EM_ARM, "ARM (32-bit)"},      {EM_FAKE_ALPHA, "Alpha"},
    {0x9026, "Alpha"},             {EM_SH, "SuperH"},
    {EM_SPARCV9, "SPARC V9"},      {EM_TRICORE, "TriCore"},
    {EM_ARC, "ARC"},               {EM_H8_300, "H8/300"},
    {EM_IA_64, "Itanium"},         {EM_MIPS_X, "MIPS-X"},
    {EM_COLDFIRE, "ColdFire"},     {EM_X86_64, "x86-64"},
    {EM_VAX, "VAX"},               {EM_CRIS, "CRIS"},
    {EM_AVR, "AVR"},               {EM_V850, "V850"},
    {EM_M32R, "M32R"},             {EM_MN10300, "MN10300"},
    {EM_OPENRISC, "OpenRISC"},     {EM_XTENSA, "Xtensa"},
    {EM_MSP430, "MSP430"},         {EM_BLACKFIN, "Blackfin"},
    {EM_ALTERA_NIOS2, "Nios II"},  {EM_TI_C6000, "TMS320C6000"},
    {EM_AARCH64, "AArch64"},       {EM_AVR32, "AVR32"},
    {EM_TILEPRO, "TILEPro"},       {EM_MICROBLAZE, "MicroBlaze"},
    {EM_CUDA, "NVIDIA CUDA"},      {EM_TILEGX, "TILE-Gx"},
    {EM_QDSP6, "Hexagon"}, {EM_RISCV, "RISC-V"},
    {EM_BPF, "BPF"},               {EM_CSKY, "C-SKY"},
    {258, "LoongArch"},
};

const char *machine_name(u16 machine)
{
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

int load_failed(int error, char *message, size_t bytes, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message, bytes, format, args);
    va_end(args);
    return -error;
}

__attribute__((format(printf, 3, 4))) static void bad(struct load_check *c, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->message, sizeof c->message, format, args);
    va_end(args);
    c->kind = LOAD_BAD;
    c->error = error;
}

/* Files that people try to run by mistake, by their first bytes. */
static const struct {
    const char *magic;
    size_t bytes;
    const char *what;
} others[] = {
    {"MZ", 2, "a DOS or Windows program"},
    {"!<arch>\n", 8, "a static library (ar archive)"},
    {"!<thin>\n", 8, "a thin ar archive"},
    {"\xca\xfe\xba\xbe", 4, "a Java class or a universal Mach-O file"},
    {"\xcf\xfa\xed\xfe", 4, "a Mach-O program"},
    {"\xce\xfa\xed\xfe", 4, "a Mach-O program"},
    {"BC\xc0\xde", 4, "LLVM bitcode"},
    {"\0asm", 4, "a WebAssembly module"},
    {"\x1f\x8b", 2, "gzip-compressed data"},
    {"\xfd" "7zXZ", 5, "xz-compressed data"},
    {"BZh", 3, "bzip2-compressed data"},
    {"\x28\xb5\x2f\xfd", 4, "zstd-compressed data"},
    {"PK\3\4", 4, "a zip archive"},
    {"dex\n", 4, "a Dalvik executable"},
};

static bool is_text(const u8 *head, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((head[i] < 32 && !strchr("\t\n\r\f\v\33\b\a", head[i])) || !head[i] || head[i] == 127)
            return false;
    return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* The #! line as fs/binfmt_script.c reads it: interpreter, then at most one argument, blanks at both ends dropped; a
 * line that is cut at 256 bytes still counts if the interpreter's name ends before the cut. */
static void check_script(struct load_check *c, const char *head, size_t n)
{
    char line[HEAD_BYTES + 1] = {0};
    memcpy(line, head + 2, n - 2);
    char *end = strchr(line, '\n'), *name = line;
    while (is_blank(*name))
        name++;
    if (!end) {
        end = line + strlen(line);
        size_t length = strcspn(name, " \t");
        if (n == HEAD_BYTES && !name[length]) {
            bad(c, ENOEXEC, "is a script whose interpreter's name on the #! line is longer than 255 bytes");
            return;
        }
    }
    while (end > line && is_blank(end[-1]))
        end--;
    *end = 0;
    size_t length = strcspn(name, " \t");
    if (name >= end || !length) {
        bad(c, ENOEXEC, "is a script without an interpreter on its #! line");
        return;
    }
    c->kind = LOAD_SCRIPT;
    memcpy(c->interpreter, name, length);
    const char *argument = name + length;
    while (is_blank(*argument))
        argument++;
    memcpy(c->argument, argument, strlen(argument));
}

static void check_other(struct load_check *c, const u8 *head, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (n >= others[i].bytes && !memcmp(head, others[i].magic, others[i].bytes)) {
            bad(c, ENOEXEC, "is %s, not a Linux program", others[i].what);
            return;
        }
    if (is_text(head, n))
        bad(c, ENOEXEC, "is a text file without a #! line; name its interpreter, as in: xrun sh FILE");
    else
        bad(c, ENOEXEC, "is not a program: it has no ELF header and no #! line");
}

/* The header fields that decide before all others; the rest is image_read()'s. */
static void check_elf(struct load_check *c, int fd, const u8 *head, size_t n)
{
    if (n < EI_NIDENT + 4) {
        bad(c, ENOEXEC, "is a truncated ELF file: it ends inside its header");
        return;
    }
    u8 class = head[EI_CLASS], data = head[EI_DATA];
    if (class != ELFCLASS32 && class != ELFCLASS64) {
        bad(c, ENOEXEC, "is a damaged ELF file: class %u is neither 32-bit nor 64-bit", class);
        return;
    }
    if (data != ELFDATA2LSB && data != ELFDATA2MSB) {
        bad(c, ENOEXEC, "is a damaged ELF file: byte order %u does not exist", data);
        return;
    }
    c->class_bits = class == ELFCLASS64 ? 64 : 32;
    c->big_endian = data == ELFDATA2MSB;
    u16 type = c->big_endian ? (u16)(head[16] << 8 | head[17]) : (u16)(head[17] << 8 | head[16]);
    c->machine = c->big_endian ? (u16)(head[18] << 8 | head[19]) : (u16)(head[19] << 8 | head[18]);
    if (type == ET_REL)
        bad(c, ENOEXEC, "is an object file or a kernel module, not a program");
    else if (type == ET_CORE)
        bad(c, ENOEXEC, "is a core dump, not a program");
    else if (type != ET_EXEC && type != ET_DYN)
        bad(c, ENOEXEC, "is a damaged ELF file: type %u is not that of a program", type);
    else if (RUNS_ON_HOST(c->machine, c->class_bits) && !c->big_endian)
        c->kind = LOAD_HOST;
    else if ((c->machine == EM_AARCH64 && c->class_bits == 64) || (c->machine == EM_ARM && c->class_bits == 32))
        c->kind = LOAD_GUEST;
    else if (c->machine == EM_AARCH64)
        bad(c, ENOEXEC, "is an AArch64 program with 32-bit pointers (ILP32), which xrun does not support");
    else if (c->machine == EM_ARM)
        bad(c, ENOEXEC, "is a damaged ELF file: 32-bit ARM programs are not of the 64-bit class");
    else if (machine_name(c->machine))
        bad(c, ENOEXEC, "is a %u-bit %s-endian %s program; this xrun runs AArch64 and ARM programs", c->class_bits,
            c->big_endian ? "big" : "little", machine_name(c->machine));
    else
        bad(c, ENOEXEC, "is a program for ELF machine %u, which xrun does not know", c->machine);
    if (c->kind != LOAD_GUEST)
        return;
    struct image image;
    int e = image_read(&image, fd, c->message, sizeof c->message);
    image_free(&image);
    if (e) {
        c->kind = LOAD_BAD;
        c->error = -e;
    }
}

void load_check_file(int fd, struct load_check *c)
{
    u8 head[HEAD_BYTES];
    struct stat st;
    *c = (struct load_check){.kind = LOAD_BAD};
    if (fstat(fd, &st)) {
        bad(c, errno, "cannot be examined: %s", strerror(errno));
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        bad(c, EACCES, S_ISDIR(st.st_mode) ? "is a directory" : "is not a regular file");
        return;
    }
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0)
        bad(c, EIO, "cannot be read: %s", strerror(errno));
    else if (n == 0)
        bad(c, ENOEXEC, "is empty");
    else if (n >= 2 && head[0] == '#' && head[1] == '!')
        check_script(c, (const char *)head, (size_t)n);
    else if (n >= SELFMAG && !memcmp(head, ELFMAG, SELFMAG))
        check_elf(c, fd, head, (size_t)n);
    else
        check_other(c, head, (size_t)n);
}
