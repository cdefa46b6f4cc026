/* CPU models: everything a program can read about its processor follows from features.def and models.def. */
#include "guest/a64/model.h"

#include <sys/random.h>
#include <time.h>

enum a64_id { ID_PFR0, ID_PFR1, ID_ISAR0, ID_ISAR1, ID_ISAR2, ID_MMFR2, ID_COUNT };

#define CAP(n) (1ull << (n))
#define FIELD(shift, value) ((u64)(value) << (shift))

static const struct {
    u64 hwcap, hwcap2, fields;
    u8 reg;
} features[A64_FEAT_COUNT] = {
#define FEATURE(name, hwcap, hwcap2, reg, fields, doc) {hwcap, hwcap2, fields, ID_##reg},
#include "guest/a64/features.def"
#undef FEATURE
};

/* The names that models.def uses in its sets. */
enum feature_bit {
#define FEATURE(name, hwcap, hwcap2, reg, fields, doc) name = CAP(A64_FEAT_##name),
#include "guest/a64/features.def"
#undef FEATURE
};

const struct a64_model a64_models[] = {
#define MODEL(name, midr, features) {name, midr, features},
#include "guest/a64/models.def"
#undef MODEL
};
const u32 a64_model_count = ARRAY_SIZE(a64_models);

const struct a64_model *a64_model_find(const char *name)
{
    for (u32 i = 0; i < a64_model_count; i++)
        if (!strcmp(a64_models[i].name, name))
            return &a64_models[i];
    return NULL;
}

static bool model_has(const struct a64_model *m, unsigned feature) { return !m || (m->features >> feature & 1); }

u64 a64_hwcap(const struct a64_model *m)
{
    u64 caps = CAP(0) | CAP(1) | CAP(2) | CAP(11); /* FP, ASIMD, EVTSTRM, CPUID: every model */
    for (unsigned i = 0; i < A64_FEAT_COUNT; i++)
        if (model_has(m, i))
            caps |= features[i].hwcap;
    return caps;
}

u64 a64_hwcap2(const struct a64_model *m)
{
    u64 caps = 0;
    for (unsigned i = 0; i < A64_FEAT_COUNT; i++)
        if (model_has(m, i))
            caps |= features[i].hwcap2;
    return caps;
}

/* Field by field the greater value: a later version of an extension includes the earlier. */
static u64 merge_fields(u64 x, u64 y)
{
    u64 r = 0;
    for (unsigned shift = 0; shift < 64; shift += 4) {
        u64 a = x >> shift & 15, b = y >> shift & 15;
        r |= (a > b ? a : b) << shift;
    }
    return r;
}

static u64 id_fields(const struct a64_model *m, enum a64_id reg)
{
    u64 value = 0;
    for (unsigned i = 0; i < A64_FEAT_COUNT; i++)
        if (features[i].reg == reg && model_has(m, i))
            value = merge_fields(value, features[i].fields);
    return value;
}

bool a64_id_register(const struct a64_model *m, unsigned crm, unsigned op2, u64 *value)
{
    *value = 0; /* what is not named below is hidden, untracked or reserved: reads as zero */
    switch (crm << 3 | op2) {
    case 0 << 3 | 0: /* MIDR_EL1 */
        *value = m ? m->midr : a64_models[0].midr;
        return true;
    case 0 << 3 | 5: /* MPIDR_EL1: no affinity is told */
        *value = 1ull << 31;
        return true;
    case 0 << 3 | 6: /* REVIDR_EL1 */
        return true;
    case 4 << 3 | 0: /* ID_AA64PFR0_EL1: EL0 and EL1 are AArch64 only; FP and AdvSIMD 0: present */
        *value = id_fields(m, ID_PFR0) | 0x11;
        return true;
    case 4 << 3 | 1:
        *value = id_fields(m, ID_PFR1);
        return true;
    case 6 << 3 | 0:
        *value = id_fields(m, ID_ISAR0);
        return true;
    case 6 << 3 | 1:
        *value = id_fields(m, ID_ISAR1);
        return true;
    case 6 << 3 | 2:
        *value = id_fields(m, ID_ISAR2);
        return true;
    case 5 << 3 | 0: /* ID_AA64DFR0_EL1: debug architecture 8.0, the safe value */
        *value = 6;
        return true;
    case 7 << 3 | 0: /* ID_AA64MMFR0_EL1: 4 and 64 KiB granules hidden as "not implemented" */
        *value = 0xff000000;
        return true;
    case 7 << 3 | 2:
        *value = id_fields(m, ID_MMFR2);
        return true;
    }
    return crm >= 2 && crm <= 7;
}

void a64_random_keys(struct a64_state *s, u32 which)
{
    u64 keys[10];
    u8 *at = (u8 *)keys;
    size_t left = sizeof(keys);
    while (left) {
        ssize_t n = getrandom(at, left, 0);
        if (n <= 0) /* a sandbox without getrandom: keys need only differ from process to process */
            for (n = 0; (size_t)n < left; n++)
                at[n] = (u8)(clock() + n * 0x9d + (uintptr_t)s);
        at += n;
        left -= (size_t)n;
    }
    for (unsigned k = 0; k < 5; k++)
        if (which >> k & 1)
            memcpy(&s->pac_keys[2 * k], &keys[2 * k], 16);
}

void a64_reset_process(struct a64_state *s, const struct a64_model *m)
{
    s->c.model = m;
    s->ssbs[0] = 0;
    s->dit[0] = 0;
    s->btype_pc[0] = A64_NO_BTYPE;
    a64_random_keys(s, 31);
}
