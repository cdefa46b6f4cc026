/* Memory operations that are more than one host instruction, and guest memory for helpers. */
#include "interp/access.h"
#include "interp/watch.h"

#include <signal.h>
#include <string.h>

extern const char __start_xrun_guest_access[], __stop_xrun_guest_access[];

static struct interp_thread *thread_of(struct cpu_common *cpu) { return cpu->engine; }

/* --- leaving ----------------------------------------------------------------------------------------------------- */

void interp_land(struct cpu_common *cpu, enum interp_result result)
{
    struct interp_thread *t = thread_of(cpu);
    must(t->inside);
    watch_leave(&t->watched);
    t->landed = result;
    cpu->pc = interp_guest_pc(t);
    longjmp(t->landing, 1);
}

static void land_fault(struct cpu_common *cpu) { interp_land(cpu, INTERP_FAULT); }

/* The address as the kernel reports it: without the tag, sign-extended from the last bit that counts. */
static u64 reported(const struct cpu_common *cpu, u64 addr)
{
    return cpu->addr_mask >> 56 ? addr & cpu->addr_mask : (u64)sext(addr & cpu->addr_mask, 64 - clz64(cpu->addr_mask));
}

void guest_fault(struct cpu_common *cpu, u64 addr, bool write)
{
    cpu->fault_addr = cpu->addr_mask >> 32 ? reported(cpu, addr) : (u32)addr;
    cpu->fault_signal = SIGSEGV;
    cpu->fault_code = SEGV_MAPERR;
    cpu->fault_write = write;
    interp_land(cpu, INTERP_FAULT);
}

void guest_trap(struct cpu_common *cpu, enum cpu_trap trap, u32 code, u64 addr)
{
    cpu->trap = trap;
    cpu->trap_code = code;
    cpu->trap_addr = addr;
    interp_land(cpu, INTERP_TRAP);
}

void *interp_fault(struct cpu_common *cpu, int signal, int code, uintptr_t host_pc, uintptr_t host_addr, bool write)
{
    if (host_pc < (uintptr_t)__start_xrun_guest_access || host_pc >= (uintptr_t)__stop_xrun_guest_access)
        return NULL;
    return interp_fault_known(cpu, signal, code, host_addr, write);
}

void *interp_fault_known(struct cpu_common *cpu, int signal, int code, uintptr_t host_addr, bool write)
{
    u64 addr = host_addr - cpu->mem_base, below_zero = 8 << 20; /* what compiled code may have added to an address near 0 */
    if (!thread_of(cpu)->inside || (addr >= cpu->mem_limit + CPU_GUARD && addr < -below_zero))
        return NULL;
    cpu->fault_addr = cpu->addr_mask >> 32 ? addr : (u32)addr;
    cpu->fault_signal = (u32)signal;
    cpu->fault_code = (u32)code;
    cpu->fault_write = write;
    return (void *)land_fault;
}

u64 interp_guest_pc(const struct interp_thread *t)
{
    if (!t->ip)
        return t->native_pc;
    const struct block *b = t->block;
    u32 at = (u32)(t->ip - (const struct interp_op *)b->code);
    u32 low = 0, high = b->map_count;
    while (high - low > 1) {
        u32 middle = (low + high) / 2;
        if (b->map[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return b->pc + (b->map_count ? b->map[low].pc_delta : 0);
}

/* --- addresses --------------------------------------------------------------------------------------------------- */

/* The host address of `bytes` bytes at addr, all inside the guest's space. */
GUEST_INLINE u8 *host_range(struct cpu_common *cpu, u64 addr, size_t bytes, bool write)
{
    addr &= cpu->addr_mask;
    if (unlikely(addr > cpu->mem_limit || bytes > cpu->mem_limit - addr))
        guest_fault(cpu, addr, write);
    return (u8 *)(cpu->mem_base + addr);
}

/* FEAT_LSE2: what lies within 16 aligned bytes may be misaligned (Arm ARM B2.2.1.1, UnalignedAccessFaults()). */
GUEST_INLINE u8 *host_address(struct cpu_common *cpu, u64 addr, u8 sub, bool write)
{
    unsigned bytes = 1u << (sub & IR_MEM_SIZE_MASK);
    if ((sub & IR_MEM_ALIGN) && unlikely((addr & 15) + bytes > 16))
        guest_trap(cpu, TRAP_ALIGNMENT, 0, addr & cpu->addr_mask);
    return host_range(cpu, addr, bytes, write);
}

static inline u64 swap_bytes(u64 v, unsigned log2_bytes)
{
    return log2_bytes ? __builtin_bswap64(v) >> (64 - (8u << log2_bytes)) : v;
}

/* Around what counts as a write of a location that exclusives watch. */
GUEST_INLINE void begin_write(struct cpu_common *cpu, const void *p)
{
    if (unlikely(watch_on()))
        watch_enter(&thread_of(cpu)->watched, p);
}
GUEST_INLINE void end_write(struct cpu_common *cpu)
{
    if (unlikely(thread_of(cpu)->watched))
        watch_leave(&thread_of(cpu)->watched);
}

/* --- load and store ---------------------------------------------------------------------------------------------- */

/* x86-64 orders loads as acquire asks; other hosts get the order from the fence. */
static inline void after_acquire(u8 sub)
{
    if (sub & IR_MEM_ACQ)
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

GUEST_ACCESS void access_load(struct cpu_common *cpu, u64 addr, u8 sub, enum ir_type t, union ir_value *result)
{
    const u8 *p = host_address(cpu, addr, sub, false);
    unsigned size = sub & IR_MEM_SIZE_MASK;
    u64 v = 0;
    switch (size) {
    case 0: v = *(const volatile u8 *)p; break;
    case 1: v = *(const volatile u16_any *)p; break;
    case 2: v = *(const volatile u32_any *)p; break;
    case 3: v = *(const volatile u64_any *)p; break;
    default: {
        union v128 q;
        *(v128_any *)&q = *(const volatile v128_any *)p;
        if (sub & IR_MEM_SWAP)
            q = (union v128){.d = {__builtin_bswap64(q.d[1]), __builtin_bswap64(q.d[0])}};
        after_acquire(sub);
        result->v = q;
        return;
    }
    }
    after_acquire(sub);
    if (sub & IR_MEM_SWAP)
        v = swap_bytes(v, size);
    if (sub & IR_MEM_SIGN)
        v = (u64)sext(v, 8u << size);
    result->u64 = t == IR_I32 ? (u32)v : v;
}

GUEST_ACCESS void access_store(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *value)
{
    u8 *p = host_address(cpu, addr, sub, true);
    if (sub & IR_MEM_REL)
        begin_write(cpu, p);
    unsigned size = sub & IR_MEM_SIZE_MASK;
    /* A release store and a later acquire load must not pass each other: a full fence after the store. */
    if (size == 4) {
        union v128 q = value->v;
        if (sub & IR_MEM_SWAP)
            q = (union v128){.d = {__builtin_bswap64(q.d[1]), __builtin_bswap64(q.d[0])}};
        *(volatile v128_any *)p = *(const v128_any *)&q;
    } else {
        u64 v = value->u64;
        if (sub & IR_MEM_SWAP)
            v = swap_bytes(v & ones(8u << size), size);
        if (sub & IR_MEM_REL)
            __atomic_thread_fence(__ATOMIC_RELEASE);
        switch (size) {
        case 0: *(volatile u8 *)p = (u8)v; break;
        case 1: *(volatile u16_any *)p = (u16)v; break;
        case 2: *(volatile u32_any *)p = (u32)v; break;
        default: *(volatile u64_any *)p = v; break;
        }
    }
    if (sub & IR_MEM_REL) {
        end_write(cpu);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
}

/* --- atomics ----------------------------------------------------------------------------------------------------- */

/* Compare-and-swap of raw memory values; the value seen. A misaligned one within 16 bytes is atomic on x86-64. */
GUEST_INLINE u64 raw_cas(u8 *p, unsigned size, u64 expected, u64 desired)
{
#define CAS_CASE(number, type)                                                                                         \
    case number: {                                                                                                     \
        type seen = (type)expected;                                                                                    \
        __atomic_compare_exchange_n((type *)p, &seen, (type)desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);       \
        return seen;                                                                                                   \
    }
    switch (size) {
        CAS_CASE(0, u8)
        CAS_CASE(1, u16)
        CAS_CASE(2, u32)
    default:
        CAS_CASE(3, u64)
    }
#undef CAS_CASE
}

GUEST_INLINE union v128 raw_cas128(u8 *p, union v128 expected, union v128 desired)
{
#if defined(__x86_64__)
    __asm__ volatile("lock cmpxchg16b %0"
                     : "+m"(*(union v128 *)p), "+a"(expected.d[0]), "+d"(expected.d[1])
                     : "b"(desired.d[0]), "c"(desired.d[1])
                     : "cc", "memory");
#else
    __atomic_compare_exchange_n((u128 *)p, &expected.q, desired.q, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
#endif
    return expected;
}

static u64 atomic_result(enum ir_opcode op, unsigned bits, u64 old, u64 v)
{
    bool less = sext(old, bits) < sext(v, bits), below = old < v;
    switch (op) {
    case IR_OP_atomic_add: return old + v;
    case IR_OP_atomic_andn: return old & ~v;
    case IR_OP_atomic_or: return old | v;
    case IR_OP_atomic_xor: return old ^ v;
    case IR_OP_atomic_smax: return less ? v : old;
    case IR_OP_atomic_smin: return less ? old : v;
    case IR_OP_atomic_umax: return below ? v : old;
    case IR_OP_atomic_umin: return below ? old : v;
    default: return v; /* swap */
    }
}

GUEST_INLINE u64 raw_load(const u8 *p, unsigned size)
{
    switch (size) {
    case 0: return *(const volatile u8 *)p;
    case 1: return *(const volatile u16_any *)p;
    case 2: return *(const volatile u32_any *)p;
    default: return *(const volatile u64_any *)p;
    }
}

/* The plain sum and exchange have instructions of their own; the rest is a loop around compare-and-swap. */
GUEST_INLINE bool atomic_direct(enum ir_opcode op, u8 *p, unsigned size, u64 v, u64 *old)
{
    if (op != IR_OP_atomic_add || size < 2)
        return false;
    *old = size == 2 ? __atomic_fetch_add((u32 *)p, (u32)v, __ATOMIC_SEQ_CST)
                     : __atomic_fetch_add((u64 *)p, v, __ATOMIC_SEQ_CST);
    return true;
}

GUEST_ACCESS void access_atomic(struct cpu_common *cpu, enum ir_opcode op, u64 addr, u8 sub,
                                const union ir_value *value, union ir_value *result)
{
    u8 *p = host_address(cpu, addr, sub, true);
    unsigned size = sub & IR_MEM_SIZE_MASK, bits = 8u << size;
    bool swap = sub & IR_MEM_SWAP;
    u64 v = value->u64 & ones(bits), old;
    begin_write(cpu, p);
    if (!swap && atomic_direct(op, p, size, v, &old)) {
        end_write(cpu);
        result->u64 = old;
        return;
    }
    u64 raw = raw_load(p, size), seen;
    for (;; raw = seen) {
        old = swap ? swap_bytes(raw, size) : raw;
        u64 new = atomic_result(op, bits, old, v) & ones(bits);
        seen = raw_cas(p, size, raw, swap ? swap_bytes(new, size) : new);
        if (seen == raw)
            break;
    }
    end_write(cpu);
    result->u64 = old;
}

static union v128 swap128(union v128 q, u8 sub)
{
    if (!(sub & IR_MEM_SWAP))
        return q;
    return (union v128){.d = {__builtin_bswap64(q.d[1]), __builtin_bswap64(q.d[0])}};
}

GUEST_ACCESS void access_cas(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *expected,
                             const union ir_value *desired, union ir_value *result)
{
    unsigned size = sub & IR_MEM_SIZE_MASK;
    u8 *p = host_address(cpu, addr, sub | (size == 4 ? IR_MEM_ALIGN : 0), true);
    begin_write(cpu, p);
    if (size == 4) {
        result->v = swap128(raw_cas128(p, swap128(expected->v, sub), swap128(desired->v, sub)), sub);
    } else {
        u64 e = expected->u64 & ones(8u << size), d = desired->u64 & ones(8u << size);
        if (sub & IR_MEM_SWAP)
            result->u64 = swap_bytes(raw_cas(p, size, swap_bytes(e, size), swap_bytes(d, size)), size);
        else
            result->u64 = raw_cas(p, size, e, d);
    }
    end_write(cpu);
}

/* --- exclusives --------------------------------------------------------------------------------------------------- */

/* The monitor keeps what memory held, in memory order; storing is a compare-and-swap against it. Whether others brought the
 * value back between the two is found out where it matters: watch.h. */
GUEST_ACCESS void access_load_ex(struct cpu_common *cpu, u64 addr, u8 sub, union ir_value *result)
{
    unsigned size = sub & IR_MEM_SIZE_MASK;
    const u8 *p = host_address(cpu, addr, sub | (size == 4 ? IR_MEM_ALIGN : 0), false);
    union v128 q = {.d = {0, 0}};
    bool alone = sub & IR_MEM_ALONE;
    bool counted = !alone && watch_on();
    u32 count = counted ? watch_count(p) : 0;
    if (size == 4)
        *(v128_any *)&q = *(const volatile v128_any *)p;
    else
        q.d[0] = raw_load(p, size);
    after_acquire(sub);
    cpu->excl_addr = addr & cpu->addr_mask;
    cpu->excl_size = 1u << size | (alone ? EXCL_ALONE : counted ? 0 : EXCL_UNCOUNTED);
    cpu->excl_count = count;
    cpu->excl_lo = q.d[0];
    cpu->excl_hi = q.d[1];
    if (size == 4)
        result->v = swap128(q, sub);
    else
        result->u64 = sub & IR_MEM_SWAP ? swap_bytes(q.d[0], size) : q.d[0];
}

GUEST_ACCESS u32 access_store_ex(struct cpu_common *cpu, u64 addr, u8 sub, const union ir_value *value)
{
    unsigned size = sub & IR_MEM_SIZE_MASK;
    bool alone = sub & IR_MEM_ALONE;
    /* The monitor is asked before the address is checked: IMPLEMENTATION DEFINED, AArch64.ExclusiveMonitorsPass(). */
    bool uncounted = !alone && cpu->excl_size & EXCL_UNCOUNTED;
    bool mine = cpu->excl_size == (1u << size | (alone ? EXCL_ALONE : uncounted ? EXCL_UNCOUNTED : 0)) &&
                cpu->excl_addr == (addr & cpu->addr_mask);
    if (mine && uncounted && watch_shared()) { /* the guest tries again */
        watch_start();
        mine = false;
    }
    if (!mine) {
        cpu->excl_size = 0;
        return 1;
    }
    u8 *p = host_address(cpu, addr, sub | (size == 4 ? IR_MEM_ALIGN : 0), true);
    bool stored = true;
    if (watch_on())
        stored = watch_enter(&thread_of(cpu)->watched, p) == cpu->excl_count || alone;
    if (stored && size == 4) {
        union v128 old = {.d = {cpu->excl_lo, cpu->excl_hi}};
        stored = raw_cas128(p, old, swap128(value->v, sub)).q == old.q;
    } else if (stored) {
        u64 v = value->u64 & ones(8u << size);
        stored = raw_cas(p, size, cpu->excl_lo, sub & IR_MEM_SWAP ? swap_bytes(v, size) : v) == cpu->excl_lo;
    }
    end_write(cpu);
    cpu->excl_size = 0;
    return !stored;
}

/* --- for helpers -------------------------------------------------------------------------------------------------- */

GUEST_ACCESS u64 guest_read(struct cpu_common *cpu, u64 addr, unsigned bytes)
{
    must(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
    return raw_load(host_range(cpu, addr, bytes, false), ctz64(bytes));
}

GUEST_ACCESS void guest_write(struct cpu_common *cpu, u64 addr, u64 value, unsigned bytes)
{
    u8 *p = host_range(cpu, addr, bytes, true);
    switch (bytes) {
    case 1: *(volatile u8 *)p = (u8)value; break;
    case 2: *(volatile u16_any *)p = (u16)value; break;
    case 4: *(volatile u32_any *)p = (u32)value; break;
    case 8: *(volatile u64_any *)p = value; break;
    default: must(!"guest_write() of this size");
    }
}

/* What lies below the end of the guest's space is done before the rest faults. */
static size_t inside(struct cpu_common *cpu, u64 addr, size_t bytes)
{
    addr &= cpu->addr_mask;
    u64 room = addr < cpu->mem_limit ? cpu->mem_limit - addr : 0;
    return bytes < room ? bytes : room;
}

/* Ascending copies that keep their order when they fault: the string instruction on x86-64, bytes elsewhere. */
GUEST_INLINE void copy_up(void *to, const void *from, size_t bytes)
{
#if defined(__x86_64__)
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
#else
    for (size_t i = 0; i < bytes; i++)
        ((volatile u8 *)to)[i] = ((const volatile u8 *)from)[i];
#endif
}

GUEST_ACCESS void guest_read_bytes(struct cpu_common *cpu, void *to, u64 addr, size_t bytes)
{
    size_t n = inside(cpu, addr, bytes);
    copy_up(to, (const u8 *)(cpu->mem_base + (addr & cpu->addr_mask)), n);
    if (n < bytes)
        guest_fault(cpu, addr + n, false);
}

GUEST_ACCESS void guest_write_bytes(struct cpu_common *cpu, u64 addr, const void *from, size_t bytes)
{
    size_t n = inside(cpu, addr, bytes);
    copy_up((u8 *)(cpu->mem_base + (addr & cpu->addr_mask)), from, n);
    if (n < bytes)
        guest_fault(cpu, addr + n, true);
}

GUEST_ACCESS void guest_fill(struct cpu_common *cpu, u64 addr, u8 value, size_t bytes)
{
    size_t n = inside(cpu, addr, bytes);
    volatile u8 *p = (u8 *)(cpu->mem_base + (addr & cpu->addr_mask));
#if defined(__x86_64__)
    size_t count = n;
    __asm__ volatile("rep stosb" : "+D"(p), "+c"(count) : "a"(value) : "memory");
#else
    for (size_t i = 0; i < n; i++)
        p[i] = value;
#endif
    if (n < bytes)
        guest_fault(cpu, addr + n, true);
}

GUEST_ACCESS void guest_probe(struct cpu_common *cpu, u64 addr, size_t bytes, bool write)
{
    for (size_t i = 0; i < bytes; i = align_up(addr + i + 1, 4096) - addr) {
        u8 *p = host_range(cpu, addr + i, 1, write);
        if (write)
            __atomic_fetch_or(p, 0, __ATOMIC_RELAXED);
        else
            (void)*(const volatile u8 *)p;
    }
}
