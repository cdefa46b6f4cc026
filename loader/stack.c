/* The main stack as the kernel leaves it for a new program (fs/exec.c, create_elf_tables() of fs/binfmt_elf.c):
 *
 *     stack_top  a zero word
 *                file name, environment strings, argument strings (first argument lowest)
 *                platform string, 16 random bytes
 *                auxiliary vector, environment pointers, 0, argument pointers, 0
 *     sp         argument count; sp is a multiple of 16
 */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

enum {
    STRING_MAX = 128 << 10,          /* one argument or variable with its NUL: MAX_ARG_STRLEN */
    STRINGS_MIN = 128 << 10,         /* room for all of them that every stack limit leaves: ARG_MAX */
    STRINGS_MAX = (8 << 20) / 4 * 3, /* and the most, however large the stack: three quarters of _STK_LIM */
    STACK_MARGIN = 128 << 10,        /* mapped below what is used at the start */
    MIN_SIGNAL_STACK = 4720,         /* arm64's smallest signal frame with its frame record, FP state only */
    MOST_AUX = 32,                   /* entries of the auxiliary vector */
};

struct builder {
    u64 sp;      /* everything from here to `top` is in use */
    u64 top;
    unsigned word; /* bytes of a pointer in the guest */
    bool big;
    bool failed; /* a copy_out failed */
};

static void put(struct builder *b, u64 at, const void *data, size_t bytes)
{
    b->failed |= copy_out(at, data, bytes) != 0;
}

static u64 push(struct builder *b, const void *data, size_t bytes)
{
    b->sp -= bytes;
    put(b, b->sp, data, bytes);
    return b->sp;
}

/* Writes a word of the guest's. */
static void store_word(const struct builder *b, void *to, u64 v)
{
    u64 wide = b->big ? htobe64(v) : htole64(v);
    u32 narrow = b->big ? htobe32((u32)v) : htole32((u32)v);
    memcpy(to, b->word == 8 ? (void *)&wide : (void *)&narrow, b->word);
}

/* Counts strings and their bytes. -E2BIG if one is too long. */
static i64 measure(char **strings, u64 *count)
{
    u64 bytes = 0;
    for (*count = 0; strings[*count]; ++*count) {
        size_t n = strlen(strings[*count]) + 1;
        if (n > STRING_MAX)
            return -E2BIG;
        bytes += n;
    }
    return (i64)bytes;
}

/* Strings are pushed last one first; their addresses go to `vector`, as words of the guest's. */
static void push_strings(struct builder *b, char **strings, u64 count, u8 *vector)
{
    for (u64 i = count; i-- > 0;)
        store_word(b, vector + i * b->word, push(b, strings[i], strlen(strings[i]) + 1));
}

struct vector {
    u8 entry[2 * 8 * MOST_AUX];
    size_t bytes;
    const struct builder *b;
};

static void aux(struct vector *v, u64 type, u64 value)
{
    unsigned word = v->b->word;
    must(v->bytes + 2 * word <= sizeof v->entry);
    store_word(v->b, v->entry + v->bytes, type);
    store_word(v->b, v->entry + v->bytes + word, value);
    v->bytes += 2 * word;
}

static void fill_auxv(struct vector *v, const struct load_request *request, const struct image *program,
                      const struct image *interpreter, u64 vdso, u64 random, u64 execfn, u64 platform)
{
    if (vdso)
        aux(v, AT_SYSINFO_EHDR, vdso);
    if (!program->narrow)
        aux(v, AT_MINSIGSTKSZ, MIN_SIGNAL_STACK);
    aux(v, AT_HWCAP, request->hwcap);
    aux(v, AT_PAGESZ, MEM_PAGE);
    aux(v, AT_CLKTCK, (u64)sysconf(_SC_CLK_TCK));
    aux(v, AT_PHDR, program->phdr_addr);
    aux(v, AT_PHENT, program->narrow ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr));
    aux(v, AT_PHNUM, program->header.e_phnum);
    aux(v, AT_BASE, interpreter ? interpreter->bias : 0);
    aux(v, AT_FLAGS, 0);
    aux(v, AT_ENTRY, program->entry);
    aux(v, AT_UID, getuid());
    aux(v, AT_EUID, geteuid());
    aux(v, AT_GID, getgid());
    aux(v, AT_EGID, getegid());
    aux(v, AT_SECURE, getauxval(AT_SECURE));
    aux(v, AT_RANDOM, random);
    aux(v, AT_HWCAP2, request->hwcap2);
    aux(v, AT_EXECFN, execfn);
    if (platform)
        aux(v, AT_PLATFORM, platform);
    aux(v, AT_NULL, 0);
}

/* The most bytes of strings and pointers: a quarter of the stack, within bounds. */
static u64 string_limit(u64 stack_bytes)
{
    u64 limit = stack_bytes / 4;
    limit = limit < STRINGS_MAX ? limit : STRINGS_MAX;
    return limit > STRINGS_MIN ? limit : STRINGS_MIN;
}

static i64 map_stack(u64 top, u64 used, bool exec)
{
    u64 bytes = align_up(used + STACK_MARGIN, MEM_PAGE);
    int prot = PROT_READ | PROT_WRITE | (exec ? PROT_EXEC : 0);
    i64 at = mem_mmap(top - bytes, bytes, prot,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_STACK | MAP_FIXED_NOREPLACE, -1, 0);
    if (at >= 0)
        mem_name((u64)at, bytes, "[stack]");
    return at;
}

static int fill_stack(struct builder *b, const struct load_request *request, char **argv, u64 argc, u64 envc,
                      const struct image *program, const struct image *interpreter, u64 vdso,
                      struct load_result *result)
{
    u8 random[16], zero[8] = {0}, count[8];
    u8 *pointers = calloc(argc + envc + 1, b->word);
    if (!pointers || getrandom(random, sizeof random, 0) != sizeof random) {
        free(pointers);
        return -ENOMEM;
    }
    const char *name = request->execfn ? request->execfn : request->path;
    u64 execfn = push(b, name, strlen(name) + 1);
    result->env_end = b->sp;
    push_strings(b, request->envp, envc, pointers + argc * b->word);
    result->env_start = result->arg_end = b->sp;
    push_strings(b, argv, argc, pointers);
    result->arg_start = b->sp;
    b->sp &= ~15ull;
    u64 platform = request->platform ? push(b, request->platform, strlen(request->platform) + 1) : 0;
    u64 random_at = push(b, random, sizeof random);

    struct vector v = {.b = b};
    fill_auxv(&v, request, program, interpreter, vdso, random_at, execfn, platform);
    b->sp = (b->sp - (1 + argc + 1 + envc + 1) * b->word - v.bytes) & ~15ull;
    store_word(b, count, argc);
    u64 at = b->sp, word = b->word;
    put(b, at, count, word);
    put(b, at += word, pointers, argc * word);
    put(b, at += argc * word, zero, word);
    put(b, at += word, pointers + argc * word, envc * word);
    put(b, at += envc * word, zero, word);
    put(b, at += word, v.entry, v.bytes);
    free(pointers);
    _Static_assert(sizeof v.entry <= sizeof result->auxv, "the whole vector is kept");
    memcpy(result->auxv, v.entry, v.bytes);
    result->auxv_bytes = v.bytes;
    return b->failed ? -EFAULT : 0;
}

int stack_build(const struct load_request *request, const struct image *program, const struct image *interpreter,
                u64 vdso, struct load_result *result, char *message, size_t message_bytes)
{
    char *no_arguments[] = {(char[]){""}, NULL};
    char **argv = request->argv[0] ? request->argv : no_arguments; /* a program always has a name, like Linux 5.18 */
    u64 argc, envc;
    const char *name = request->execfn ? request->execfn : request->path;
    i64 arg_bytes = measure(argv, &argc), env_bytes = measure(request->envp, &envc);
    u64 bytes = (u64)arg_bytes + (u64)env_bytes + strlen(name) + 1 + (argc + envc) * image_word(program);
    if (arg_bytes < 0 || env_bytes < 0 || bytes > string_limit(request->stack_bytes))
        return load_failed(E2BIG, message, message_bytes, "has an argument list that is too long");
    struct builder b = {.top = mem.stack_top, .word = image_word(program), .big = program->big_endian};
    b.sp = b.top - b.word;
    i64 at = map_stack(b.top, bytes + MEM_PAGE, program->exec_stack);
    if (at < 0)
        return load_failed((int)-at, message, message_bytes, "gets no stack: %s", load_reason((int)-at));
    int e = fill_stack(&b, request, argv, argc, envc, program, interpreter, vdso, result);
    if (e)
        return load_failed(-e, message, message_bytes, "gets no stack: %s", strerror(-e));
    result->sp = result->stack_start = b.sp;
    return 0;
}
