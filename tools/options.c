/* Command line and XRUN_* variables, from options.def. */
#define _GNU_SOURCE
#include "tools/options.h"
#include "syscalls/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct row {
    const char *short_name, *long_name, *variable, *argument;
    bool inherit;
    const char *help;
} rows[OPT_COUNT] = {
#define OPT(id, short_name, long_name, variable, argument, inherit, help)                                              \
    {short_name, long_name, variable, argument, inherit, help},
#include "tools/options.def"
#undef OPT
};

enum { WRONG_USE = 2, HELP_COLUMN = 28 };

struct list {
    char **item;
    size_t count;
};

static void append(struct list *l, const char *text)
{
    l->item = realloc(l->item, (l->count + 2) * sizeof *l->item);
    must(l->item);
    l->item[l->count++] = (char *)text;
    l->item[l->count] = NULL;
}

static size_t name_length(const char *assignment) { return strcspn(assignment, "="); }

static void unset(struct list *env, const char *name, size_t n)
{
    for (size_t i = 0; i < env->count;) {
        if (name_length(env->item[i]) == n && !memcmp(env->item[i], name, n)) {
            memmove(&env->item[i], &env->item[i + 1], (env->count - i) * sizeof *env->item);
            env->count--;
        } else {
            i++;
        }
    }
}

static bool set(struct list *env, const char *assignment)
{
    size_t n = name_length(assignment);
    if (!n || !assignment[n])
        return false;
    unset(env, assignment, n);
    append(env, assignment);
    return true;
}

/* An option's value has been given; env is the guest's environment. */
static int take(struct options *o, struct list *env, enum option_id id, const char *value)
{
    o->value[id] = value;
    if (id == OPT_SET_ENV && !set(env, value)) {
        warn_user("-E %s: expected VAR=VALUE", value);
        return WRONG_USE;
    }
    if (id == OPT_UNSET_ENV)
        unset(env, value, strlen(value));
    return 0;
}

static int take_variable(struct options *o, struct list *env, enum option_id id)
{
    const char *value = rows[id].variable ? getenv(rows[id].variable) : NULL;
    if (!value || !*value)
        return 0;
    if (!rows[id].argument)
        return strcmp(value, "0") ? take(o, env, id, "1") : 0;
    if (id != OPT_SET_ENV && id != OPT_UNSET_ENV)
        return take(o, env, id, value);
    int e = 0;
    char *all = strdup(value), *rest = all;
    must(all);
    for (char *one; !e && (one = strsep(&rest, ",")) != NULL;) /* the environment keeps pointers into `all` */
        if (*one)
            e = take(o, env, id, one);
    return e;
}

/* The row that an argument names; *value: what follows "=", NULL if nothing does. -1: none. */
static int find_option(const char *argument, const char **value)
{
    const char *name = argument + 1 + (argument[1] == '-');
    size_t n = strcspn(name, "=");
    *value = name[n] ? name + n + 1 : NULL;
    for (int i = 0; i < OPT_COUNT; i++) {
        const char *names[] = {rows[i].short_name, rows[i].long_name};
        for (int k = 0; k < 2; k++)
            if (names[k] && strlen(names[k]) == n && !memcmp(names[k], name, n))
                return i;
    }
    return -1;
}

/* xrun's own option, for the program that execve(2) found: "FD:NAME". */
static bool read_exec(struct options *o, const char *text)
{
    char *end;
    errno = 0;
    long fd = text ? strtol(text, &end, 10) : -1;
    if (!text || errno || end == text || *end != ':' || fd < 0 || fd > 0x7fffffff)
        return false;
    o->exec_fd = (int)fd;
    o->exec_name = end + 1;
    return true;
}

static int read_arguments(struct options *o, struct list *env, char **argv)
{
    for (argv++; *argv && argv[0][0] == '-' && argv[0][1]; argv++) {
        if (!strcmp(*argv, "--")) {
            argv++;
            break;
        }
        if (!strcmp(*argv, "--exec")) {
            if (!read_exec(o, argv[1])) {
                warn_user("--exec is for xrun's own use");
                return WRONG_USE;
            }
            argv++;
            continue;
        }
        if (!strcmp(*argv, "--seccomp") && argv[1]) {
            o->seccomp_fd = atoi(*++argv);
            continue;
        }
        const char *value;
        int id = find_option(*argv, &value);
        if (id < 0 || (value && !rows[id].argument)) {
            warn_user("%s: unknown option; try --help", *argv);
            return WRONG_USE;
        }
        if (!rows[id].argument) {
            value = "1";
        } else if (!value) {
            value = *++argv;
            if (!value) {
                warn_user("%s needs an argument: %s", argv[-1], rows[id].argument);
                return WRONG_USE;
            }
        }
        int e = take(o, env, (enum option_id)id, value);
        if (e)
            return e;
    }
    o->program = argv;
    return 0;
}

static void collect_inherited(struct options *o)
{
    struct list l = {0};
    for (int i = 0; i < OPT_COUNT; i++) {
        if (!rows[i].inherit || !o->value[i])
            continue;
        char *option;
        must(asprintf(&option, "--%s", rows[i].long_name) >= 0);
        append(&l, option);
        if (rows[i].argument)
            append(&l, o->value[i]);
    }
    o->inherited = l.item;
}

static bool started_by_itself(char **argv)
{
    for (char **a = argv + 1; *a && a[0][0] == '-'; a++)
        if (!strcmp(*a, "--exec"))
            return true;
        else if (a[0][1] == '-' && a[1] && a[1][0] != '-')
            a++;
    return false;
}

int options_read(struct options *o, int argc, char **argv, char **environment)
{
    struct list env = {0};
    *o = (struct options){.exec_fd = -1, .seccomp_fd = -1};
    size_t hidden = strlen(SYS_GUEST_VARIABLE);
    int e = 0;
    for (char **v = environment; *v; v++)
        append(&env, *v + (strncmp(*v, SYS_GUEST_VARIABLE, hidden) ? 0 : hidden));
    /* A program that the guest started gets the options as arguments; its variables are the guest's own. */
    bool variables = argc > 0 && !started_by_itself(argv);
    for (int i = 0; variables && !e && i < OPT_COUNT; i++)
        e = take_variable(o, &env, (enum option_id)i);
    if (!e)
        e = argc > 0 ? read_arguments(o, &env, argv) : WRONG_USE;
    static char *none[] = {NULL};
    o->environment = env.item ? env.item : none;
    collect_inherited(o);
    return e;
}

const char *options_name(enum option_id id) { return rows[id].long_name; }

bool options_bytes(const char *text, u64 *bytes)
{
    static const char suffixes[] = "kMGT";
    char *end;
    errno = 0;
    *bytes = strtoull(text, &end, 0);
    if (errno || end == text || *text == '-')
        return false;
    const char *suffix = *end ? strchr(suffixes, *end == 'K' ? 'k' : *end) : NULL;
    if (!suffix)
        return !*end;
    unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
    if (end[1] || *bytes > ~0ull >> shift)
        return false;
    *bytes <<= shift;
    return true;
}

void options_print_help(void)
{
    printf("usage: xrun [options] program [arguments]\n"
           "Runs a Linux program built for another processor (AArch64) as if it were native.\n\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        const struct row *r = &rows[i];
        char left[80];
        snprintf(left, sizeof left, "%s%s%s--%s%s%s", r->short_name ? "-" : "", r->short_name ? r->short_name : "",
                 r->short_name ? ", " : "    ", r->long_name, r->argument ? " " : "", r->argument ? r->argument : "");
        printf("  %-*s%s%s\n", HELP_COLUMN, left, strlen(left) >= HELP_COLUMN ? " " : "", r->help);
        if (r->variable)
            printf("  %-*s%s\n", HELP_COLUMN, "", r->variable);
    }
    printf("\nExit status: the program's; 127 if it cannot be found, 126 if it cannot be run, 2 for wrong use.\n"
           "A program killed by a signal ends xrun by the same signal.\n");
}
