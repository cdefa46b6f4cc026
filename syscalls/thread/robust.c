/* Robust futexes of a thread that ends while the process lives on.
 *
 * set_robust_list goes to the host's kernel, which therefore handles the deaths that xrun cannot see (SIGKILL, a crash,
 * exec) and the end of a process's main thread. A thread that exits by itself must have its list handled before
 * clear_child_tid is written, since the guest frees the list's memory then, and before the host thread, which xrun's
 * libc needs a little longer, is gone; so that is done here, as the kernel's exit_robust_list() does. So it is for the
 * lists of big-endian guests at every end that xrun sees, as the kernel cannot follow them.
 */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { LIST_LIMIT = 2048 }; /* ROBUST_LIST_LIMIT */

static bool read64(u64 addr, u64 *value)
{
    u8 bytes[8];
    if (copy_in(bytes, addr, sizeof bytes) != 0)
        return false;
    *value = abi_load(&sys_abi, bytes, sizeof bytes);
    return true;
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

    if (!read64(head, &entry) || !read64(head + 8, &offset) || !read64(head + 16, &pending))
        return;
    for (unsigned n = 0; (entry & ~1ull) != head && n < LIST_LIMIT; n++) { /* bit 0: a PI futex */
        u64 next, at = entry & ~1ull;
        bool more = read64(at, &next);
        if (at != (pending & ~1ull))
            owner_died(at + offset, tid, entry & 1, false);
        if (!more)
            return;
        entry = next;
    }
    if (pending)
        owner_died((pending & ~1ull) + offset, tid, pending & 1, true);
}
