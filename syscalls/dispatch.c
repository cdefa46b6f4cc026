/* From the guest's registers through a row of table.def to the function or the host's call, and back.
 *
 * Each argument is turned from what the guest passed into what a function or the host kernel takes, by its kind
 * (marshal). Memory for copies comes from a scratch area on the stack of this call. Afterwards OUT and INOUT copies
 * go back. Nothing here knows a particular call.
 */
#include "syscalls/seccomp.h"
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct sys_abi sys_abi = {ABI_arm64, false};
const struct sys_numbers *sys_numbers = &sys_numbers_arm64;

void sys_set_guest(enum sys_guest guest, bool big_endian)
{
    bool a32 = guest == SYS_GUEST_ARM;
    sys_abi = (struct sys_abi){a32 ? ABI_arm : ABI_arm64, big_endian};
    sys_numbers = a32 ? &sys_numbers_arm : &sys_numbers_arm64;
    sig_arch = a32 ? &sig_arch_a32 : &sig_arch_a64;
}

const struct sys_row *sys_find_row(u32 number)
{
    const struct sys_numbers *n = sys_numbers;
    u32 at = number;
    if (number >= n->private_base)
        at = number - n->private_base < n->private_count ? number - n->private_base + n->count : ~0u;
    else if (number >= n->count)
        return NULL;
    return at == ~0u || n->row[at] < 0 ? NULL : &sys_rows[n->row[at]];
}

const char *sys_call_name(const struct sys_row *row, u32 number)
{
    for (const struct sys_number_name *n = sys_numbers->name; n->number >= 0; n++)
        if ((u32)n->number == number)
            return n->name;
    return row->name;
}

/* Memory of one call: a buffer, and heap blocks for what does not fit. */
struct scratch {
    size_t used;
    struct heap_block { struct heap_block *next; } *heap;
    _Alignas(16) u8 buffer[20 * 1024];
};
enum { MAX_COPY = 64 << 20 }; /* bytes; no kernel accepts arrays of structs of this size */

struct call {
    const struct sys_row *row;
    const u64 *guest;  /* arguments as the guest passed them */
    u64 host[6];       /* as the function or the kernel gets them */
    void *copy[6];     /* host structs of IN, OUT, INOUT arguments that were copied */
    u64 count[6];      /* elements in copy */
    struct scratch *scratch;
};

static void *scratch_alloc(struct scratch *s, size_t bytes)
{
    bytes = align_up(bytes, 16);
    if (bytes <= sizeof s->buffer - s->used) {
        void *p = s->buffer + s->used;
        s->used += bytes;
        return p;
    }
    struct heap_block *block = malloc(bytes + 16);
    if (!block)
        return NULL;
    block->next = s->heap;
    s->heap = block;
    return (u8 *)block + 16;
}
_Static_assert(sizeof(struct heap_block) <= 16, "header of a heap block");

static void scratch_free(struct scratch *s)
{
    while (s->heap) {
        struct heap_block *next = s->heap->next;
        free(s->heap);
        s->heap = next;
    }
}

void *sys_window(u64 addr, u64 bytes)
{
    if (!addr)
        return NULL;
    void *host = mem_window(addr, bytes);
    return host ? host : SYS_BAD_POINTER;
}

/* Ends at the first negative length, which the kernel refuses in its turn (lib/iov_iter.c copy_iovec_from_user()). */
static long fetch_iov(struct iovec *iov, u64 addr, u64 count)
{
    for (u64 i = 0; i < count; i++) {
        if (abi_copy_in(&sys_abi, ST_iovec, &iov[i], addr + i * abi_bytes(&sys_abi, ST_iovec)))
            return -EFAULT;
        if (abi_narrow(&sys_abi))
            iov[i].iov_len = (size_t)(ssize_t)(i32)iov[i].iov_len;
        if ((ssize_t)iov[i].iov_len < 0)
            return -EINVAL;
        iov[i].iov_base = sys_window((u64)iov[i].iov_base, iov[i].iov_len);
    }
    return 0;
}

long sys_copy_iov(struct iovec *iov, u64 addr, u64 count)
{
    return count > UIO_MAXIOV ? -EINVAL : fetch_iov(iov, addr, count);
}

/* A path that is too long for any kernel to take, in place of one of the guest's. */
static char too_long[PATH_MAX + 1];
__attribute__((constructor)) static void make_too_long(void) { memset(too_long, 'a', PATH_MAX); }

bool sys_bad_path(const char *path) { return !path || path == SYS_BAD_POINTER || path == too_long; }

bool sys_own_fd(int fd) { return own_fd(fd); }

/* Length of an array or buffer argument. */
static u64 linked_length(const struct call *c, const struct sys_arg *a)
{
    if (a->link < 0)
        return (u64)(-1 - a->link);
    switch (c->row->arg[a->link].kind) {
    case ARG_INT:
        return (u64)(i32)c->guest[a->link];
    case ARG_UINT:
        return (u32)c->guest[a->link];
    default:
        return c->guest[a->link];
    }
}

static u64 scalar_argument(const struct sys_arg *a, u64 value)
{
    switch (a->kind) {
    case ARG_INT:
    case ARG_FD:
    case ARG_DIRFD:
    case ARG_PID:
    case ARG_SIG:
    case ARG_CLOCK:
        return (u64)(i64)(i32)value;
    case ARG_UINT:
    case ARG_UID:
    case ARG_MODE:
        return (u32)value;
    case ARG_UID16:
        return (u16)value == 0xffff ? 0xffffffff : (u16)value;
    case ARG_ENUM:
        return (u64)(i64)(i32)abi_flags_to_host(&sys_abi, (enum abi_consts_id)a->ref, (u32)value);
    case ARG_FLAGS:
        return abi_flags_to_host(&sys_abi, (enum abi_consts_id)a->ref, value);
    default:
        return value;
    }
}

/* Whether the last component of a path argument is followed when it is a symbolic link. */
static bool follows(const struct call *c, const struct sys_arg *a)
{
    if (a->kind == ARG_PATH_NOFOLLOW)
        return false;
    for (unsigned i = 0; i < c->row->args; i++)
        if (c->row->arg[i].kind == ARG_FLAGS && (c->row->arg[i].ref == CT_at || c->row->arg[i].ref == CT_faccessat))
            return !(c->guest[i] & AT_SYMLINK_NOFOLLOW);
    return true;
}

static long string_argument(struct call *c, unsigned i, bool path)
{
    const struct sys_arg *a = &c->row->arg[i];
    if (!c->guest[i]) {
        c->host[i] = 0;
        return 0;
    }
    /* The kernel reads names by its own limits; only a path has to be looked at here. */
    if (a->kind == ARG_STR && c->row->level == LEVEL_FORWARD) {
        c->host[i] = (u64)sys_window(c->guest[i], 1);
        return 0;
    }
    char *text = scratch_alloc(c->scratch, PATH_MAX);
    char *buffer = path ? scratch_alloc(c->scratch, PATH_MAX) : NULL;
    if (!text || (path && !buffer))
        return -ENOMEM;
    i64 length = copy_in_string(text, c->guest[i], PATH_MAX);
    /* The kernel finds what is wrong with a path in its own order of checks. */
    if (length < 0 && (a->kind == ARG_RAW_PATH || (path && c->row->level == LEVEL_FORWARD))) {
        c->host[i] = length == -EFAULT ? (u64)SYS_BAD_POINTER : (u64)too_long;
        return 0;
    }
    if (length < 0)
        return length;
    if (!path) {
        c->host[i] = (u64)text;
        return 0;
    }
    bool follow = follows(c, a);
    const char *host = follow ? sys_path(text, buffer, PATH_MAX) : sys_path_nofollow(text, buffer, PATH_MAX);
    if (follow) {
        int dirfd = i && c->row->arg[i - 1].kind == ARG_DIRFD ? (int)c->guest[i - 1] : AT_FDCWD;
        host = proc_follow_exe(dirfd, host);
    }
    c->host[i] = (u64)host;
    return 0;
}

static long iov_argument(struct call *c, unsigned i)
{
    u64 count = linked_length(c, &c->row->arg[i]);
    if (count > UIO_MAXIOV) { /* EINVAL, after the kernel's own checks of the descriptor */
        c->host[i] = c->guest[i];
        return 0;
    }
    struct iovec *iov = scratch_alloc(c->scratch, sizeof *iov * (count + 1));
    if (!iov)
        return -ENOMEM;
    c->host[i] = fetch_iov(iov, c->guest[i], count) == -EFAULT ? (u64)SYS_BAD_POINTER : (u64)iov;
    return 0;
}

static bool is_in(u8 kind)
{
    return kind == ARG_IN || kind == ARG_INOUT || kind == ARG_IN_ARRAY || kind == ARG_INOUT_ARRAY;
}
static bool is_out(u8 kind)
{
    return kind == ARG_OUT || kind == ARG_INOUT || kind == ARG_OUT_ARRAY || kind == ARG_INOUT_ARRAY;
}
static bool is_array(u8 kind) { return kind == ARG_IN_ARRAY || kind == ARG_OUT_ARRAY || kind == ARG_INOUT_ARRAY; }

/* The kernel looks at the size of a signal mask before it reads anything; the functions do so, too. */
static bool wrong_mask_size(const struct call *c)
{
    for (unsigned i = 0; i < c->row->args; i++)
        if (!strcmp(c->row->arg[i].name, "masksize"))
            return c->guest[i] != 8;
    return false;
}

static long struct_argument(struct call *c, unsigned i)
{
    const struct sys_arg *a = &c->row->arg[i];
    enum abi_struct_id s = (enum abi_struct_id)a->ref;
    size_t bytes = abi_bytes(&sys_abi, s), host_bytes = abi_structs[s].host_bytes;
    u64 count = is_array(a->kind) ? linked_length(c, a) : 1;
    if (c->row->level == LEVEL_FORWARD && abi_same(&sys_abi, s)) {
        c->host[i] = (u64)sys_window(c->guest[i], count > MAX_COPY ? 0 : count * bytes);
        return 0;
    }
    c->host[i] = 0;
    if (!c->guest[i])
        return 0;
    /* Functions hand arrays on to the kernel, and FORWARD rows everything: it refuses what is wrong in its own
     * order. */
    bool kernel_refuses = is_array(a->kind) || c->row->level == LEVEL_FORWARD;
    bool early = is_in(a->kind) || kernel_refuses; /* what is only written is found bad when it is written */
    if (count > MAX_COPY / host_bytes || (early && !mem_window(c->guest[i], count * bytes))) {
        c->host[i] = (u64)SYS_BAD_POINTER;
        return kernel_refuses || (a->kind == ARG_IN && wrong_mask_size(c)) ? 0 : -EFAULT;
    }
    u8 *copy = scratch_alloc(c->scratch, host_bytes * count);
    if (!copy)
        return -ENOMEM;
    c->host[i] = (u64)copy;
    c->copy[i] = copy;
    c->count[i] = count;
    if (!is_in(a->kind)) {
        memset(copy, 0, host_bytes * count);
        return 0;
    }
    for (u64 k = 0; k < count; k++)
        if (abi_copy_in(&sys_abi, s, copy + k * host_bytes, c->guest[i] + k * bytes)) {
            c->copy[i] = NULL;
            c->host[i] = (u64)SYS_BAD_POINTER;
            return kernel_refuses || (a->kind == ARG_IN && wrong_mask_size(c)) ? 0 : -EFAULT;
        }
    return 0;
}

static long marshal(struct call *c)
{
    for (unsigned i = 0; i < c->row->args; i++) {
        const struct sys_arg *a = &c->row->arg[i];
        long r = 0;
        switch (a->kind) {
        case ARG_PATH:
        case ARG_PATH_NOFOLLOW:
            r = string_argument(c, i, true);
            break;
        case ARG_RAW_PATH:
        case ARG_STR:
            r = string_argument(c, i, false);
            break;
        case ARG_BUF_IN:
        case ARG_BUF_OUT: {
            /* No call moves more than this (MAX_RW_COUNT), whatever length it is given. */
            u64 length = linked_length(c, a), most = 0x7ffff000;
            length = length < most ? length : most;
            c->host[i] = (u64)sys_window(c->guest[i], length);
            break;
        }
        case ARG_IOV_IN:
        case ARG_IOV_OUT:
            r = iov_argument(c, i);
            break;
        case ARG_IN:
        case ARG_OUT:
        case ARG_INOUT:
        case ARG_IN_ARRAY:
        case ARG_OUT_ARRAY:
        case ARG_INOUT_ARRAY:
            r = struct_argument(c, i);
            break;
        default:
            c->host[i] = scalar_argument(a, c->guest[i]);
        }
        if (r < 0)
            return r;
    }
    return 0;
}

/* Writes copies back. A call that failed changes nothing but INOUT arguments (what is left of a timeout). */
static long unmarshal(struct call *c, long r)
{
    for (unsigned i = 0; i < c->row->args; i++) {
        const struct sys_arg *a = &c->row->arg[i];
        if (!c->copy[i] || !is_out(a->kind) || (r < 0 && a->kind != ARG_INOUT))
            continue;
        enum abi_struct_id s = (enum abi_struct_id)a->ref;
        u64 count = a->kind == ARG_OUT_ARRAY && (u64)r < c->count[i] ? (u64)r : c->count[i];
        for (u64 k = 0; k < count; k++) {
            u64 to = c->guest[i] + k * abi_bytes(&sys_abi, s);
            if (abi_copy_out(&sys_abi, s, to, (u8 *)c->copy[i] + k * abi_structs[s].host_bytes) && r >= 0)
                return -EFAULT;
        }
    }
    return r;
}

static long forward(const struct sys_row *row, const u64 *a)
{
    long v[6];
    for (int i = 0; i < 6; i++)
        v[i] = (long)a[i];
    if (row->wait == SYS_QUICK)
        return sys_host_raw(row->host_nr, v[0], v[1], v[2], v[3], v[4], v[5]);
    long r = sys_host_call(row->host_nr, v[0], v[1], v[2], v[3], v[4], v[5]);
    return row->wait == SYS_WAIT_NOHAND ? sys_unless_handler(r) : r;
}

static long call_row(const struct sys_row *row, const u64 *args)
{
    if (row->level == LEVEL_ENOSYS || row->level == LEVEL_REFUSE) {
        log_print(LOG_UNIMP, "system call %s is not implemented\n", row->name);
        return -row->error;
    }
    struct scratch scratch;
    scratch.used = 0;
    scratch.heap = NULL;
    struct call c = {.row = row, .guest = args, .scratch = &scratch};
    long r = marshal(&c);
    if (r >= 0) {
        r = row->call ? row->call(c.host) : forward(row, c.host);
        r = unmarshal(&c, r);
    }
    scratch_free(&scratch);
    return r;
}

/* The values of a row's arguments from the registers: narrow guests pass 64 bits in two, the first of which has an even
 * number (AAPCS; in the order that memory would have them), and what is signed loses its upper half. */
static void read_arguments(const struct sys_row *row, const u64 *registers, u64 *args)
{
    if (!abi_narrow(&sys_abi)) {
        memcpy(args, registers, 6 * sizeof *args);
        return;
    }
    unsigned at = 0;
    for (unsigned i = 0; i < row->args; i++) {
        u8 kind = row->arg[i].kind;
        if (kind == ARG_I64 || kind == ARG_X64) {
            at = (at + 1) & ~1u;
            must(at < 6);
            args[i] = registers[at + sys_abi.big_endian] | registers[at + !sys_abi.big_endian] << 32;
            at += 2;
        } else {
            args[i] = kind == ARG_LONG ? (u64)(i64)(i32)registers[at] : registers[at];
            at++;
        }
    }
}

/* true if a filter has decided about the call: it is not made. */
static bool filtered(struct sys_thread *t)
{
    long r = seccomp_check(t);
    if (r == 0)
        return false;
    log_print(LOG_STRACE, "%d syscall_%llu is filtered\n", (int)t->tid, (unsigned long long)t->syscall_nr);
    if (r != SYS_NO_RESULT)
        sig_arch->set_result(t->cpu, r == SYS_SKIP ? 0 : r);
    return true;
}

/* A number without a row. */
static void unknown_call(struct sys_thread *t)
{
    log_print(LOG_UNIMP, "system call %llu is unknown\n", (unsigned long long)t->syscall_nr);
    log_print(LOG_STRACE, "%d syscall_%llu(%#llx, %#llx, %#llx) = -1 ENOSYS\n", (int)t->tid,
              (unsigned long long)t->syscall_nr, (unsigned long long)t->syscall_args[0],
              (unsigned long long)t->syscall_args[1], (unsigned long long)t->syscall_args[2]);
    if (!sig_arch->bad_call || !sig_arch->bad_call(t))
        sig_arch->set_result(t->cpu, -ENOSYS);
}

void sys_dispatch(struct sys_thread *t)
{
    t->syscall_pc = t->cpu->pc - sig_arch->syscall_bytes(t->cpu);
    sig_arch->read_call(t->cpu, &t->syscall_nr, t->syscall_args);
    t->restart = 0;
    if (unlikely(t->seccomp || t->seccomp_strict) && filtered(t))
        return;
    const struct sys_row *row = sys_find_row((u32)t->syscall_nr);
    if (!row) {
        unknown_call(t);
        return;
    }
    bool trace = log_on(LOG_STRACE);
    u64 args[6];
    u32 number = (u32)t->syscall_nr; /* the call may run others */
    read_arguments(row, t->syscall_args, args);
    if (trace && row->result >= RESULT_NORETURN)
        sys_trace(row, number, args, NULL);
    long r = call_row(row, args);
    if (trace && row->result != RESULT_NORETURN && r != SYS_NO_RESULT)
        sys_trace(row, number, args, &r);
    if (r == SYS_NO_RESULT) {
        sys_deadline_forget();
        return;
    }
    if (r <= SYS_RESTART && r >= SYS_RESTART_BLOCK) {
        t->restart = r;
        return;
    }
    sys_deadline_forget();
    sig_arch->set_result(t->cpu, r);
}
_Static_assert(RESULT_EXEC == RESULT_NORETURN + 1, "results that are traced at the start come last");
