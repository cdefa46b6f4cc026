/* What the system is: uname, personality, capabilities, prctl. */
#include "syscalls/syscall.h"

#include <stdio.h>
#include <sys/personality.h>

SYSCALL(uname, struct utsname *name)
{
    if (uname(name))
        return -errno;
    snprintf(name->machine, sizeof name->machine, "%s", sys.machine ? sys.machine : "aarch64");
    if (sys.options.uname_release)
        snprintf(name->release, sizeof name->release, "%s", sys.options.uname_release);
    return 0;
}

/* Bits that would change how the host lays out or starts xrun are kept apart: the guest reads back what it wrote. */
SYSCALL(personality, unsigned long persona)
{
    static u32 current; /* process-wide in effect: threads rarely set it, and then all alike */
    static bool known;
    /* What the host is to know, for children and the programs that they start, and harmless to xrun itself. Guest pages are
     * never executable on the host, so READ_IMPLIES_EXEC is not. */
    enum {
        HOST_BITS = PER_LINUX32 | ADDR_NO_RANDOMIZE | MMAP_PAGE_ZERO | ADDR_COMPAT_LAYOUT | SHORT_INODE | WHOLE_SECONDS |
                    STICKY_TIMEOUTS | ADDR_LIMIT_3GB,
    };
    if (!known) {
        current = (u32)sys_host_quick(__NR_personality, 0xffffffff) | (mem.read_implies_exec ? READ_IMPLIES_EXEC : 0);
        known = true;
    }
    u32 old = current;
    if ((u32)persona == 0xffffffff)
        return old;
    u32 domain = persona & PER_MASK;
    if (domain && sys_abi.id == ABI_arm64) /* only PER_LINUX; it has PER_LINUX32 only with 32-bit support */
        return -EINVAL;
    long r = sys_host_quick(__NR_personality, persona & (domain == PER_LINUX32 ? HOST_BITS : HOST_BITS & ~PER_MASK));
    if (r < 0)
        return r;
    current = (u32)persona;
    mem.read_implies_exec = persona & READ_IMPLIES_EXEC;
    return old;
}

/* Capability sets: version 3 (and 2) have two data structs, version 1 one (kernel/capability.c). */
static unsigned cap_structs(u32 version)
{
    switch (version) {
    case 0x19980330:
        return 1;
    case 0x20071026:
    case 0x20080522:
        return 2;
    default:
        return 0;
    }
}

SYSCALL(capget, u64 header, u64 data)
{
    struct abi_cap_header h;
    struct abi_cap_data d[2] = {0};
    if (abi_copy_in(&sys_abi, ST_cap_header, &h, header))
        return -EFAULT;
    unsigned n = cap_structs(h.version);
    long r = sys_host_quick(__NR_capget, &h, data ? d : NULL);
    if (!n)
        return abi_copy_out(&sys_abi, ST_cap_header, header, &h) ? -EFAULT : r;
    for (unsigned i = 0; r == 0 && data && i < n; i++)
        if (abi_copy_out(&sys_abi, ST_cap_data, data + i * abi_bytes(&sys_abi, ST_cap_data), &d[i]))
            return -EFAULT;
    return r;
}

SYSCALL(capset, u64 header, u64 data)
{
    struct abi_cap_header h;
    struct abi_cap_data d[2] = {0};
    if (abi_copy_in(&sys_abi, ST_cap_header, &h, header))
        return -EFAULT;
    unsigned n = cap_structs(h.version);
    for (unsigned i = 0; i < n; i++)
        if (abi_copy_in(&sys_abi, ST_cap_data, &d[i], data + i * abi_bytes(&sys_abi, ST_cap_data)))
            return -EFAULT;
    long r = sys_host_quick(__NR_capset, &h, d);
    return !n && abi_copy_out(&sys_abi, ST_cap_header, header, &h) ? -EFAULT : r;
}

/* Reading a keyring gives ids of keys, in the host's byte order. */
static long read_keyring(long r, unsigned long id, u64 addr, u64 room)
{
    enum { DESCRIBE = 6 };
    char text[16] = "";
    sys_host_quick(__NR_keyctl, DESCRIBE, id, text, sizeof text);
    for (u64 at = 0; !strncmp(text, "keyring;", 8) && at + 4 <= (u64)r && at + 4 <= room; at += 4) {
        u32 key;
        if (copy_in(&key, addr + at, sizeof key) || abi_copy_out(&sys_abi, ST_u32, addr + at, &key))
            return -EFAULT;
    }
    return r;
}

/* keyctl(2): which arguments of an operation are pointers. The kernel takes the guest's strings and bytes where they
 * are. */
SYSCALL(keyctl, int operation, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)
{
    enum {
        GET_KEYRING_ID,
        JOIN_SESSION,
        UPDATE,
        REVOKE,
        CHOWN,
        SETPERM,
        DESCRIBE,
        CLEAR,
        LINK,
        UNLINK,
        SEARCH,
        READ,
        INSTANTIATE,
        NEGATE,
        SET_REQKEY,
        SET_TIMEOUT,
        ASSUME_AUTHORITY,
        GET_SECURITY,
        SESSION_TO_PARENT,
        REJECT,
        INSTANTIATE_IOV,
        INVALIDATE,
        GET_PERSISTENT
    };
    long r;
    switch (operation) {
    case JOIN_SESSION:
        return sys_host_quick(__NR_keyctl, operation, sys_window(a2, 1));
    case READ:
        r = sys_host_quick(__NR_keyctl, operation, a2, sys_window(a3, a4), a4);
        return r > 0 && a3 && sys_abi.big_endian ? read_keyring(r, a2, a3, a4) : r;
    case UPDATE:
    case DESCRIBE:
    case GET_SECURITY:
        return sys_host_quick(__NR_keyctl, operation, a2, sys_window(a3, a4), a4);
    case INSTANTIATE:
        return sys_host_quick(__NR_keyctl, operation, a2, sys_window(a3, a4), a4, a5);
    case SEARCH:
        return sys_host(__NR_keyctl, operation, a2, sys_window(a3, 1), sys_window(a4, 1), a5);
    case GET_KEYRING_ID:
    case REVOKE:
    case CHOWN:
    case SETPERM:
    case CLEAR:
    case LINK:
    case UNLINK:
    case NEGATE:
    case SET_REQKEY:
    case SET_TIMEOUT:
    case ASSUME_AUTHORITY:
    case SESSION_TO_PARENT:
    case REJECT:
    case INVALIDATE:
    case GET_PERSISTENT:
        return sys_host_quick(__NR_keyctl, operation, a2, a3, a4, a5);
    default:
        log_print(LOG_UNIMP, "keyctl operation %d is not implemented\n", operation);
        return -EOPNOTSUPP;
    }
}
