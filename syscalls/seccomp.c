/* seccomp(2): the guest's filters run here, before a call is looked at, on the guest's own number, architecture and
 * arguments; the host's kernel never sees them. So a filter meets exactly the calls that it was written for, and none
 * of xrun's.
 *
 * Filters of a thread are a chain, newest first, shared by reference with the threads and processes that it starts.
 * They survive execve: xrun hands them to the xrun that it becomes in a file (seccomp_save(), seccomp_inherit()).
 * Programs of the host cannot be given a filter for another machine; execve refuses them.
 */
#include "syscalls/seccomp.h"
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>

struct seccomp_filter {
    struct seccomp_filter *older;
    u32 users; /* threads and newer filters */
    u16 count;
    bool log;
    struct sock_filter code[];
};

enum { MAX_PATH = 32768 }; /* instructions of a whole chain, each filter counted with 4 more (kernel/seccomp.c) */

void seccomp_hold(struct seccomp_filter *f)
{
    if (f)
        __atomic_add_fetch(&f->users, 1, __ATOMIC_RELAXED);
}

void seccomp_drop(struct seccomp_filter *f)
{
    while (f && !__atomic_sub_fetch(&f->users, 1, __ATOMIC_ACQ_REL)) {
        struct seccomp_filter *older = f->older;
        free(f);
        f = older;
    }
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

/* The instructions that seccomp allows (kernel/seccomp.c seccomp_check_filter()). */
static bool known_code(const struct sock_filter *i)
{
    switch (i->code) {
    case BPF_LD | BPF_W | BPF_ABS:
        return i->k < sizeof(struct seccomp_data) && !(i->k & 3);
    case BPF_LD | BPF_W | BPF_LEN:
    case BPF_LDX | BPF_W | BPF_LEN:
    case BPF_RET | BPF_K:
    case BPF_RET | BPF_A:
    case BPF_ALU | BPF_ADD | BPF_K:
    case BPF_ALU | BPF_ADD | BPF_X:
    case BPF_ALU | BPF_SUB | BPF_K:
    case BPF_ALU | BPF_SUB | BPF_X:
    case BPF_ALU | BPF_MUL | BPF_K:
    case BPF_ALU | BPF_MUL | BPF_X:
    case BPF_ALU | BPF_DIV | BPF_X:
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_ALU | BPF_AND | BPF_X:
    case BPF_ALU | BPF_OR | BPF_K:
    case BPF_ALU | BPF_OR | BPF_X:
    case BPF_ALU | BPF_XOR | BPF_K:
    case BPF_ALU | BPF_XOR | BPF_X:
    case BPF_ALU | BPF_LSH | BPF_X:
    case BPF_ALU | BPF_RSH | BPF_X:
    case BPF_ALU | BPF_NEG:
    case BPF_LD | BPF_IMM:
    case BPF_LDX | BPF_IMM:
    case BPF_MISC | BPF_TAX:
    case BPF_MISC | BPF_TXA:
        return true;
    case BPF_ALU | BPF_DIV | BPF_K:
        return i->k != 0;
    case BPF_ALU | BPF_LSH | BPF_K:
    case BPF_ALU | BPF_RSH | BPF_K:
        return i->k < 32;
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
    case BPF_ST:
    case BPF_STX:
        return i->k < BPF_MEMWORDS;
    default:
        return BPF_CLASS(i->code) == BPF_JMP;
    }
}

/* Jumps go forward and stay inside; the last instruction returns (net/core/filter.c bpf_check_classic()). */
static bool good_code(const struct sock_filter *code, u32 count)
{
    for (u32 at = 0; at < count; at++) {
        const struct sock_filter *i = &code[at];
        u32 left = count - at - 1;
        if (!known_code(i))
            return false;
        if (BPF_CLASS(i->code) != BPF_JMP)
            continue;
        u16 op = BPF_OP(i->code);
        if (i->code == (BPF_JMP | BPF_JA)) {
            if (i->k >= left)
                return false;
            continue;
        }
        if (i->code & ~(BPF_JMP | BPF_OP(~0) | BPF_X) ||
            (op != BPF_JEQ && op != BPF_JGT && op != BPF_JGE && op != BPF_JSET))
            return false;
        if (i->jt >= left || i->jf >= left)
            return false;
    }
    return BPF_CLASS(code[count - 1].code) == BPF_RET;
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static bool holds(u16 op, u32 a, u32 b)
{
    switch (op) {
    case BPF_JEQ:
        return a == b;
    case BPF_JGT:
        return a > b;
    case BPF_JGE:
        return a >= b;
    default:
        return a & b;
    }
}

/* b is not 0 for a division. */
static u32 calculate(u16 op, u32 a, u32 b)
{
    switch (op) {
    case BPF_ADD:
        return a + b;
    case BPF_SUB:
        return a - b;
    case BPF_MUL:
        return a * b;
    case BPF_DIV:
        return a / b;
    case BPF_AND:
        return a & b;
    case BPF_OR:
        return a | b;
    case BPF_XOR:
        return a ^ b;
    case BPF_LSH:
        return b < 32 ? a << b : 0;
    case BPF_RSH:
        return b < 32 ? a >> b : 0;
    default: /* BPF_NEG */
        return -a;
    }
}

/* words: struct seccomp_data as the guest's machine lays it out, in 32-bit words. */
static u32 run_filter(const struct seccomp_filter *f, const u32 *words)
{
    u32 a = 0, x = 0, memory[BPF_MEMWORDS] = {0};
    for (const struct sock_filter *i = f->code;; i++) {
        u32 operand = BPF_SRC(i->code) == BPF_X ? x : i->k;
        switch (BPF_CLASS(i->code)) {
        case BPF_RET:
            return BPF_RVAL(i->code) == BPF_A ? a : i->k;
        case BPF_LD:
        case BPF_LDX: {
            u16 mode = BPF_MODE(i->code);
            u32 value = mode == BPF_ABS ? words[i->k / 4] : mode == BPF_LEN ? (u32)sizeof(struct seccomp_data)
                      : mode == BPF_MEM ? memory[i->k] : i->k;
            *(BPF_CLASS(i->code) == BPF_LD ? &a : &x) = value;
            break;
        }
        case BPF_ST:
            memory[i->k] = a;
            break;
        case BPF_STX:
            memory[i->k] = x;
            break;
        case BPF_ALU:
            if (BPF_OP(i->code) == BPF_DIV && !operand)
                return 0;
            a = calculate(BPF_OP(i->code), a, operand);
            break;
        case BPF_JMP:
            if (BPF_OP(i->code) == BPF_JA)
                i += i->k;
            else
                i += holds(BPF_OP(i->code), a, operand) ? i->jt : i->jf;
            break;
        default: /* BPF_MISC */
            if (BPF_MISCOP(i->code) == BPF_TAX)
                x = a;
            else
                a = x;
        }
    }
}

static u32 architecture(void)
{
    if (sys_abi.id == ABI_arm)
        return sys_abi.big_endian ? AUDIT_ARCH_ARMEB : AUDIT_ARCH_ARM;
    return sys_abi.big_endian ? EM_AARCH64 | __AUDIT_ARCH_64BIT : AUDIT_ARCH_AARCH64;
}

/* What the chain says of the current call: the most severe answer, the newest filter's among equals. */
static u32 ask_filters(const struct sys_thread *t)
{
    u32 words[sizeof(struct seccomp_data) / 4] = {(u32)t->syscall_nr, architecture()}, answer = SECCOMP_RET_ALLOW;
    u64 wide[7] = {t->cpu->pc};
    memcpy(&wide[1], t->syscall_args, sizeof t->syscall_args);
    for (unsigned i = 0; i < 7; i++) {
        words[2 + 2 * i + sys_abi.big_endian] = (u32)wide[i];
        words[3 + 2 * i - sys_abi.big_endian] = (u32)(wide[i] >> 32);
    }
    for (const struct seccomp_filter *f = t->seccomp; f; f = f->older) {
        u32 r = run_filter(f, words);
        if ((i32)(r & SECCOMP_RET_ACTION_FULL) < (i32)(answer & SECCOMP_RET_ACTION_FULL))
            answer = r;
    }
    return answer;
}

static void trap(struct sys_thread *t, u32 data)
{
    siginfo_t info = {.si_signo = SIGSYS, .si_code = 1 /* SYS_SECCOMP */, .si_errno = (int)data};
    info.si_call_addr = (void *)t->cpu->pc;
    info.si_syscall = (int)t->syscall_nr;
    info.si_arch = architecture();
    sig_force(t, &info);
}

long seccomp_check(struct sys_thread *t)
{
    if (t->seccomp_strict) {
        const struct sys_row *row = sys_find_row((u32)t->syscall_nr);
        if (row != &sys_rows[CALL_read] && row != &sys_rows[CALL_write] && row != &sys_rows[CALL_exit] &&
            row != &sys_rows[CALL_rt_sigreturn])
            sig_die(SIGKILL);
        return 0;
    }
    u32 answer = ask_filters(t), data = answer & SECCOMP_RET_DATA;
    switch (answer & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_LOG:
        log_print(LOG_UNIMP, "seccomp: call %llu is logged\n", (unsigned long long)t->syscall_nr);
        return 0;
    case SECCOMP_RET_ALLOW:
        return 0;
    case SECCOMP_RET_ERRNO:
        return data > 4095 ? -4095 : data ? -(long)data : SYS_SKIP;
    case SECCOMP_RET_TRAP:
        trap(t, data);
        return SYS_NO_RESULT;
    case SECCOMP_RET_TRACE:      /* nobody traces */
    case SECCOMP_RET_USER_NOTIF: /* nobody listens */
        return -ENOSYS;
    case SECCOMP_RET_KILL_THREAD:
        if (!thread_alone(t)) {
            t->exit_code = SIGSYS;
            t->exiting = true;
            return SYS_NO_RESULT;
        }
        sig_die(SIGSYS);
    default: /* SECCOMP_RET_KILL_PROCESS, and what nobody knows */
        sig_die(SIGSYS);
    }
}

/* --- the calls ---------------------------------------------------------------------------------------------------- */

/* Filters are for those who cannot gain privileges by them. */
static bool permitted(void)
{
    enum { SYS_ADMIN = 21 };
    struct abi_cap_header h = {.version = 0x20080522};
    struct abi_cap_data d[2] = {0};
    if (sys_host_quick(__NR_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return true;
    return !sys_host_quick(__NR_capget, &h, d) && d[0].effective >> SYS_ADMIN & 1;
}

static struct seccomp_filter *new_filter(const struct sock_filter *code, u32 count)
{
    struct seccomp_filter *f = malloc(sizeof *f + count * sizeof *code);
    if (f) {
        *f = (struct seccomp_filter){.users = 1, .count = (u16)count};
        memcpy(f->code, code, count * sizeof *code);
    }
    return f;
}

/* The guest's struct sock_fprog at addr. */
static long fetch_filter(u64 addr, struct seccomp_filter **filter)
{
    struct abi_sock_fprog p;
    struct sock_filter code[BPF_MAXINSNS];
    if (abi_copy_in(&sys_abi, ST_sock_fprog, &p, addr))
        return -EFAULT;
    if (!p.len || p.len > BPF_MAXINSNS)
        return -EINVAL;
    if (!permitted())
        return -EACCES;
    if (copy_in(code, p.filter, p.len * sizeof *code))
        return -EFAULT;
    for (u32 i = 0; sys_abi.big_endian && i < p.len; i++) {
        code[i].code = __builtin_bswap16(code[i].code);
        code[i].k = __builtin_bswap32(code[i].k);
    }
    if (!good_code(code, p.len))
        return -EINVAL;
    *filter = new_filter(code, p.len);
    return *filter ? 0 : -ENOMEM;
}

static long add_filter(struct sys_thread *t, u64 flags, u64 addr)
{
    const u64 known = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
                      SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
    struct seccomp_filter *f;
    if (flags & ~known || t->seccomp_strict)
        return -EINVAL;
    long r = fetch_filter(addr, &f);
    if (r)
        return r;
    u32 total = f->count;
    for (const struct seccomp_filter *g = t->seccomp; g; g = g->older)
        total += g->count + 4u;
    if (total > MAX_PATH) {
        free(f);
        return -ENOMEM;
    }
    f->log = flags & SECCOMP_FILTER_FLAG_LOG;
    f->older = t->seccomp;
    if (flags & SECCOMP_FILTER_FLAG_TSYNC) {
        pid_t other = thread_share_filters(t, f);
        if (other) {
            free(f);
            return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : other;
        }
    }
    t->seccomp = f; /* the reference to the older ones is the new one's now */
    return 0;
}

bool seccomp_descends(const struct seccomp_filter *from, const struct seccomp_filter *f)
{
    while (f && f != from)
        f = f->older;
    return f == from;
}

static long set_strict(struct sys_thread *t)
{
    if (t->seccomp)
        return -EINVAL;
    t->seccomp_strict = true;
    return 0;
}

static long action_available(u64 addr)
{
    u32 action;
    if (abi_copy_in(&sys_abi, ST_u32, &action, addr))
        return -EFAULT;
    switch (action) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_ERRNO:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_ALLOW:
        return 0;
    default:
        return -EOPNOTSUPP;
    }
}

SYSCALL(seccomp, unsigned operation, u64 flags, u64 args)
{
    struct sys_thread *t = sys_self;
    switch (operation) {
    case SECCOMP_SET_MODE_STRICT:
        return flags || args ? -EINVAL : set_strict(t);
    case SECCOMP_SET_MODE_FILTER:
        return add_filter(t, (u32)flags, args);
    case SECCOMP_GET_ACTION_AVAIL:
        return flags ? -EINVAL : action_available(args);
    default: /* SECCOMP_GET_NOTIF_SIZES too: as on a kernel without notifications */
        return -EINVAL;
    }
}

long seccomp_prctl(u64 mode, u64 args)
{
    if (mode == SECCOMP_MODE_STRICT)
        return set_strict(sys_self);
    return mode == SECCOMP_MODE_FILTER ? add_filter(sys_self, 0, args) : -EINVAL;
}

int seccomp_mode(const struct sys_thread *t)
{
    return t->seccomp_strict ? SECCOMP_MODE_STRICT : t->seccomp ? SECCOMP_MODE_FILTER : SECCOMP_MODE_DISABLED;
}

unsigned seccomp_count(const struct sys_thread *t)
{
    unsigned n = 0;
    for (const struct seccomp_filter *f = t->seccomp; f; f = f->older)
        n++;
    return n;
}

/* --- execve ------------------------------------------------------------------------------------------------------- */

static bool save_chain(int fd, const struct seccomp_filter *f)
{
    if (!f)
        return true;
    size_t bytes = f->count * sizeof *f->code;
    u32 count = f->count;
    return save_chain(fd, f->older) && write(fd, &count, sizeof count) == sizeof count &&
           write(fd, f->code, bytes) == (ssize_t)bytes;
}

int seccomp_save(const struct sys_thread *t)
{
    int fd = memfd_create("seccomp", MFD_CLOEXEC);
    if (fd >= 0 && !save_chain(fd, t->seccomp)) {
        close(fd);
        return -ENOMEM;
    }
    return fd < 0 ? -errno : fd;
}

struct seccomp_filter *seccomp_inherit(int fd)
{
    struct seccomp_filter *f = NULL;
    struct sock_filter code[BPF_MAXINSNS];
    u32 count;
    must(lseek(fd, 0, SEEK_SET) == 0);
    while (read(fd, &count, sizeof count) == sizeof count) {
        must(count && count <= BPF_MAXINSNS && read(fd, code, count * sizeof *code) == (ssize_t)(count * sizeof *code));
        must(good_code(code, count));
        struct seccomp_filter *newer = new_filter(code, count);
        must(newer);
        newer->older = f;
        f = newer;
    }
    close(fd);
    return f;
}
