/* Processes and what the system tells of itself: wait4, rusage, limits, System V ipc, message queues, affinity,
 * clone3. */
#include "t.h"

#include <grp.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>

static void burn(void)
{
    struct rusage u;
    do
        getrusage(RUSAGE_SELF, &u);
    while (u.ru_utime.tv_sec == 0 && u.ru_utime.tv_usec + u.ru_stime.tv_usec < 150000 && u.ru_stime.tv_sec == 0);
}

static void children(void)
{
    int status = 0;
    struct rusage u = { 0 };
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        burn();
        _exit(0x5a);
    }
    SHOW(wait4(pid, &status, 0, &u) == pid);
    show_status("wait4", status);
    SHOW(u.ru_utime.tv_sec < 10 && u.ru_utime.tv_usec < 1000000 && u.ru_maxrss > 100 && u.ru_maxrss < 10000000);
    struct tms t;
    clock_t now = times(&t);
    SHOW(now > 0 && t.tms_cutime + t.tms_cstime >= 3 && t.tms_cutime < 10000);
    pid = fork();
    if (!pid)
        raise(SIGKILL);
    SHOW(waitpid(pid, &status, 0) == pid);
    show_status("killed", status);
    struct {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, rest[6];
    } args = { 0 };
    int pidfd = -1, parent_tid = 0;
    static int child_tid;
    args.flags = 0x1000 /* CLONE_PIDFD */ | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID;
    args.pidfd = (uintptr_t)&pidfd, args.parent_tid = (uintptr_t)&parent_tid, args.child_tid = (uintptr_t)&child_tid;
    args.exit_signal = SIGCHLD;
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (!pid)
        _exit(child_tid == syscall(SYS_getpid) ? 9 : 10);
    SHOW(pid > 0 && parent_tid == pid);
    struct pollfd p = { pidfd, POLLIN, 0 };
    SHOW(poll(&p, 1, 5000));
    siginfo_t info = { 0 };
    SHOW(waitid(3 /* P_PIDFD */, (id_t)pidfd, &info, WEXITED));
    printf("clone3: %d %d\n", info.si_code, info.si_status);
}

static void limits(void)
{
    struct rlimit l = { 100, 200 }, r = { 0 };
    struct sysinfo s;
    struct utsname name;
    cpu_set_t cpus;
    SHOW(setrlimit(RLIMIT_NOFILE, &l));
    SHOW(getrlimit(RLIMIT_NOFILE, &r));
    printf("limit %ld %ld\n", (long)r.rlim_cur, (long)r.rlim_max);
    SHOW(getrlimit(RLIMIT_CORE, &r));
    SHOW(sysinfo(&s));
    SHOW((unsigned long long)s.totalram * s.mem_unit / 1048576 ==
             (unsigned long long)sysconf(_SC_PHYS_PAGES) * 4096 / 1048576 ||
         s.mem_unit == 1);
    SHOW(s.uptime > 0 && s.procs > 0 && s.freeram <= s.totalram);
    SHOW(uname(&name));
    printf("%s\n", name.sysname);
    SHOW(sched_getaffinity(0, sizeof cpus, &cpus));
    SHOW(CPU_COUNT(&cpus) == sysconf(_SC_NPROCESSORS_ONLN));
    SHOW(sched_setaffinity(0, sizeof cpus, &cpus));
    struct sched_param sp = { -1 };
    SHOW(syscall(SYS_sched_getparam, 0, &sp));
    SHOW(sp.sched_priority);
    unsigned cpu = 99999;
    SHOW(syscall(SYS_getcpu, &cpu, NULL, NULL));
    SHOW(cpu < 4096);
    uid_t ids[3] = { 1, 2, 3 };
    SHOW(getresuid(&ids[0], &ids[1], &ids[2]));
    SHOW(ids[0] == getuid() && ids[1] == geteuid());
    SHOW(getgroups(0, NULL) >= 0);
    int sig = 0;
    SHOW(prctl(PR_SET_PDEATHSIG, SIGUSR1));
    SHOW(prctl(PR_GET_PDEATHSIG, &sig));
    SHOW(sig == SIGUSR1);
    char text[17] = "";
    prctl(PR_SET_NAME, "a name");
    prctl(PR_GET_NAME, text);
    printf("%s\n", text);
    uint32_t header[2] = { 0x20080522, 0 }, data[6];
    SHOW(syscall(SYS_capget, header, data));
    char a[8] = "abcdefg", b[8] = "";
    struct iovec from = { a, 8 }, to = { b, 8 };
    SHOW(process_vm_readv(getpid(), &to, 1, &from, 1, 0));
    printf("%s\n", b);
}

static void ipc(void)
{
    int id = semget(IPC_PRIVATE, 3, 0600);
    union {
        int val;
        struct semid_ds *buf;
        unsigned short *array;
    } u;
    unsigned short values[3] = { 1, 2, 0x304 }, back[3] = { 0 };
    struct semid_ds sd;
    struct sembuf op[2] = { { 0, 5, 0 }, { 2, -4, IPC_NOWAIT } };
    u.array = values;
    SHOW(semctl(id, 0, SETALL, u));
    SHOW(semop(id, op, 2));
    u.array = back;
    SHOW(semctl(id, 0, GETALL, u));
    printf("%d %d %d\n", back[0], back[1], back[2]);
    u.buf = &sd;
    SHOW(semctl(id, 0, IPC_STAT, u));
    printf("sems %ld mode %o\n", (long)sd.sem_nsems, sd.sem_perm.mode);
    u.val = 42;
    SHOW(semctl(id, 1, SETVAL, u));
    SHOW(semctl(id, 1, GETVAL));
    SHOW(semctl(id, 0, IPC_RMID));
    struct {
        long type;
        char text[16];
    } m = { 0x0102030405, "message" };
    struct msqid_ds md;
    id = msgget(IPC_PRIVATE, 0640);
    SHOW(msgsnd(id, &m, 8, 0));
    SHOW(msgctl(id, IPC_STAT, &md));
    printf("messages %ld bytes mode %o sender %d\n", (long)md.msg_qnum, md.msg_perm.mode, md.msg_lspid == getpid());
    memset(&m, 0, sizeof m);
    SHOW(msgrcv(id, &m, 16, 0, 0));
    printf("%lx %s\n", m.type, m.text);
    SHOW(msgctl(id, IPC_RMID, NULL));
    struct shmid_ds hd;
    id = shmget(IPC_PRIVATE, 12345, 0600);
    SHOW(shmctl(id, IPC_STAT, &hd));
    printf("size %ld attached %ld\n", (long)hd.shm_segsz, (long)hd.shm_nattch);
    char *at = shmat(id, NULL, 0);
    at[5] = 3;
    SHOW(shmctl(id, IPC_STAT, &hd));
    printf("attached %ld creator %d\n", (long)hd.shm_nattch, hd.shm_cpid == getpid());
    SHOW(shmdt(at));
    SHOW(shmctl(id, IPC_RMID, NULL));
}

static void queues(void)
{
    struct mq_attr a = { .mq_maxmsg = 3, .mq_msgsize = 64 }, b = { 0 };
    char name[64], text[64];
    unsigned priority = 0;
    snprintf(name, sizeof name, "/test.%d", getpid());
    mqd_t q = mq_open(name, O_CREAT | O_RDWR, 0600, &a);
    if (q == (mqd_t)-1) {
        printf("no queues: %s\n", strerrorname_np(errno));
        return;
    }
    SHOW(mq_send(q, "low", 4, 1));
    SHOW(mq_send(q, "high", 5, 0x10));
    SHOW(mq_getattr(q, &b));
    printf("%ld %ld %ld\n", b.mq_maxmsg, b.mq_msgsize, b.mq_curmsgs);
    SHOW(mq_receive(q, text, sizeof text, &priority));
    printf("%s %u\n", text, priority);
    SHOW(mq_unlink(name));
}

int main(void)
{
    children();
    limits();
    ipc();
    queues();
    return 0;
}
