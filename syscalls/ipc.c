/* System V ipc and POSIX message queues. The control calls take a different struct for each command. */
#include "syscalls/syscall.h"

#include <stdlib.h>

enum { IPC_CMD_MASK = ~0x100 }; /* IPC_64, which 64-bit kernels ignore */

/* --- semaphores --------------------------------------------------------------------------------------------------- */

static long semaphore_count(int id)
{
    struct semid_ds ds;
    long r = sys_host_quick(__NR_semctl, id, 0, IPC_STAT, &ds);
    return r < 0 ? r : (long)ds.sem_nsems;
}

static long all_values(int id, int num, int cmd, u64 arg)
{
    long n = semaphore_count(id);
    if (n < 0)
        return n;
    u16 *values = malloc(2 * (size_t)n + 2);
    if (!values)
        return -ENOMEM;
    long r = 0;
    for (long i = 0; cmd == SETALL && !r && i < n; i++)
        r = abi_copy_in(&sys_abi, ST_u16, &values[i], arg + 2 * (u64)i);
    if (!r)
        r = sys_host_quick(__NR_semctl, id, num, cmd, values);
    for (long i = 0; cmd == GETALL && r >= 0 && i < n; i++)
        if (abi_copy_out(&sys_abi, ST_u16, arg + 2 * (u64)i, &values[i]))
            r = -EFAULT;
    free(values);
    return r;
}

SYSCALL(semctl, int id, int num, int cmd, unsigned long arg)
{
    struct semid_ds ds;
    struct seminfo info;
    long r;
    cmd &= IPC_CMD_MASK;
    switch (cmd) {
    case IPC_STAT:
    case SEM_STAT:
    case SEM_STAT_ANY:
        r = sys_host_quick(__NR_semctl, id, num, cmd, &ds);
        return r >= 0 && abi_copy_out(&sys_abi, ST_semid_ds, arg, &ds) ? -EFAULT : r;
    case IPC_SET:
        if (abi_copy_in(&sys_abi, ST_semid_ds, &ds, arg))
            return -EFAULT;
        return sys_host_quick(__NR_semctl, id, num, cmd, &ds);
    case IPC_INFO:
    case SEM_INFO:
        r = sys_host_quick(__NR_semctl, id, num, cmd, &info);
        return r >= 0 && abi_copy_out(&sys_abi, ST_seminfo, arg, &info) ? -EFAULT : r;
    case GETALL:
    case SETALL:
        return all_values(id, num, cmd, arg);
    case SETVAL: /* union semun: the int lies in the first bytes of the register's long */
        arg >>= sys_abi.big_endian && !abi_narrow(&sys_abi) ? 32 : 0;
        return sys_host_quick(__NR_semctl, id, num, cmd, (int)arg);
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
    case IPC_RMID:
        return sys_host_quick(__NR_semctl, id, num, cmd, 0);
    default:
        return -EINVAL;
    }
}

/* --- message queues ----------------------------------------------------------------------------------------------- */

SYSCALL(msgctl, int id, int cmd, u64 buf)
{
    struct msqid_ds ds;
    struct msginfo info;
    long r;
    cmd &= IPC_CMD_MASK;
    switch (cmd) {
    case IPC_STAT:
    case MSG_STAT:
    case MSG_STAT_ANY:
        r = sys_host_quick(__NR_msgctl, id, cmd, &ds);
        return r >= 0 && abi_copy_out(&sys_abi, ST_msqid_ds, buf, &ds) ? -EFAULT : r;
    case IPC_SET:
        if (abi_copy_in(&sys_abi, ST_msqid_ds, &ds, buf))
            return -EFAULT;
        return sys_host_quick(__NR_msgctl, id, cmd, &ds);
    case IPC_INFO:
    case MSG_INFO:
        r = sys_host_quick(__NR_msgctl, id, cmd, &info);
        return r >= 0 && abi_copy_out(&sys_abi, ST_msginfo, buf, &info) ? -EFAULT : r;
    case IPC_RMID:
        return sys_host_quick(__NR_msgctl, id, cmd, NULL);
    default:
        return -EINVAL;
    }
}

/* struct msgbuf: a long, then the text. Messages are at most MSGMAX bytes, normally 8 KiB. */
enum { MAX_MESSAGE = 1 << 20 };

SYSCALL(msgsnd, int id, u64 msg, size_t size, u64 flags)
{
    long type;
    if (size > MAX_MESSAGE)
        return -EINVAL;
    size_t head = abi_bytes(&sys_abi, ST_long);
    u8 *copy = malloc(sizeof type + size);
    if (!copy)
        return -ENOMEM;
    long r = -EFAULT;
    if (!abi_copy_in(&sys_abi, ST_long, &type, msg) && !copy_in(copy + sizeof type, msg + head, size)) {
        memcpy(copy, &type, sizeof type);
        r = sys_unless_handler(sys_host(__NR_msgsnd, id, copy, size, flags));
    }
    free(copy);
    return r;
}

SYSCALL(msgrcv, int id, u64 msg, size_t size, long type, u64 flags)
{
    long got;
    if ((ssize_t)size < 0)
        return -EINVAL;
    size_t room = size < MAX_MESSAGE ? size : MAX_MESSAGE, head = abi_bytes(&sys_abi, ST_long);
    u8 *copy = malloc(sizeof got + room);
    if (!copy)
        return -ENOMEM;
    long r = sys_unless_handler(sys_host(__NR_msgrcv, id, copy, room, type, flags));
    if (r >= 0) {
        memcpy(&got, copy, sizeof got);
        if (abi_copy_out(&sys_abi, ST_long, msg, &got) || copy_out(msg + head, copy + sizeof got, (size_t)r))
            r = -EFAULT;
    }
    free(copy);
    return r;
}

/* --- shared memory ------------------------------------------------------------------------------------------------ */

SYSCALL(shmctl, int id, int cmd, u64 buf)
{
    union { struct shmid_ds ds; struct shminfo limits; struct shm_info use; } u;
    enum abi_struct_id s;
    long r;
    cmd &= IPC_CMD_MASK;
    switch (cmd) {
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
        s = ST_shmid_ds;
        break;
    case IPC_INFO:
        s = ST_shminfo;
        break;
    case SHM_INFO:
        s = ST_shm_info;
        break;
    case IPC_SET:
        if (abi_copy_in(&sys_abi, ST_shmid_ds, &u.ds, buf))
            return -EFAULT;
        return sys_host_quick(__NR_shmctl, id, cmd, &u);
    case IPC_RMID:
    case SHM_LOCK:
    case SHM_UNLOCK:
        return sys_host_quick(__NR_shmctl, id, cmd, NULL);
    default:
        return -EINVAL;
    }
    r = sys_host_quick(__NR_shmctl, id, cmd, &u);
    return r >= 0 && abi_copy_out(&sys_abi, s, buf, &u) ? -EFAULT : r;
}

/* 32-bit Arm wants every address aligned to SHMLBA, four pages, because of old caches (__ARCH_FORCE_SHMLBA). */
SYSCALL(shmat, int id, u64 addr, u64 flags)
{
    enum { A32_SHMLBA = 4 * MEM_PAGE };
    if (sys_abi.id == ABI_arm && addr % A32_SHMLBA) {
        if (!(flags & SHM_RND) || (addr < A32_SHMLBA && flags & SHM_REMAP))
            return -EINVAL;
        addr = align_down(addr, A32_SHMLBA);
    }
    return mem_shmat(id, addr, (int)flags);
}
SYSCALL(shmdt, u64 addr) { return mem_shmdt(addr); }

/* --- POSIX -------------------------------------------------------------------------------------------------------- */

/* For SIGEV_THREAD the value points at 32 bytes that the kernel sends to a netlink socket (ipc/mqueue.c). */
SYSCALL(mq_notify, int mqd, u64 event)
{
    struct abi_sigevent e;
    if (!event)
        return sys_host_quick(__NR_mq_notify, mqd, NULL);
    if (sys_read_sigevent(&e, event))
        return -EFAULT;
    if (e.notify == 2 /* SIGEV_THREAD */)
        e.value = (unsigned long)sys_window(e.value, 32);
    return sys_host_quick(__NR_mq_notify, mqd, &e);
}
