/* copy_in, copy_out and code fetch: guest memory seen from system calls and from the translator. */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <sys/mman.h>

extern const char mem_copy_begin[], mem_copy_end[], mem_copy_fixup[]; /* copy.S */
int mem_copy_bytes(void *to, const void *from, size_t n);
int mem_copy_string(char *to, const char *from, size_t max, size_t *length);
int mem_swap_word(u32 *at, u32 *expected, u32 new);

uintptr_t mem_fault_fixup(uintptr_t host_pc)
{
    bool inside = host_pc >= (uintptr_t)mem_copy_begin && host_pc < (uintptr_t)mem_copy_end;
    return inside ? (uintptr_t)mem_copy_fixup : 0;
}

int copy_in(void *to, u64 guest_addr, size_t bytes)
{
    u64 a = mem_untag(guest_addr);
    if (unlikely(!mem_ok(a, bytes)) || mem_copy_bytes(to, mem_host(a), bytes))
        return -EFAULT;
    return 0;
}

int copy_out(u64 guest_addr, const void *from, size_t bytes)
{
    u64 a = mem_untag(guest_addr);
    if (unlikely(!mem_ok(a, bytes)) || mem_copy_bytes(mem_host(a), from, bytes))
        return -EFAULT;
    return 0;
}

int mem_swap(u64 guest_addr, u32 *expected, u32 new)
{
    u64 a = mem_untag(guest_addr);
    if (a % 4 || !mem_ok(a, sizeof new))
        return -EFAULT;
    int r = mem_swap_word(mem_host(a), expected, new);
    return r == 1 ? -EFAULT : r != 0;
}

i64 copy_in_string(char *to, u64 guest_addr, size_t max)
{
    u64 a = mem_untag(guest_addr);
    if (a >= mem.limit)
        return -EFAULT;
    u64 room = mem.limit - a;
    size_t n = max < room ? max : room, length = 0;
    if (mem_copy_string(to, mem_host(a), n, &length))
        return -EFAULT;
    if (length && !to[length - 1])
        return (i64)length - 1;
    return n < max ? -EFAULT : -ENAMETOOLONG;
}

void *mem_window(u64 guest_addr, u64 bytes)
{
    u64 a = mem_untag(guest_addr);
    if (!mem_ok(a, bytes))
        return NULL;
    return mem_host(a || bytes ? a : MEM_PAGE);
}

size_t mem_fetch(u64 guest_addr, void *to, size_t bytes, int *prot, int *fault_code)
{
    struct area a;
    size_t have = 0;
    *prot = -1;
    *fault_code = mem_fault_code(guest_addr);
    while (have < bytes && mem_ok(guest_addr + have, 1) && area_peek(guest_addr + have, &a) && a.prot & PROT_EXEC) {
        /* One protection for the whole fetch: it goes into the translation. */
        if (have && (int)a.prot != *prot)
            break;
        *prot = (int)a.prot;
        u64 at = guest_addr + have, n = a.end - at;
        n = n < bytes - have ? n : bytes - have;
        if (mem_copy_bytes((u8 *)to + have, mem_host(at), n)) {
            /* The end of a mapped file, or another thread unmapped it: take what the first page holds. */
            u64 in_page = MEM_PAGE - at % MEM_PAGE;
            n = n < in_page ? n : in_page;
            return mem_copy_bytes((u8 *)to + have, mem_host(at), n) ? have : have + n;
        }
        have += n;
    }
    return have;
}
