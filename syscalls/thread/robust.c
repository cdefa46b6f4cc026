/* Robust futexes of a thread that ends while the process lives on.
 *
 * set_robust_list goes to the host's kernel, which therefore handles the deaths that xrun cannot see (SIGKILL, a crash,
 * exec) and the end of a process's main thread. A thread that exits by itself must have its list handled before
 * clear_child_tid is written, since the guest frees the list's memory then, and before the host thread, which xrun's
 * libc needs a little longer, is gone; so that is done here, as the kernel's exit_robust_list() does. So it is for the
 * lists of big-endian and 32-bit guests at every end that xrun sees, as the kernel cannot follow them.
 */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { LIST_LIMIT = 2048 }; /* ROBUST_LIST_LIMIT */

/* A long of the guest; offsets to the futex word may be negative. */
static bool read_long(u64 addr, u64 *value)
{
    long v;
    if (abi_copy_in(&sys_abi, ST_long, &v, addr))
        return false;
    *value = (u64)v;
    return true;
}

static bool read_pointer(u64 addr, u64 *value) { return !abi_copy_in(&sys_abi, ST_ptr, value, addr); }

/* Addresses of narrow guests wrap. */
static u64 word_at(u64 entry, u64 offset)
{
    u64 addr = (entry & ~1ull) + offset;
    return abi_narrow(&sys_abi) ? (u32)addr : addr;
}

static u32 turned(u32 value) { return sys_abi.big_endian ? __builtin_bswap32(value) : value; }

/* One futex word: if tid owns it, sets OWNER_DIED and wakes one waiter (of a PI futex the kernel does that itself,
 * when the host thread ends, unless the word's byte order hides it from the kernel). pending: the entry was about to
 * be linked or unlinked. */
static void owner_died(u64 addr, u32 tid, bool pi, bool pending)
{
    u32 raw, *word = mem_window(addr, sizeof raw);
    bool kernel_wakes = pi && !sys_abi.big_endian;
    int differs;

    if (addr % 4 || !word || copy_in(&raw, addr, sizeof raw) != 0)
        return;
    if (pending && !pi && raw == 0) { /* unlocked, but the wake-up may not have been sent */
        sys_host_quick(SYS_futex, word, FUTEX_WAKE, 1);
        return;
    }
    do {
        if ((turned(raw) & FUTEX_TID_MASK) != tid)
            return;
        differs = mem_swap(addr, &raw, turned((turned(raw) & FUTEX_WAITERS) | FUTEX_OWNER_DIED));
    } while (differs > 0);
    if (!differs && !kernel_wakes && turned(raw) & FUTEX_WAITERS)
        sys_host_quick(SYS_futex, word, FUTEX_WAKE, 1);
}

void robust_list_exit(u64 head, u32 tid)
{
    u64 entry, offset, pending;

    u64 word = abi_bytes(&sys_abi, ST_long);
    if (!read_pointer(head, &entry) || !read_long(head + word, &offset) || !read_pointer(head + 2 * word, &pending))
        return;
    for (unsigned n = 0; (entry & ~1ull) != head && n < LIST_LIMIT; n++) { /* bit 0: a PI futex */
        u64 next, at = entry & ~1ull;
        bool more = read_pointer(at, &next);
        if (at != (pending & ~1ull))
            owner_died(word_at(at, offset), tid, entry & 1, false);
        if (!more)
            return;
        entry = next;
    }
    if (pending)
        owner_died(word_at(pending, offset), tid, pending & 1, true);
}
