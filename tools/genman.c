/* Writes the manual page xrun(1): its option lines are the rows of options.def.
 *
 * usage: genman VERSION > xrun.1
 */
#include <stdio.h>

struct row {
    const char *short_name, *long_name, *variable, *argument, *help;
};
static const struct row rows[] = {
#define OPT(id, short_name, long_name, variable, argument, inherit, help)                                              \
    {short_name, long_name, variable, argument, help},
#include "tools/options.def"
#undef OPT
};

/* Text as troff shows it: dashes stay dashes, no line begins a request. */
static void text(const char *s)
{
    for (; *s; s++) {
        if (*s == '-')
            putchar('\\');
        if (*s == '\\')
            fputs("\\e", stdout);
        else
            putchar(*s);
    }
}

static void option(const struct row *r)
{
    printf(".TP\n");
    if (r->short_name) {
        printf("\\fB\\-");
        text(r->short_name);
        printf("\\fR");
        if (r->argument)
            printf(" \\fI%s\\fR", r->argument);
        printf(", ");
    }
    printf("\\fB\\-\\-");
    text(r->long_name);
    printf("\\fR");
    if (r->argument)
        printf(" \\fI%s\\fR", r->argument);
    printf("\n");
    text(r->help);
    printf(".\n");
    if (r->variable)
        printf("Variable: \\fB%s\\fR.\n", r->variable);
}

static const char head[] = ".SH NAME\nxrun \\- run a Linux program built for another processor\n"
                           ".SH SYNOPSIS\n.B xrun\n[\\fIoptions\\fR] \\fIprogram\\fR [\\fIarguments\\fR]\n"
                           ".SH DESCRIPTION\n"
                           "Runs a program built for AArch64 Linux as if it were native, in user space and without "
                           "root: same files, same terminal,\n"
                           "same exit status, same signals.\n"
                           "Programs that it starts run under xrun, too; programs of the host run natively.\n"
                           ".PP\n"
                           "A dynamically linked program needs the libraries of its own system: \\fB\\-L\\fR names the "
                           "folder of an unpacked one.\n"
                           "Absolute paths that exist below it are taken from there, all others from the host.\n"
                           ".PP\n"
                           "Started through a link called \\fBxrun\\-aarch64\\fR or \\fBxrun\\-aarch64_be\\fR, xrun "
                           "runs programs of that kind only.\n"
                           ".SH OPTIONS\n"
                           "Long options take one dash as well. Variables are read first, so that the command line "
                           "wins; for an option without an\n"
                           "argument any value but an empty one and 0 switches it on.\n";
static const char tail[] = ".SH EXIT STATUS\n"
                           "That of the program. If it is killed by a signal, xrun is killed by the same signal.\n"
                           "Errors of xrun itself are one line that begins with \\(lqxrun:\\(rq and end with 127 (the "
                           "program cannot be found), 126 (it\n"
                           "cannot be run) or 2 (wrong use).\n"
                           ".SH EXAMPLES\n.nf\n"
                           "xrun ./static\\-program arguments\n"
                           "xrun \\-L /srv/arm64 /srv/arm64/usr/bin/python3 script.py\n"
                           "xrun \\-strace \\-D calls.%d ./program\n"
                           ".fi\n"
                           ".SH SEE ALSO\n.BR strace (1),\n.BR perf (1)\n";

int main(int argc, char **argv)
{
    printf(".\\\" Written by tools/genman.c\n.TH XRUN 1 \"\" \"xrun %s\"\n", argc > 1 ? argv[1] : "");
    fputs(head, stdout);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        option(&rows[i]);
    fputs(tail, stdout);
    return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
