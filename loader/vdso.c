/* Puts the vdso, and for 32-bit ARM the vectors page, into guest memory. */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <errno.h>
#include <sys/mman.h>

/* vdso.S */
#define EMBEDDED(name) extern const u8 name##_start[], name##_end[];
EMBEDDED(vdso_a64)
EMBEDDED(vdso_a64_be)
EMBEDDED(vdso_a32)
EMBEDDED(vdso_a32_be8)
EMBEDDED(vdso_a32_be32)
EMBEDDED(kuser_a32)
EMBEDDED(kuser_a32_be8)
EMBEDDED(kuser_a32_be32)
#undef EMBEDDED

enum kind { A64, A64_BE, A32, A32_BE8, A32_BE32 };

static const struct {
    const u8 *vdso, *vdso_end, *vectors, *vectors_end;
} embedded[] = {
    [A64] = {vdso_a64_start, vdso_a64_end, NULL, NULL},
    [A64_BE] = {vdso_a64_be_start, vdso_a64_be_end, NULL, NULL},
    [A32] = {vdso_a32_start, vdso_a32_end, kuser_a32_start, kuser_a32_end},
    [A32_BE8] = {vdso_a32_be8_start, vdso_a32_be8_end, kuser_a32_be8_start, kuser_a32_be8_end},
    [A32_BE32] = {vdso_a32_be32_start, vdso_a32_be32_end, kuser_a32_be32_start, kuser_a32_be32_end},
};

static const u64 VECTORS = 0xffff0000;

static enum kind kind_of(const struct image *im)
{
    if (im->header.e_machine == EM_AARCH64)
        return im->big_endian ? A64_BE : A64;
    return !im->big_endian ? A32 : image_be32(im) ? A32_BE32 : A32_BE8;
}

/* The entry point of an embedded ELF file; its linker script says what that is. */
static u64 entry_of(const u8 *image, const struct image *like)
{
    u64 entry = 0;
    size_t at = like->narrow ? offsetof(Elf32_Ehdr, e_entry) : offsetof(Elf64_Ehdr, e_entry), bytes = image_word(like);
    for (size_t i = 0; i < bytes; i++)
        entry |= (u64)image[at + i] << 8 * (like->big_endian ? bytes - 1 - i : i);
    return entry;
}

i64 vdso_map(const struct image *program, u64 *sigreturn)
{
    enum kind kind = kind_of(program);
    const u8 *image = embedded[kind].vdso, *vectors = embedded[kind].vectors;
    int bti = program->narrow ? 0 : MEM_PROT_BTI;
    i64 at = mem_map_special(0, image, (size_t)(embedded[kind].vdso_end - image), PROT_READ | PROT_EXEC | bti, "[vdso]");
    if (at < 0)
        return at;
    *sigreturn = (u64)at + entry_of(image, program);
    i64 e = 0;
    if (vectors)
        e = mem_map_special(VECTORS, vectors, (size_t)(embedded[kind].vectors_end - vectors), PROT_READ | PROT_EXEC,
                            "[vectors]");
    return e < 0 ? e : at;
}
