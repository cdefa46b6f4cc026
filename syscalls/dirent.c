/* Reading directories, and the offsets in them.
 *
 * A file system may give any 64-bit number as the offset of an entry: ext4 gives a hash of the name, 31 bits of it above 32
 * bits that tell names with the same hash apart. Guests with 32 bits need offsets of 31 bits, as their C libraries refuse
 * larger ones with EOVERFLOW, and the offsets must lead back (telldir, seekdir) through any descriptor of the
 * directory, also one that was inherited.
 *
 *   fits in 31 bits        as it is
 *   ext4's kind            the upper 31 bits, what ext4 itself gives to 32-bit kernels. Such a directory is recognised by
 *                          where it ends (lseek to SEEK_END), also through an overlay
 *   others                 a number made of the offset, which is remembered with the directory; the newest ones are known
 */
#include "syscalls/syscall.h"

#include <pthread.h>
#include <stdlib.h>

enum { BATCH = 32768, REMEMBERED = 1 << 14 };

#define HASHED_END INT64_MAX /* ext4's end of a directory that is ordered by hashes */

/* --- offsets of other file systems -------------------------------------------------------------------------------- */

struct known {
    dev_t dev;
    ino_t ino;
    i64 offset;
    u32 token; /* 0: unused */
};
static struct known *known;
static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;

static i64 remember(int fd, i64 offset)
{
    struct stat st;
    u32 token = (u32)(((u64)offset * 0x9e3779b97f4a7c15) >> 33) | 1;
    if (fstat(fd, &st))
        return token;
    pthread_mutex_lock(&known_lock);
    if (!known)
        known = calloc(REMEMBERED, sizeof *known);
    if (known)
        known[token % REMEMBERED] = (struct known){st.st_dev, st.st_ino, offset, token};
    pthread_mutex_unlock(&known_lock);
    return token;
}

static i64 recall(int fd, i64 token)
{
    struct stat st;
    i64 offset = token;
    if (token <= 0 || token > INT32_MAX || fstat(fd, &st))
        return token;
    pthread_mutex_lock(&known_lock);
    const struct known *k = known ? &known[token % REMEMBERED] : NULL;
    if (k && k->token == token && k->dev == st.st_dev && k->ino == st.st_ino)
        offset = k->offset;
    pthread_mutex_unlock(&known_lock);
    return offset;
}

/* --- between the guest's offsets and the host's ------------------------------------------------------------------- */

/* Whether the offsets of a directory are ext4's hashes. Moves there and back. */
static bool hashed(int fd)
{
    i64 here = sys_host_quick(__NR_lseek, fd, 0, SEEK_CUR);
    if (here < 0)
        return false;
    i64 end = sys_host_quick(__NR_lseek, fd, 0, SEEK_END);
    sys_host_quick(__NR_lseek, fd, here, SEEK_SET);
    return end == HASHED_END;
}

static bool is_directory(int fd)
{
    struct stat st;
    return !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

static i64 offset_to_guest(int fd, i64 offset, bool by_hash)
{
    if (!abi_narrow(&sys_abi) || (offset >= 0 && offset <= INT32_MAX))
        return offset;
    return by_hash ? offset >> 32 : remember(fd, offset);
}

static i64 offset_to_host(int fd, i64 offset)
{
    if (offset <= 0)
        return offset;
    bool by_hash = hashed(fd);
    if (offset > INT32_MAX)
        return by_hash ? -1 : offset; /* beyond any hash: EINVAL */
    if (by_hash)
        return offset == HASHED_END >> 32 ? HASHED_END : offset << 32;
    return recall(fd, offset);
}

i64 sys_seek(int fd, i64 offset, int whence)
{
    bool directory = is_directory(fd);
    if (directory && whence == SEEK_SET)
        offset = offset_to_host(fd, offset);
    i64 r = sys_host_quick(__NR_lseek, fd, offset, whence);
    return r > 0 && directory ? offset_to_guest(fd, r, r > INT32_MAX && hashed(fd)) : r;
}

/* --- entries ------------------------------------------------------------------------------------------------------ */

/* struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, name. */
enum { HEAD64 = 19 };

struct entry {
    u64 ino;
    i64 off;
    u16 bytes;
    u8 type;
    const char *name;
};

static struct entry entry_at(const u8 *p)
{
    struct entry e;
    memcpy(&e.ino, p, 8);
    memcpy(&e.off, p + 8, 8);
    memcpy(&e.bytes, p + 16, 2);
    e.type = p[18];
    e.name = (const char *)p + HEAD64;
    return e;
}

/* Whether some offset of this batch needs to know. */
static bool batch_hashed(int fd, const u8 *batch, long bytes)
{
    for (long at = 0; at < bytes;) {
        struct entry e = entry_at(batch + at);
        if (e.off > INT32_MAX)
            return hashed(fd);
        at += e.bytes;
    }
    return false;
}

/* The layout is the same for all ABIs. */
SYSCALL(getdents64, int fd, void *dirent, unsigned count)
{
    if (!sys_abi.big_endian && !abi_narrow(&sys_abi))
        return sys_host_quick(__NR_getdents64, fd, dirent, count);
    u8 buffer[BATCH];
    long r = sys_host_quick(__NR_getdents64, fd, buffer, count < sizeof buffer ? count : sizeof buffer);
    bool by_hash = r > 0 && abi_narrow(&sys_abi) && batch_hashed(fd, buffer, r);
    for (long at = 0; at < r;) {
        struct entry e = entry_at(buffer + at);
        i64 off = offset_to_guest(fd, e.off, by_hash);
        abi_to_guest(&sys_abi, ST_ino64, buffer + at, &e.ino);
        abi_store(&sys_abi, buffer + at + 8, 8, (u64)off);
        abi_store(&sys_abi, buffer + at + 16, 2, e.bytes);
        at += e.bytes;
    }
    if (r > 0 && copy_out((u64)dirent - mem.base, buffer, (size_t)r))
        return -EFAULT;
    return r;
}

/* struct linux_dirent: d_ino and d_off are longs, the type is the last byte of the record. */
static unsigned old_entry_bytes(const struct entry *e)
{
    unsigned word = (unsigned)abi_bytes(&sys_abi, ST_ulong);
    return (unsigned)align_up(2 * word + 2 + strlen(e->name) + 2, word);
}

static unsigned put_old_entry(u8 *out, const struct entry *e, i64 off)
{
    unsigned word = (unsigned)abi_bytes(&sys_abi, ST_ulong), name = (unsigned)strlen(e->name), bytes = old_entry_bytes(e);
    memset(out, 0, bytes);
    u64 ino = abi_narrow(&sys_abi) ? (u32)(e->ino ^ e->ino >> 32) : e->ino;
    abi_store(&sys_abi, out, word, ino);
    abi_store(&sys_abi, out + word, word, (u64)off);
    abi_store(&sys_abi, out + 2 * word, 2, bytes);
    memcpy(out + 2 * word + 2, e->name, name);
    out[bytes - 1] = e->type;
    return bytes;
}

/* Records are shorter than those of getdents64, so what the host gives for `count` bytes fits; but it wants room for one
 * of its own. What was read too much is read again: the descriptor goes back behind the last entry that fits. */
SYSCALL(getdents, int fd, u64 dirent, unsigned count)
{
    enum { ROOM_FOR_ONE = 512 };
    u8 in[BATCH], out[BATCH];
    unsigned used = 0, room = count < ROOM_FOR_ONE ? ROOM_FOR_ONE : count < BATCH ? count : BATCH;
    i64 next = count < ROOM_FOR_ONE ? sys_host_quick(__NR_lseek, fd, 0, SEEK_CUR) : 0;
    long r = sys_host_quick(__NR_getdents64, fd, in, room);
    bool by_hash = r > 0 && batch_hashed(fd, in, r);
    for (long at = 0; at < r;) {
        struct entry e = entry_at(in + at);
        if (used + old_entry_bytes(&e) > count) {
            sys_host_quick(__NR_lseek, fd, next, SEEK_SET);
            break;
        }
        used += put_old_entry(out + used, &e, offset_to_guest(fd, e.off, by_hash));
        next = e.off;
        at += e.bytes;
    }
    if (r > 0 && !used)
        return -EINVAL;
    if (r > 0 && copy_out(dirent, out, used))
        return -EFAULT;
    return r > 0 ? (long)used : r;
}
