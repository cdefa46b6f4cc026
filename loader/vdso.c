/* Puts the vdso into guest memory. */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <endian.h>
#include <errno.h>
#include <sys/mman.h>

extern const u8 vdso_a64_start[], vdso_a64_end[], vdso_a64_be_start[], vdso_a64_be_end[]; /* vdso.S */

i64 vdso_map(bool big_endian, u64 *sigreturn)
{
    const u8 *image = big_endian ? vdso_a64_be_start : vdso_a64_start;
    u64 bytes = (u64)((big_endian ? vdso_a64_be_end : vdso_a64_end) - image);
    i64 at = mem_mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at < 0)
        return at;
    if (copy_out((u64)at, image, bytes))
        return -EFAULT;
    i64 e = mem_mprotect((u64)at, bytes, PROT_READ | PROT_EXEC | MEM_PROT_BTI);
    if (e)
        return e;
    mem_name((u64)at, bytes, "[vdso]");
    Elf64_Ehdr header; /* its entry point is the signal return code: vdso_a64.lds */
    memcpy(&header, image, sizeof header);
    *sigreturn = (u64)at + (big_endian ? be64toh(header.e_entry) : le64toh(header.e_entry));
    return at;
}
