/* xrun [options] program [arguments]: the program. It reads the command line, finds out what the program is, loads it and
 * runs it; this is the only file that sees every part.
 *
 *     options -> engine (cpu/run) -> address space (softmmu) -> program (loader) -> system calls -> run
 *
 * A script on the command line runs its interpreter; a program of the host is executed natively. Started through a link
 * named xrun-GUEST, it runs only programs of that guest. Started by binfmt_misc, flags O and P are honoured.
 */
#define _GNU_SOURCE
#include "cpu/run/perf.h"
#include "cpu/run/run.h"
#include "loader/loader.h"
#include "softmmu/softmmu.h"
#include "syscalls/sys.h"
#include "tools/guests.h"
#include "tools/listing.h"
#include "tools/options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_MEMORY ((u64)1 << 40) /* of limits in bytes */

enum {
    NOT_FOUND = 127,
    NOT_RUNNABLE = 126,
    WRONG_USE = 2,
    MAX_SCRIPTS = 5,                /* levels of #! (the kernel's BINPRM limit) */
    PRESERVE_ARGV0 = 1,             /* AT_FLAGS: binfmt_misc's flag P */
    DEFAULT_THRESHOLD = 128,        /* of --jit-threshold, by measurement */
    DEFAULT_REGION_THRESHOLD = 20000, /* of --region-threshold */
    OWN_STACK = 1 << 20,            /* of the host's main stack, made sure of at the start */
    LEAST_CACHE = 64 << 10,         /* with less, loops of small programs are translated again in every turn */
    LEAST_CODE = 256 << 10,         /* of the code buffer: shared code and a piece of code fit */
    OWN_STACK_MARGIN = 256 << 10,
};

/* What is to be run. */
struct program {
    int fd;
    char path[PATH_MAX];            /* host path of the file that is loaded */
    const char *name;               /* what the user or execve(2) called it: messages, AT_EXECFN, comm */
    char **argv;                    /* the guest's */
    struct load_check check;
};

#if defined(XRUN_SANITIZE)
/* Faults are the guest's: their signals must come with the dispositions that the parent left. */
const char *__asan_default_options(void); // NOLINT(bugprone-reserved-identifier)
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:use_sigaltstack=0:detect_leaks=0";
}
#endif

static const struct guest_kind *guest;

/* --- messages and dumps ------------------------------------------------------------------------------------------- */

static void print_guest_context(int fd)
{
    if (!sys_self || !sys_self->cpu)
        return;
    char text[64];
    int n = snprintf(text, sizeof text, "guest pc 0x%llx\n", (unsigned long long)sys_self->cpu->pc);
    if (write(fd, text, (size_t)n) == n)
        guest->cpu->dump(sys_self->cpu, fd);
}

static int no_program(int status, const char *name, const char *why)
{
    warn_user("%s: %s", name, why);
    return status;
}

/* --- options ------------------------------------------------------------------------------------------------------ */

static int list_models(void)
{
    for (u32 i = 0; i < guest_kind_count; i++) {
        printf("%s:", guest_kinds[i].name);
        guest_kinds[i].list_models();
        printf("\n");
    }
    return 0;
}

static int list_channels(void)
{
#define X(id, word, help) printf("%-10s %s\n", word, help);
    LOG_CHANNELS(X)
#undef X
    return 0;
}

static int wrong_value(const char *option, const char *value, const char *expected)
{
    warn_user("%s %s: %s", option, value, expected);
    return WRONG_USE;
}

static int apply_log_options(const struct options *o)
{
    const char *list = o->value[OPT_LOG], *file = o->value[OPT_LOG_FILE];
    const char *unknown = list ? log_select(list) : NULL;
    if (unknown)
        return wrong_value("-d", unknown, "nothing is called that; '-d help' lists what can be printed");
    if (o->value[OPT_STRACE])
        log_mask |= 1u << LOG_STRACE;
    int e = file ? log_open(file, o->exec_name != NULL) : 0;
    if (e)
        return wrong_value("-D", file, strerror(-e));
    return 0;
}

static int apply_perf_options(const struct options *o)
{
    const char *folder = o->value[OPT_JITDUMP];
    bool append = o->exec_name != NULL;
    int e = o->value[OPT_PERF_MAP] ? perf_map_start(append) : 0;
    if (e)
        return wrong_value("--perf-map", "/tmp", strerror(-e));
    e = folder ? perf_dump_start(folder, append) : 0;
    return e ? wrong_value("--jitdump", folder, strerror(-e)) : 0;
}

/* -s sets the limit that the kernel would look at, so that growth and getrlimit(2) agree with it. */
static int apply_stack_option(const char *text)
{
    u64 bytes;
    struct rlimit limit;
    if (!text)
        return 0;
    if (!options_bytes(text, &bytes) || bytes < MEM_PAGE)
        return wrong_value("-s", text, "expected a number of bytes");
    if (getrlimit(RLIMIT_STACK, &limit))
        return wrong_value("-s", text, strerror(errno));
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_STACK, &limit))
        return wrong_value("-s", text, "more than the hard limit of the stack (ulimit -H -s)");
    return 0;
}

/* The address space of the guest; -s was applied before. name: of the program. */
static int set_up_memory(const struct options *o, const char *name)
{
    const char *base = o->value[OPT_BASE], *most = o->value[OPT_RESERVED];
    u64 base_address = 0, most_bytes = 0;
    if (base && !options_bytes(base, &base_address))
        return wrong_value("-B", base, "expected an address");
    if (most && !options_bytes(most, &most_bytes))
        return wrong_value("-R", most, "expected a number of bytes");
    if (base_address && guest->bits == 64)
        return wrong_value("-B", base, "64-bit programs run with guest base 0 only");
    if (most_bytes && guest->bits == 64)
        return wrong_value("-R", most, "64-bit programs have the whole address space");
    int e = mem_init(guest->bits, base_address, most_bytes);
    if (base && e)
        return wrong_value("-B", base, e == -EINVAL ? "expected a multiple of the page size, 4096"
                                                    : "4 GiB of addresses from there on are not free on this host");
    if (most && e == -EINVAL)
        return wrong_value("-R", most, "expected a multiple of the page size, 4096");
    if (e == -ENOMEM)
        return no_program(NOT_RUNNABLE, name, "there are no 4 GiB of free addresses for it; name a place with -B");
    return e ? no_program(NOT_RUNNABLE, name, strerror(-e)) : 0;
}

/* An option's number in *n, which keeps its value if the option is not given. */
static int take_number(const struct options *o, enum option_id id, u64 least, u64 most, u64 *n)
{
    const char *text = o->value[id];
    char option[40], expected[80];
    u64 given;
    if (!text)
        return 0;
    if (options_bytes(text, &given) && given >= least && given <= most) {
        *n = given;
        return 0;
    }
    snprintf(option, sizeof option, "--%s", options_name(id));
    snprintf(expected, sizeof expected, "expected a number, %llu to %llu", (unsigned long long)least, (unsigned long long)most);
    return wrong_value(option, text, expected);
}

static int apply_limits(const struct options *o, struct cpu_config *config)
{
    u64 cache = 0, code = 0, block = 0, threshold = DEFAULT_THRESHOLD, hot = DEFAULT_REGION_THRESHOLD;
    int e = take_number(o, OPT_CACHE, LEAST_CACHE, MOST_MEMORY, &cache);
    if (!e)
        e = take_number(o, OPT_CODE, LEAST_CODE, MOST_MEMORY, &code);
    if (!e)
        e = take_number(o, OPT_MAX_BLOCK, 1, 0xffff, &block);
    if (!e)
        e = take_number(o, OPT_THRESHOLD, 0, 0x7fffffff, &threshold);
    if (!e)
        e = take_number(o, OPT_REGION_THRESHOLD, 0, 0x7fffffff, &hot);
    config->cache_bytes = cache;
    config->code_bytes = code;
    config->max_block_insns = (u32)block;
    config->jit_threshold = (u32)threshold;
    config->region_threshold = (u32)hot;
    return e;
}

static int apply_engine(const char *name, struct cpu_config *config)
{
    static const struct {
        const char *name;
        enum cpu_engine_kind kind;
        bool plain;
    } engines[] = {{"interp", CPU_INTERP, false}, {"jit", CPU_JIT, false}, {"jit-noopt", CPU_JIT, true}};
    for (size_t i = 0; i < ARRAY_SIZE(engines); i++)
        if (!strcmp(name, engines[i].name)) {
            config->engine = engines[i].kind;
            config->no_optimise = engines[i].plain;
            return 0;
        }
    return wrong_value("--engine", name, "expected interp, jit or jit-noopt");
}

static int apply_engine_options(const struct options *o, struct cpu_config *config)
{
    const char *engine = o->value[OPT_ENGINE], *features = o->value[OPT_HOST_FEATURES];
    *config = (struct cpu_config){.engine = CPU_JIT, .fp_traps = true};
    int e = apply_limits(o, config);
    if (!e && engine)
        e = apply_engine(engine, config);
    if (e)
        return e;
    config->no_optimise |= o->value[OPT_NO_OPTIMISE] != NULL;
    config->no_link = o->value[OPT_NO_LINK] != NULL;
    char word[64];
    const char *wrong = features ? cpu_choose_host_features(features, word, sizeof word) : NULL;
    return wrong ? wrong_value("--host-features", word, wrong) : 0;
}

/* What depends on the program's guest. A model that a program of another guest hands on says nothing here. */
static int choose_guest(const struct options *o, const struct program *p, struct cpu_config *config)
{
    const char *cpu = o->value[OPT_CPU];
    guest = guest_kind_of(&p->check);
    must(guest);
    bool inherited = o->exec_name != NULL;
    if (!guest->choose_model(cpu ? cpu : "max") && !(inherited && guest->choose_model("max")))
        return wrong_value("-cpu", cpu, "no such model; '-cpu help' lists them");
    config->guest = guest->cpu;
    if (log_on(LOG_IN_ASM) && guest->cpu == &guest_a64)
        cpu_disassemble = listing_guest_a64;
    listing_watch(guest->cpu);
    return 0;
}

/* Options that print something and end. -1: none of them. */
static int informative_options(const struct options *o)
{
    const char *cpu = o->value[OPT_CPU], *list = o->value[OPT_LOG];
    if (o->value[OPT_HELP])
        return options_print_help(), 0;
    if (o->value[OPT_VERSION])
        return printf("xrun %s\n", XRUN_VERSION), 0;
    if (cpu && (!strcmp(cpu, "help") || !strcmp(cpu, "?")))
        return list_models();
    if (o->value[OPT_HOST_FEATURES] && !strcmp(o->value[OPT_HOST_FEATURES], "help"))
        return cpu_list_host_features(), 0;
    if (list && (!strcmp(list, "help") || !strcmp(list, "?")))
        return list_channels();
    return -1;
}

/* --- the program -------------------------------------------------------------------------------------------------- */

/* Opens a file and looks at it. name: for messages. Returns 0 or the exit status after a message. */
static int examine(struct program *p, int fd, const char *path, const char *name)
{
    if (fd < 0)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo must not wait for a writer */
    if (fd < 0)
        return no_program(errno == ENOENT || errno == ENOTDIR ? NOT_FOUND : NOT_RUNNABLE, name, strerror(errno));
    if (p->fd >= 0)
        close(p->fd);
    p->fd = fd;
    load_check_file(fd, &p->check);
    snprintf(p->path, sizeof p->path, "%s", path);
    return p->check.kind == LOAD_BAD ? no_program(NOT_RUNNABLE, name, p->check.message) : 0;
}

/* Puts a script's interpreter and its argument in front: {script, args..} -> {interpreter, argument, script, args..}. */
static char **script_arguments(const struct load_check *check, const char *script, char **argv)
{
    size_t n = 0, k = 0;
    while (argv[n])
        n++;
    char **out = calloc(n + 4, sizeof *out);
    must(out);
    out[k++] = strdup(check->interpreter);
    if (check->argument[0])
        out[k++] = strdup(check->argument);
    out[k++] = (char *)script;
    for (size_t i = 1; i < n; i++)
        out[k++] = argv[i];
    return out;
}

static int follow_scripts(struct program *p, const char *sysroot)
{
    const char *script = p->name;
    for (int level = 0; p->check.kind == LOAD_SCRIPT; level++) {
        char path[PATH_MAX], name[2 * PATH_MAX];
        if (level == MAX_SCRIPTS)
            return no_program(NOT_RUNNABLE, p->name, "too many levels of #! lines");
        p->argv = script_arguments(&p->check, script, p->argv);
        script = p->argv[0];
        snprintf(name, sizeof name, "%s: its interpreter %s", p->name, script);
        load_path(sysroot, script, path, sizeof path);
        int status = examine(p, -1, path, name);
        if (status)
            return status;
    }
    return 0;
}

/* "xrun-aarch64" and the like: the guest that this name stands for. NULL: any. */
static const char *guest_of_name(const char *argv0)
{
    const char *slash = strrchr(argv0, '/'), *name = slash ? slash + 1 : argv0;
    return strncmp(name, "xrun-", 5) ? NULL : name + 5;
}

static int check_guest(const struct program *p, const char *argv0)
{
    static const char suffix[] = "-binfmt-P";
    char wanted[64];
    const char *guest = guest_of_name(argv0);
    if (!guest || !*guest)
        return 0;
    snprintf(wanted, sizeof wanted, "%s", guest);
    size_t n = strlen(wanted);
    if (n >= sizeof suffix - 1 && !strcmp(wanted + n - (sizeof suffix - 1), suffix))
        wanted[n - (sizeof suffix - 1)] = 0;
    const struct guest_kind *kind = p->check.kind == LOAD_HOST ? NULL : guest_kind_of(&p->check);
    const char *is = !kind ? "host" : p->check.big_endian ? kind->big_name : kind->name;
    if (!strcmp(wanted, is) || (!strcmp(wanted, "binfmt-P")))
        return 0;
    char why[160];
    bool known = false;
    for (u32 i = 0; i < guest_kind_count; i++)
        known |= !strcmp(wanted, guest_kinds[i].name) || !strcmp(wanted, guest_kinds[i].big_name);
    if (!known)
        snprintf(why, sizeof why, "xrun-%s: this xrun has no such guest; it runs aarch64, aarch64_be, arm and armeb", wanted);
    else
        snprintf(why, sizeof why, "is not a program for %s; use %s", wanted,
                 p->check.kind == LOAD_HOST ? "no emulator: it is the host's" : is);
    return no_program(NOT_RUNNABLE, p->name, why);
}

/* binfmt_misc with flag P: xrun, path, the original argv[0], arguments. */
static bool preserves_argv0(const char *argv0)
{
    return getauxval(AT_FLAGS) & PRESERVE_ARGV0 || strstr(argv0, "-binfmt-P");
}

/* Fills in *p from the command line. Returns 0 or the exit status after a message. */
static int find_program(struct program *p, const struct options *o, const char *argv0)
{
    int fd = o->exec_fd;
    const char *path = o->program[0];
    p->fd = -1;
    p->argv = o->program;
    if (!o->exec_name && preserves_argv0(argv0) && p->argv[1])
        p->argv++;
    else if (o->value[OPT_ARGV0])
        p->argv[0] = (char *)o->value[OPT_ARGV0];
    p->name = o->exec_name ? o->exec_name : path;
    if (fd < 0) {
        errno = 0;
        unsigned long given = getauxval(AT_EXECFD); /* binfmt_misc with flag O */
        fd = errno || !given ? -1 : (int)given;
    }
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    int status = examine(p, fd, path, p->name);
    if (!status)
        status = follow_scripts(p, o->value[OPT_SYSROOT]);
    return status ? status : check_guest(p, argv0);
}

static int run_natively(const struct program *p, char **environment)
{
    execve(p->path, p->argv, environment);
    return no_program(NOT_RUNNABLE, p->name, strerror(errno));
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static char *absolute_path(int fd)
{
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return strdup(path);
}

static char *own_path(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return strdup(path);
}

/* The host's main stack is xrun's own, and the guest may lower the limit that lets it grow: grow it now. Only the page
 * at its end is touched. */
__attribute__((noinline)) static void reserve_own_stack(u64 limit)
{
    u64 bytes = limit > OWN_STACK + OWN_STACK_MARGIN ? OWN_STACK : limit / 4;
    volatile char *end = __builtin_alloca(bytes);
    *end = 0;
}

/* Host signal handlers are in place from here on: loading, too, copies to guest memory. */
static void start_syscalls(const struct options *o)
{
    static const struct sys_engine engine = {
        .run = cpu_run,
        .cpu_new = cpu_new,
        .cpu_free = cpu_free,
        .cpu_abandon = cpu_abandon,
        .host_fault = cpu_host_fault,
        .code_written = helper_icache_invalidate,
        .fork_prepare = cpu_fork_prepare,
        .fork_done = cpu_fork_done,
        .ending = cpu_ending,
    };
    struct sys_options options = {
        .sysroot = o->value[OPT_SYSROOT],
        .self = own_path(),
        .self_args = o->inherited,
        .strace = o->value[OPT_STRACE] != NULL,
        .uname_release = o->value[OPT_RELEASE],
        .seccomp_fd = o->seccomp_fd,
    };
    sys_init(&engine, &options);
}

static void describe_process(const struct program *p, const struct load_result *loaded)
{
    const char *slash = strrchr(p->name, '/');
    sys.exe = absolute_path(p->fd);
    sys.argv = p->argv;
    sys.comm = strdup(slash ? slash + 1 : p->name);
    sys.auxv = malloc(loaded->auxv_bytes);
    must(sys.auxv);
    memcpy(sys.auxv, loaded->auxv, loaded->auxv_bytes);
    sys.auxv_bytes = loaded->auxv_bytes;
    sys.stack_start = loaded->stack_start;
    sys.arg_start = loaded->arg_start;
    sys.arg_end = loaded->arg_end;
    sys.env_start = loaded->env_start;
    sys.env_end = loaded->env_end;
    sys.midr = guest->midr();
    sys.cpu_name = guest->cpu_name();
    sys.cpu_architecture = guest->architecture();
    sys.platform = guest->platform(loaded->big_endian);
    sys.machine = guest->machine_name(loaded->big_endian);
    sys.sigreturn_addr = loaded->sigreturn;
    proc_announce(p->fd);
}

/* The user's home folder by the password file: $HOME is often changed for tests, which do not expect files there. Users who
 * are not in the file have $HOME only. */
static void user_home(char *text, size_t bytes)
{
    const char *home = getenv("HOME");
    FILE *f = fopen("/etc/passwd", "re");
    struct passwd *p = NULL;
    while (f && (p = fgetpwent(f)) != NULL && p->pw_uid != geteuid())
        ;
    snprintf(text, bytes, "%s", p ? p->pw_dir : home ? home : "");
    if (f)
        fclose(f);
}

/* In the folder for what programs can make again (XDG base directory specification), if the user owns it, or the home
 * folder: sudo(8) may leave another user's environment. False: none. */
static bool user_cache(char *text, size_t bytes)
{
    const char *base = getenv("XDG_CACHE_HOME");
    struct stat st;
    char home[PATH_MAX];
    bool given = base && *base == '/';
    if (!given)
        user_home(home, sizeof home);
    const char *owned = given ? base : home;
    if (*owned != '/' || stat(owned, &st) || st.st_uid != geteuid())
        return false;
    return snprintf(text, bytes, given ? "%s/xrun/translations" : "%s/.cache/xrun/translations", owned) < (int)bytes;
}

static void keep_translations(const struct program *p, const struct options *o)
{
    const char *folder = o->value[OPT_KEEP];
    char text[PATH_MAX] = "", path[PATH_MAX], model[200];
    bool automatic = !folder || !strcmp(folder, "auto");
    if (folder && !strcmp(folder, "none"))
        return;
    if (!automatic)
        snprintf(text, sizeof text, "%s", folder);
    else if (!user_cache(text, sizeof text))
        return;
    snprintf(model, sizeof model, "%s %x %llx %llx", o->value[OPT_CPU] ? o->value[OPT_CPU] : "", guest->midr(),
             (unsigned long long)guest->hwcap(), (unsigned long long)guest->hwcap2());
    if (text[0] && realpath(p->path, path))
        cpu_keep(text, path, model, automatic);
}

static int run_guest(const struct program *p, const struct options *o, const struct cpu_config *config)
{
    struct rlimit stack = {.rlim_cur = 8 << 20};
    getrlimit(RLIMIT_STACK, &stack);
    reserve_own_stack(stack.rlim_cur);
    int status = set_up_memory(o, p->name);
    if (status)
        return status;
    struct load_request request = {
        .fd = p->fd,
        .path = p->path,
        .execfn = p->name,
        .argv = p->argv,
        .envp = o->environment,
        .sysroot = o->value[OPT_SYSROOT],
        .hwcap = guest->hwcap(),
        .hwcap2 = guest->hwcap2(),
        .platform = guest->platform(p->check.big_endian),
        .stack_bytes = stack.rlim_cur,
    };
    struct load_result loaded;
    char why[256];
    cpu_init(config);
    start_syscalls(o);
    keep_translations(p, o);
    if (load_program(&request, &loaded, why, sizeof why))
        return no_program(NOT_RUNNABLE, p->name, why);
    describe_process(p, &loaded);
    close(p->fd);
    struct cpu_common *cpu = cpu_new(NULL);
    must(cpu);
    guest->start(cpu, &loaded);
    sys_run_main(cpu);
    return 0;
}

int main(int argc, char **argv, char **environment)
{
    struct options o;
    struct cpu_config config;
    struct program program;
    int status = options_read(&o, argc, argv, environment);
    if (status)
        return status;
    status = informative_options(&o);
    if (status >= 0)
        return status;
    if (!o.program[0]) {
        warn_user("no program given; try --help");
        return WRONG_USE;
    }
    status = apply_log_options(&o);
    if (!status)
        status = apply_stack_option(o.value[OPT_STACK]);
    if (!status)
        status = apply_engine_options(&o, &config);
    if (!status)
        status = find_program(&program, &o, argv[0]);
    if (status)
        return status;
    if (program.check.kind == LOAD_HOST)
        return run_natively(&program, o.environment);
    status = choose_guest(&o, &program, &config);
    if (!status)
        status = apply_perf_options(&o);
    if (status)
        return status;
    must_context = print_guest_context;
    return run_guest(&program, &o, &config);
}
