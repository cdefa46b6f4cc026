/* Runs the passes. */
#include "opt/opt.h"

#include <stdio.h>

static void check(const struct ir_fn *fn, const char *after)
{
#ifdef XRUN_DEBUG
    const char *problem = ir_verify(fn);
    if (!problem)
        return;
    fprintf(stderr, "xrun: after %s: %s\n", after, problem);
    ir_print(fn, NULL, stderr);
    must(!"valid IR");
#else
    (void)fn, (void)after;
#endif
}

void opt_run(struct ir_fn *fn)
{
    check(fn, "lifting");
    opt_forward(fn);
    check(fn, "forward");
    opt_simplify(fn);
    check(fn, "simplify");
    opt_dead(fn);
    check(fn, "dead");
    opt_compact(fn);
    check(fn, "compact");
    opt_exclusive(fn);
    check(fn, "exclusive");
}
