/* CPU models: which extensions a guest processor has, and everything that a program can read about it. */
#ifndef XRUN_A64_MODEL_H
#define XRUN_A64_MODEL_H

#include "state/a64_state.h"

enum a64_feature {
#define FEATURE(name, hwcap, hwcap2, reg, fields, doc) A64_FEAT_##name,
#include "guest/a64/features.def"
#undef FEATURE
    A64_FEAT_COUNT
};
_Static_assert(A64_FEAT_COUNT <= 64, "a model's features are one u64");

struct a64_model {
    const char *name; /* as after -cpu */
    u32 midr;         /* MIDR_EL1 */
    u64 features;     /* bit n: feature n of enum a64_feature */
};

/* All models, "max" first, for help texts and the test that each can be selected. */
extern const struct a64_model a64_models[];
extern const u32 a64_model_count;

/* The model called `name`; NULL: none such. */
const struct a64_model *a64_model_find(const char *name);

/* True if the processor has the feature. A processor without a model (tests) is "max". */
static inline bool a64_has(const struct cpu_common *cpu, enum a64_feature f)
{
    const struct a64_model *m = cpu->model;
    return !m || (m->features >> f & 1);
}

/* AT_HWCAP and AT_HWCAP2 of a model. Source: Documentation/arch/arm64/elf_hwcaps.rst. */
u64 a64_hwcap(const struct a64_model *m);
u64 a64_hwcap2(const struct a64_model *m);

/* What MRS of an identification register (op0 = 3, op1 = 0, CRn = 0) reads at EL0, as Linux emulates it: only the fields
 * that the kernel shows to programs, the others with their safe value. false: the kernel gives SIGILL.
 * m may be NULL: "max". Source: Documentation/arch/arm64/cpu-feature-registers.rst, arch/arm64/kernel/cpufeature.c. */
bool a64_id_register(const struct a64_model *m, unsigned crm, unsigned op2, u64 *value);

/* Constants that EL0 reads directly. */
enum a64_constant {
    A64_ZVA_BYTES = 64,
    A64_DCZID = 4,              /* DC ZVA permitted, 2^4 words */
    A64_LINE_BYTES = 64,        /* both caches; CTR_EL0 says so */
    A64_CNTFRQ = 1000000000,    /* Hz: the virtual counter is CLOCK_MONOTONIC in nanoseconds */
};
/* CTR_EL0: 64-byte lines, PIPT instruction cache, no IDC or DIC: programs must clean and invalidate. */
static const u64 A64_CTR = 0x8444c004;

/* Gives a new process's main processor its model and what execve(2) resets: pointer authentication keys (random), SSBS.
 * Registers are left alone. Source: arch/arm64/kernel/process.c, pointer_auth.c. */
void a64_reset_process(struct a64_state *s, const struct a64_model *m);
/* New random keys for bits of `which`: bit n: key n of IA IB DA DB GA (prctl(PR_PAC_RESET_KEYS)). */
void a64_random_keys(struct a64_state *s, u32 which);

#endif
