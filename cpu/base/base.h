/* Integer types, bit helpers, must(), log channels. Depends on libc only; everything may include it. */
#ifndef XRUN_BASE_H
#define XRUN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef unsigned __int128 u128;
typedef __int128 i128;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Bits hi..lo of x, 0 <= lo <= hi <= 63. */
static inline u64 bits(u64 x, unsigned hi, unsigned lo) { return x >> lo & (~0ull >> (63 - (hi - lo))); }
/* A value of n ones, 0 <= n <= 64. */
static inline u64 ones(unsigned n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
/* The low n bits of x as a signed number, 1 <= n <= 64. */
static inline i64 sext(u64 x, unsigned n) { return (i64)(x << (64 - n)) >> (64 - n); }
/* x rounded down or up to a multiple of `to`, a power of two; rounding up wraps modulo 2^64. */
static inline u64 align_down(u64 x, u64 to) { return x & ~(to - 1); }
static inline u64 align_up(u64 x, u64 to) { return (x + to - 1) & ~(to - 1); }
/* Rotations; the count is taken modulo the width. */
static inline u32 rotr32(u32 x, unsigned n) { return x >> (n & 31) | x << (-n & 31); }
static inline u64 rotr64(u64 x, unsigned n) { return x >> (n & 63) | x << (-n & 63); }
/* Leading and trailing zeros; the width for 0. */
static inline unsigned clz32(u32 x) { return x ? (unsigned)__builtin_clz(x) : 32; }
static inline unsigned clz64(u64 x) { return x ? (unsigned)__builtin_clzll(x) : 64; }
static inline unsigned ctz64(u64 x) { return x ? (unsigned)__builtin_ctzll(x) : 64; }

/* The monotonic clock in nanoseconds. */
u64 monotonic_ns(void);

/* must(): an invariant of xrun itself. Never depends on what a guest does. Prints the condition, the place and
 * what must_context() adds (guest pc, block), then aborts. */
#define must(cond) (likely(cond) ? (void)0 : must_failed(#cond, __FILE__, __LINE__))
__attribute__((noreturn, cold)) void must_failed(const char *what, const char *file, int line);
/* Called by must_failed() to print where the guest is; set once by the program's main file. May be NULL. */
extern void (*must_context)(int fd);

/* Log channels: what `-d` selects. One row per channel: identifier, the word after -d, help. */
#define LOG_CHANNELS(X)                                                                                                \
    X(IN_ASM, "in_asm", "guest code of each translated block")                                                         \
    X(IR, "ir", "IR of each block as lifted")                                                                          \
    X(IR_OPT, "ir_opt", "IR of each block or region after the passes: what runs or is compiled")                       \
    X(OP, "op", "the same (qemu's word)")                                                                              \
    X(OUT_ASM, "out_asm", "host code of each compiled block or region, beside the guest's instructions")               \
    X(REGIONS, "regions", "a line for each block or region that is compiled")                                          \
    X(STATS, "stats", "counters of the engine, when a process ends by itself")                                         \
    X(INT, "int", "traps, faults and signals that reach the guest")                                                    \
    X(UNIMP, "unimp", "what the guest asked for that is not implemented")                                              \
    X(PAGE, "page", "the guest's memory map after each change")                                                        \
    X(STRACE, "strace", "system calls with arguments and results")

enum log_channel {
#define X(id, word, help) LOG_##id,
    LOG_CHANNELS(X)
#undef X
        LOG_COUNT
};

extern u32 log_mask; /* bit n: channel n is on */
static inline bool log_on(enum log_channel c) { return unlikely(log_mask >> c & 1); }
/* Prints to the log (stderr, or the file of log_open()); one write(2) per call, so lines of threads do not mix.
 * Does nothing when the channel is off. */
__attribute__((format(printf, 2, 3))) void log_print(enum log_channel c, const char *format, ...);
/* Turns channels on from a comma-separated list of words. Returns NULL, or the first unknown word. */
const char *log_select(const char *list);
/* Sends the log to a file, created, and truncated unless append; "%d" in the name becomes the process id. Returns 0 or
 * -errno. */
int log_open(const char *path, bool append);

/* xrun's own open files lie high, out of the way of a guest, whose first descriptor is 3, and are kept from it.
 * own_fd_add() moves a descriptor there and returns the new one. */
int own_fd_add(int fd);
void own_fd_close(int fd);
bool own_fd(int fd);
/* The least of them that is at least `from`; -1: none. */
int own_fd_next(int from);

/* "xrun: " + message + newline on stderr; for errors of the user's making. */
__attribute__((format(printf, 1, 2))) void warn_user(const char *format, ...);

#endif
