/* Prints system calls from their rows, in the manner of strace(1):
 *
 *     4711 openat(AT_FDCWD,"/etc/passwd",O_RDONLY|O_CLOEXEC) = 3
 *
 * Everything is read from the guest's memory after the call; calls that may not return are printed at their start.
 */
#include "syscalls/syscall.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    MAX_DATA = 32,     /* bytes of a buffer that are shown */
    MAX_ELEMENTS = 16, /* of an array */
};

struct line {
    size_t used;
    char text[4096];
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(l->text + l->used, sizeof l->text - l->used, format, ap);
    va_end(ap);
    if (n > 0)
        l->used += (size_t)n;
    if (l->used >= sizeof l->text)
        l->used = sizeof l->text - 1;
}

static void put_bytes(struct line *l, const u8 *p, size_t n, bool more)
{
    static const char letters[] = "abtnvfr"; /* \a is 7 */
    put(l, "\"");
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' || p[i] == '\\')
            put(l, "\\%c", p[i]);
        else if (p[i] >= ' ' && p[i] < 127)
            put(l, "%c", p[i]);
        else if (p[i] >= 7 && p[i] <= 13)
            put(l, "\\%c", letters[p[i] - 7]);
        else if (i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9')
            put(l, "\\%03o", p[i]);
        else
            put(l, "\\%o", p[i]);
    }
    put(l, more ? "\"..." : "\"");
}

static void put_address(struct line *l, u64 addr)
{
    if (addr)
        put(l, "%#llx", (unsigned long long)addr);
    else
        put(l, "NULL");
}

static void put_string(struct line *l, u64 addr)
{
    char text[1024];
    i64 n = addr ? copy_in_string(text, addr, sizeof text) : -EFAULT;
    if (n >= 0)
        put_bytes(l, (u8 *)text, (size_t)n, false);
    else if (n == -ENAMETOOLONG)
        put_bytes(l, (u8 *)text, sizeof text - 1, true);
    else
        put_address(l, addr);
}

static void put_buffer(struct line *l, u64 addr, u64 bytes)
{
    u8 data[MAX_DATA];
    size_t shown = bytes < MAX_DATA ? bytes : MAX_DATA;
    if (addr && !copy_in(data, addr, shown))
        put_bytes(l, data, shown, shown < bytes);
    else
        put_address(l, addr);
}

static void put_consts(struct line *l, enum abi_consts_id id, u64 value)
{
    const struct abi_consts *t = &abi_consts[id];
    bool any = id == CT_open && (value & O_ACCMODE) == 0;
    if (any)
        put(l, "O_RDONLY");
    if (!t->flags)
        value = (u32)value;
    for (unsigned i = 0; i < t->count; i++) {
        u64 bit = t->row[i].value[sys_abi.id];
        if (t->flags && !bit ? value || any : t->flags ? (value & bit) != bit : value != bit)
            continue;
        put(l, "%s%s", any ? "|" : "", t->row[i].name);
        any = true;
        value &= ~bit;
        if (!t->flags)
            return;
    }
    if (value || !any)
        put(l, any ? "|%#llx" : t->flags ? "%#llx" : "%lld", (unsigned long long)value);
}

static void put_field(struct line *l, const struct abi_field *f, const u8 *guest)
{
    if (f->count > 1 && f->bytes == 1) {
        size_t n = strnlen((const char *)guest + f->offset, f->count);
        put_bytes(l, guest + f->offset, n < 64 ? n : 64, n > 64);
        return;
    }
    if (f->count > 1)
        put(l, "[");
    for (unsigned k = 0; k < f->count; k++) {
        u64 value = abi_load(&sys_abi, guest + f->offset + k * f->bytes, f->bytes);
        put(l, f->sign == ABI_SIGNED || f->sign == ABI_LOW ? "%s%lld" : value > 0xffff ? "%s%#llx" : "%s%llu", k ? "," : "",
            f->sign == ABI_SIGNED || f->sign == ABI_LOW ? (long long)sext(value, 8u * f->bytes) : (long long)value);
    }
    if (f->count > 1)
        put(l, "]");
}

static void put_struct(struct line *l, enum abi_struct_id s, u64 addr)
{
    const struct abi_layout *layout = &abi_structs[s].layout[sys_abi.id];
    u8 guest[ABI_MAX_BYTES];
    if (!addr || copy_in(guest, addr, layout->bytes)) {
        put_address(l, addr);
        return;
    }
    bool scalar = !abi_names[layout->field[0].name], first = true;
    put(l, scalar ? "[" : "{");
    for (unsigned i = 0; i < layout->fields; i++) {
        const struct abi_field *f = &layout->field[i];
        if (!f->host_bytes)
            continue;
        if (!scalar)
            put(l, "%s%s=", first ? "" : ",", abi_names + f->name);
        put_field(l, f, guest);
        first = false;
    }
    put(l, scalar ? "]" : "}");
}

static void put_array(struct line *l, enum abi_struct_id s, u64 addr, u64 count)
{
    if (!addr) {
        put(l, "NULL");
        return;
    }
    put(l, "[");
    for (u64 i = 0; i < count && i < MAX_ELEMENTS; i++) {
        put(l, "%s", i ? "," : "");
        put_struct(l, s, addr + i * abi_bytes(&sys_abi, s));
    }
    put(l, count > MAX_ELEMENTS ? ",...]" : "]");
}

static void put_iov(struct line *l, u64 addr, u64 count, u64 bytes)
{
    put(l, "[");
    for (u64 i = 0; i < count && i < MAX_ELEMENTS; i++) {
        struct iovec v;
        if (abi_copy_in(&sys_abi, ST_iovec, &v, addr + i * abi_bytes(&sys_abi, ST_iovec))) {
            put_address(l, addr);
            break;
        }
        u64 n = v.iov_len < bytes ? v.iov_len : bytes;
        put(l, i ? ",{" : "{");
        put_buffer(l, (u64)v.iov_base, n);
        put(l, ",%zu}", v.iov_len);
        bytes -= n;
    }
    put(l, count > MAX_ELEMENTS ? ",...]" : "]");
}

static void put_strings(struct line *l, u64 addr)
{
    unsigned word = abi_narrow(&sys_abi) ? 4 : 8;
    put(l, "[");
    for (unsigned i = 0;; i++) {
        u8 raw[8];
        if (copy_in(raw, addr + i * word, word))
            break;
        u64 p = abi_load(&sys_abi, raw, word);
        if (!p)
            break;
        put(l, i ? "," : "");
        if (i == MAX_ELEMENTS) {
            put(l, "...");
            break;
        }
        put_string(l, p);
    }
    put(l, "]");
}

static void put_clock(struct line *l, int clock)
{
    static const char *const names[] = {"REALTIME",     "MONOTONIC",     "PROCESS_CPUTIME_ID", "THREAD_CPUTIME_ID",
                                        "MONOTONIC_RAW", "REALTIME_COARSE", "MONOTONIC_COARSE",   "BOOTTIME",
                                        "REALTIME_ALARM", "BOOTTIME_ALARM"};
    if (clock >= 0 && clock < (int)ARRAY_SIZE(names))
        put(l, "CLOCK_%s", names[clock]);
    else
        put(l, "%d", clock);
}

static void put_request(struct line *l, u32 request)
{
    const char *name = sys_ioctl_name(request);
    if (name)
        put(l, "%s", name);
    else
        put(l, "%#x", request);
}

static void put_signal(struct line *l, int sig)
{
    const char *name = sig > 0 && sig < 32 ? sigabbrev_np(sig) : NULL;
    if (name)
        put(l, "SIG%s", name);
    else if (sig >= 32 && sig <= 64)
        put(l, "SIGRT_%d", sig - 32);
    else
        put(l, "%d", sig);
}

static u64 length_of(const struct sys_row *row, const struct sys_arg *a, const u64 *args)
{
    if (a->link < 0)
        return (u64)(-1 - a->link);
    u8 kind = row->arg[a->link].kind;
    return kind == ARG_INT ? (u64)((int)args[a->link] > 0 ? (int)args[a->link] : 0)
           : kind == ARG_UINT ? (u32)args[a->link]
                              : args[a->link];
}

/* ok: the call has succeeded with this count of bytes or elements; what it wrote can be shown. */
static void put_memory(struct line *l, const struct sys_row *row, unsigned i, const u64 *args, const long *result)
{
    const struct sys_arg *a = &row->arg[i];
    u64 length = length_of(row, a, args), value = args[i];
    bool ok = result && *result >= 0;
    u64 got = ok && row->result == RESULT_COUNT ? (u64)*result : length;
    switch (a->kind) {
    case ARG_BUF_IN:
        put_buffer(l, value, length);
        break;
    case ARG_BUF_OUT:
        if (ok)
            put_buffer(l, value, got < length ? got : length);
        else
            put_address(l, value);
        break;
    case ARG_IOV_IN:
        put_iov(l, value, length, ~0ull);
        break;
    case ARG_IOV_OUT:
        put_iov(l, value, length, ok ? got : 0);
        break;
    case ARG_IN_ARRAY:
    case ARG_INOUT_ARRAY:
        put_array(l, (enum abi_struct_id)a->ref, value, length);
        break;
    case ARG_OUT_ARRAY:
        if (ok)
            put_array(l, (enum abi_struct_id)a->ref, value, (u64)*result < length ? (u64)*result : length);
        else
            put_address(l, value);
        break;
    default:
        if (a->kind == ARG_OUT && !ok)
            put_address(l, value);
        else
            put_struct(l, (enum abi_struct_id)a->ref, value);
    }
}

static void put_argument(struct line *l, const struct sys_row *row, unsigned i, const u64 *args, const long *result)
{
    const struct sys_arg *a = &row->arg[i];
    u64 value = args[i];
    switch (a->kind) {
    case ARG_INT:
    case ARG_FD:
    case ARG_PID:
    case ARG_UID:
    case ARG_UID16:
        put(l, "%d", (int)value);
        break;
    case ARG_DIRFD:
        if ((int)value == AT_FDCWD)
            put(l, "AT_FDCWD");
        else
            put(l, "%d", (int)value);
        break;
    case ARG_UINT:
        put(l, "%u", (unsigned)value);
        break;
    case ARG_LONG:
    case ARG_I64:
        put(l, "%lld", (long long)value);
        break;
    case ARG_ULONG:
    case ARG_SIZE:
        put(l, "%llu", (unsigned long long)value);
        break;
    case ARG_HEX:
    case ARG_X64:
    case ARG_DEV:
        put(l, "%#llx", (unsigned long long)value);
        break;
    case ARG_REQUEST:
        put_request(l, (u32)value);
        break;
    case ARG_MODE:
        put(l, "%#o", (unsigned)value);
        break;
    case ARG_SIG:
        put_signal(l, (int)value);
        break;
    case ARG_CLOCK:
        put_clock(l, (int)value);
        break;
    case ARG_FLAGS:
    case ARG_ENUM:
        put_consts(l, (enum abi_consts_id)a->ref, value);
        break;
    case ARG_PATH:
    case ARG_PATH_NOFOLLOW:
    case ARG_RAW_PATH:
    case ARG_STR:
        put_string(l, value);
        break;
    case ARG_ADDR:
        put_address(l, value);
        break;
    case ARG_STRINGS:
        put_strings(l, value);
        break;
    default:
        put_memory(l, row, i, args, result);
    }
}

static void put_result(struct line *l, const struct sys_row *row, long r)
{
    static const struct { int value; const char *name; } restarts[] = {
        {SYS_RESTART, "ERESTARTSYS"}, {SYS_RESTART_NOINTR, "ERESTARTNOINTR"},
        {SYS_RESTART_NOHAND, "ERESTARTNOHAND"}, {SYS_RESTART_BLOCK, "ERESTART_RESTARTBLOCK"}};
    if (row->result == RESULT_ADDR && (r >= 0 || r < -4095)) {
        put(l, " = %#lx", (unsigned long)r);
    } else if (r >= 0) {
        put(l, row->result == RESULT_MODE ? " = %#lo" : " = %ld", r);
    } else {
        for (unsigned i = 0; i < ARRAY_SIZE(restarts); i++) {
            if (restarts[i].value == r) {
                put(l, " = ? %s (to be restarted)", restarts[i].name);
                return;
            }
        }
        const char *name = strerrorname_np((int)-r), *text = strerrordesc_np((int)-r);
        put(l, " = -1 %s (%s)", name ? name : "E?", text ? text : "unknown error");
    }
}

void sys_trace(const struct sys_row *row, u32 number, const u64 *args, const long *result)
{
    struct line l = {0};
    put(&l, "%d %s(", sys_self ? (int)sys_self->tid : 0, sys_call_name(row, number));
    for (unsigned i = 0; i < row->args; i++) {
        put(&l, i ? "," : "");
        put_argument(&l, row, i, args, result);
    }
    put(&l, ")");
    if (result)
        put_result(&l, row, *result);
    else if (row->result == RESULT_NORETURN)
        put(&l, " = ?");
    log_print(LOG_STRACE, "%s\n", l.text);
}
