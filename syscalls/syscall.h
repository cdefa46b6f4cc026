/* For the files that implement system calls: the SYSCALL macro and what its functions may use.
 *
 * A row of table.def with level FULL or PARTIAL names a function; gensys writes its prototype from the row, so that a
 * definition that disagrees does not compile:
 *
 *     SYS(uname, FULL, ERRNO, OUT(utsname, name))           table.def
 *
 *     SYSCALL(uname, struct utsname *name)                  misc.c
 *     {
 *         if (uname(name))
 *             return -errno;
 *         ...
 *         return 0;
 *     }
 *
 * Structs arrive as host structs in xrun's memory (a copy, NULL if the guest gave NULL) and are written back by
 * sys_dispatch(). Strings likewise. Arrays are for the host kernel alone (SYS_BAD_POINTER if they could not be read).
 * BUF_* and IOV_* arguments are windows on guest memory, for the host kernel alone, too.
 * ADDR arguments are guest addresses: use copy_in/copy_out, abi_copy_in/abi_copy_out or sys_window().
 * The result is non-negative, a negative errno, or one of the SYS_RESTART values of sys.h.
 */
#ifndef XRUN_SYSCALL_H
#define XRUN_SYSCALL_H

#include "syscalls/abi/abi.h"
#include "syscalls/sys.h"
#include "syscalls/table.h"
#include "softmmu/softmmu.h"

#include <errno.h>

#define SYSCALL(name, ...) long sys_do_##name(__VA_ARGS__)

/* The ABI of the guest that runs. Set before the first call; the same for all threads. */
extern struct sys_abi sys_abi;

/* An address that the host kernel refuses with EFAULT, in its own order of checks: handed to it in place of guest
 * addresses that cannot be valid. */
#define SYS_BAD_POINTER ((void *)0xffff800000000000ul)

/* The host address of a guest range, for the host kernel only: NULL for NULL, SYS_BAD_POINTER for a range that leaves
 * the guest's space. */
void *sys_window(u64 addr, u64 bytes);

/* For RAW_PATH arguments: true if the path could not be fetched (NULL, a bad address, too long). It is then handed
 * to the host kernel as it is, which finds the same fault; nothing may read it. */
bool sys_bad_path(const char *path);

/* Copies `count` guest iovecs at addr to iov, bases turned into windows. 0, -EFAULT, or -EINVAL (count above
 * UIO_MAXIOV, a negative length), as the kernel's import_iovec(). */
__attribute__((warn_unused_result)) long sys_copy_iov(struct iovec *iov, u64 addr, u64 count);

/* True for descriptors that belong to xrun (its log): the guest can neither close nor replace them. */
bool sys_own_fd(int fd);

/* --- socket.c ----------------------------------------------------------------------------------------------------- */

/* The result r of a host call that reads from a descriptor (or, with sending, writes to it): a socket with a timeout
 * is not waited for again after a handler (net/core sock_intr_errno()). */
long sys_socket_wait(int fd, bool sending, long r);

/* --- dirent.c ----------------------------------------------------------------------------------------------------- */

/* lseek(2) with the guest's offsets: those of directories fit 31 bits for guests with 32 bits. */
i64 sys_seek(int fd, i64 offset, int whence);

/* --- time.c ------------------------------------------------------------------------------------------------------- */

/* A clock's time in nanoseconds. */
i64 sys_now(int clock);
/* The end of a relative timeout of the current call, in the clock's nanoseconds: when the call is run again because no
 * handler ran, the end of its first run. sys_dispatch() calls sys_deadline_forget() when a call is really over. */
i64 sys_deadline(int clock, i64 relative);
void sys_deadline_forget(void);
/* Nanoseconds of a timespec, cut to what fits; -1 if the kernel would refuse it with EINVAL. */
i64 sys_timespec_ns(const struct timespec *ts);
/* A negative time becomes zero. */
struct timespec sys_ns_timespec(i64 ns);
/* A sigevent of the guest: 0 or -EFAULT. */
int sys_read_sigevent(struct abi_sigevent *event, u64 addr);

/* --- ids.c -------------------------------------------------------------------------------------------------------- */

/* Whether RLIMIT_AS and, for writable private memory (data), RLIMIT_DATA allow this many bytes more. */
bool sys_memory_allowed(u64 more, bool data);

/* --- ioctl.c ------------------------------------------------------------------------------------------------------ */

/* Name of a request of ioctl.def, NULL if it is not there. */
const char *sys_ioctl_name(u32 number);

/* --- strace.c ----------------------------------------------------------------------------------------------------- */

/* Prints a call to the strace channel. number: by which the guest knows it; args: as read_arguments() made them; result:
 * NULL when it has only begun (calls that may not return). */
void sys_trace(const struct sys_row *row, u32 number, const u64 *args, const long *result);

#endif
