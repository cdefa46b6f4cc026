/* CPU models: what a 32-bit ARM processor has, and what a program can read about it. */
#ifndef XRUN_A32_MODEL_H
#define XRUN_A32_MODEL_H

#include "state/a32_state.h"

enum a32_feature {
#define FEATURE(name, hwcap, hwcap2, doc) A32_FEAT_##name,
#include "guest/a32/features.def"
#undef FEATURE
    A32_FEAT_COUNT
};
_Static_assert(A32_FEAT_COUNT <= 64, "a model's features are one u64");

struct a32_model {
    const char *name; /* as after -cpu */
    u32 midr;
    const char *platform, *machine; /* AT_PLATFORM and uname -m, without the letter of the byte order */
    const char *cpu_name, *architecture; /* of /proc/cpuinfo */
    u64 features;                   /* bit n: feature n of enum a32_feature */
};

/* All models, "max" first. */
extern const struct a32_model a32_models[];
extern const u32 a32_model_count;

/* The model called `name`; NULL: none such. */
const struct a32_model *a32_model_find(const char *name);

/* True if the processor has the feature. A processor without a model (tests) is "max". */
static inline bool a32_has(const struct cpu_common *cpu, enum a32_feature f)
{
    const struct a32_model *m = cpu->model;
    return !m || (m->features >> f & 1);
}

/* AT_HWCAP and AT_HWCAP2 of a model. Source: arch/arm/include/uapi/asm/hwcap.h. */
u32 a32_hwcap(const struct a32_model *m);
u32 a32_hwcap2(const struct a32_model *m);

/* The control bits of FPSCR that can be written, for a32_set_fpscr(). */
u32 a32_fpscr_bits(const struct cpu_common *cpu);

#endif
