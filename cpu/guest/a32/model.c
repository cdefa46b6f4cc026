/* CPU models: everything a program can read about its processor follows from features.def and models.def. */
#include "guest/a32/model.h"

#define CAP(n) (1u << (n))

static const struct {
    u32 hwcap, hwcap2;
} features[A32_FEAT_COUNT] = {
#define FEATURE(name, hwcap, hwcap2, doc) {hwcap, hwcap2},
#include "guest/a32/features.def"
#undef FEATURE
};

/* The names that models.def uses in its sets. */
enum feature_bit {
#define FEATURE(name, hwcap, hwcap2, doc) name = 1ull << A32_FEAT_##name,
#include "guest/a32/features.def"
#undef FEATURE
};

const struct a32_model a32_models[] = {
#define MODEL(name, midr, platform, machine, cpu_name, architecture, features)                                         \
    {name, midr, platform, machine, cpu_name, architecture, features},
#include "guest/a32/models.def"
#undef MODEL
};
const u32 a32_model_count = ARRAY_SIZE(a32_models);

const struct a32_model *a32_model_find(const char *name)
{
    for (u32 i = 0; i < a32_model_count; i++)
        if (!strcmp(a32_models[i].name, name))
            return &a32_models[i];
    return NULL;
}

static bool model_has(const struct a32_model *m, unsigned feature) { return !m || (m->features >> feature & 1); }

u32 a32_hwcap(const struct a32_model *m)
{
    u32 caps = CAP(0) | CAP(1) | CAP(2) | CAP(4); /* SWP, HALF, THUMB, FAST_MULT: every model */
    for (unsigned i = 0; i < A32_FEAT_COUNT; i++)
        if (model_has(m, i))
            caps |= features[i].hwcap;
    /* Processors with exclusives are not told to use SWP (elf_hwcap_fixup()), and Jazelle counts up to ARMv6. */
    caps &= ~(model_has(m, A32_FEAT_v6k) ? CAP(0) : 0) & ~(model_has(m, A32_FEAT_v7) ? CAP(8) : 0);
    if (model_has(m, A32_FEAT_vfp3) && !model_has(m, A32_FEAT_d32))
        caps |= CAP(14); /* VFPv3D16 */
    return caps;
}

u32 a32_hwcap2(const struct a32_model *m)
{
    u32 caps = 0;
    for (unsigned i = 0; i < A32_FEAT_COUNT; i++)
        if (model_has(m, i))
            caps |= features[i].hwcap2;
    return caps;
}

u32 a32_fpscr_bits(const struct cpu_common *cpu)
{
    u32 bits = A32_FPSCR_CONTROL;
    if (!a32_has(cpu, A32_FEAT_shvec))
        bits &= ~(u32)(A32_FPSCR_LEN | A32_FPSCR_STRIDE);
    if (!a32_has(cpu, A32_FEAT_fp16))
        bits &= ~(u32)A32_FPSCR_FZ16;
    if (!a32_has(cpu, A32_FEAT_half))
        bits &= ~(u32)A32_FPSCR_AHP;
    return bits;
}
