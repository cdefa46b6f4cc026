/* The types of structs.def as a guest's own compiler sees them: its headers, and our copies of kernel structs. */
#ifndef XRUN_LAYOUT_TYPES_H
#define XRUN_LAYOUT_TYPES_H

#define XRUN_BASE_H /* base.h needs 128-bit integers, which 32-bit compilers do not have */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

/* The kernel's structs of 64-bit times (linux/time_types.h, linux/timex.h), where libc's are others. */
#define ABI_OWN_TIME64
struct abi_timespec64 { int64_t tv_sec, tv_nsec; };
struct abi_timespec64_2 { struct abi_timespec64 a, b; };
struct abi_itimerspec64 { struct abi_timespec64 it_interval, it_value; };
struct abi_timeval64 { int64_t tv_sec, tv_usec; };
struct abi_timex64 {
    uint32_t modes, pad0;
    int64_t offset, freq, maxerror, esterror;
    int32_t status, pad1;
    int64_t constant, precision, tolerance;
    struct abi_timeval64 time;
    int64_t tick, ppsfreq, jitter;
    int32_t shift, pad2;
    int64_t stabil, jitcnt, calcnt, errcnt, stbcnt;
    int32_t tai, pad3[11];
};

#include "syscalls/abi/types.h"

#ifdef __arm__
/* libc's structs have the 32-bit halves of times and the mode as members of their own: compare the kernel's. */
#include <asm/ipcbuf.h>
#include <asm/msgbuf.h>
#include <asm/sembuf.h>
#include <asm/shmbuf.h>
#define SKIP_ipc_perm
#define SKIP_semid_ds
#define SKIP_msqid_ds
#define SKIP_shmid_ds
_Static_assert(sizeof(struct ipc64_perm) == 36 && offsetof(struct ipc64_perm, seq) == 24, "ipc_perm");
_Static_assert(sizeof(struct semid64_ds) == 64 && offsetof(struct semid64_ds, sem_nsems) == 52, "semid_ds");
_Static_assert(sizeof(struct msqid64_ds) == 88 && offsetof(struct msqid64_ds, msg_qnum) == 64, "msqid_ds");
_Static_assert(sizeof(struct shmid64_ds) == 84 && offsetof(struct shmid64_ds, shm_nattch) == 72, "shmid_ds");
#endif

#endif
