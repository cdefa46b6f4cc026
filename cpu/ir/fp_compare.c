/* Comparisons, minimum and maximum: no arithmetic, so one version for all formats serves as the fast one too. */
#include "ir/fp_soft.h"

u32 fp_compare(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool signalling)
{
    a = fp_flush_input(cpu, f, a);
    b = fp_flush_input(cpu, f, b);
    if (fp_is_nan(f, a) || fp_is_nan(f, b)) {
        if (signalling || fp_is_snan(f, a) || fp_is_snan(f, b))
            fp_raise(cpu, FP_IOC);
        return 3u << 28; /* unordered: C and V */
    }
    if (a == b || fp_magnitude(f, a | b) == 0)
        return 6u << 28;
    return fp_order(f, a) < fp_order(f, b) ? 8u << 28 : 2u << 28;
}

bool fp_holds(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, enum fp_relation what)
{
    u32 nzcv = fp_compare(cpu, f, a, b, what != FP_EQ);
    return what == FP_EQ ? nzcv == 6u << 28 : nzcv == 2u << 28 || (what == FP_GE && nzcv == 6u << 28);
}

u64 fp_minmax(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool max, bool number)
{
    a = fp_flush_input(cpu, f, a);
    b = fp_flush_input(cpu, f, b);
    bool nan_a = fp_is_nan(f, a), nan_b = fp_is_nan(f, b);
    if (nan_a || nan_b) {
        bool quiet_only = !fp_is_snan(f, a) && !fp_is_snan(f, b);
        if (number && quiet_only && nan_a != nan_b)
            return nan_a ? b : a;
        return fp_nan2(cpu, f, a, b);
    }
    /* This order puts -0 below +0, as the instructions do. */
    return (fp_order(f, a) > fp_order(f, b)) == max ? a : b;
}
