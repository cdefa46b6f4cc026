/* Processor features: what CPUID and the kernel offer, less what --host-features switches off. */
#include "jit/x64/host.h"
#include "jit/x64/rules.h"
#include "base/host_cpu.h"

#include <stdio.h>

#if defined(__x86_64__)

enum feature {
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state) FEATURE_##name,
#include "jit/x64/features.def"
#undef FEATURE
    FEATURES,
    FEATURE_FLOOR = FEATURES
};
enum { EAX = HOST_EAX, EBX = HOST_EBX, ECX = HOST_ECX, EDX = HOST_EDX };
enum { STATE_SSE = 0, STATE_AVX = 6, STATE_AVX512 = 0xe6 }; /* bits of XCR0 (Intel SDM 1, 13.3) */

static const struct row {
    const char *name;
    u8 needs;
    u32 leaf, subleaf;
    u8 reg, bit, state;
} rows[FEATURES] = {
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state) {#name, FEATURE_##needs, leaf, subleaf, reg, bit, state},
#include "jit/x64/features.def"
#undef FEATURE
};

static struct {
    bool known;
    bool has[FEATURES]; /* of the processor */
    bool on[FEATURES];
} features;

static void detect(void)
{
    if (features.known)
        return;
    u64 states = host_states();
    for (int i = 0; i < FEATURES; i++) {
        const struct row *f = &rows[i];
        u32 r[4];
        bool there = host_cpuid(f->leaf, f->subleaf, r);
        features.has[i] = there && r[f->reg] >> f->bit & 1 && (states & f->state) == f->state &&
                          (f->needs == FEATURE_FLOOR || features.has[f->needs]);
    }
    memcpy(features.on, features.has, sizeof features.on);
    features.known = true;
}

static int find(const char *name, size_t n)
{
    for (int i = 0; i < FEATURES; i++)
        if (strlen(rows[i].name) == n && !memcmp(rows[i].name, name, n))
            return i;
    return -1;
}

static void switch_on(int i)
{
    for (;; i = rows[i].needs) {
        features.on[i] = true;
        if (rows[i].needs == FEATURE_FLOOR)
            return;
    }
}

static void switch_off(int i)
{
    features.on[i] = false;
    for (int k = i + 1; k < FEATURES; k++)
        if (rows[k].needs != FEATURE_FLOOR && !features.on[rows[k].needs])
            features.on[k] = false;
}

/* One word of the list. NULL, or what is wrong with it. */
static const char *choose(const char *word, size_t n, bool any)
{
    bool off = *word == '-', sign = off || *word == '+';
    if (n == 6 && !memcmp(word, "sse4.2", 6)) {
        memset(features.on, 0, sizeof features.on);
        return NULL;
    }
    if (n == 4 && !memcmp(word, "host", 4)) {
        memcpy(features.on, features.has, sizeof features.on);
        return NULL;
    }
    int i = find(word + sign, n - sign);
    if (i < 0)
        return "nothing is called that; '--host-features help' lists what there is";
    if (off)
        switch_off(i);
    else if (!features.has[i] && !any)
        return "this processor does not have it";
    else
        switch_on(i);
    return NULL;
}

const char *x64_choose_features(const char *list, bool any, char *word, size_t word_bytes)
{
    detect();
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        const char *wrong = n ? choose(at, n, any) : NULL;
        if (wrong) {
            snprintf(word, word_bytes, "%.*s", (int)n, at);
            return wrong;
        }
        at += n + (at[n] == ',');
    }
    return NULL;
}

void x64_list_features(FILE *to)
{
    detect();
    fprintf(to, "%-16s the least that compiled code needs: no feature below\n", "sse4.2");
    fprintf(to, "%-16s all that this processor has (default)\n", "host");
    for (int i = 0; i < FEATURES; i++)
        fprintf(to, "%-16s %s\n", rows[i].name, features.has[i] ? "present" : "absent");
}

unsigned long x64_feature_bits(void)
{
    _Static_assert(FEATURES <= 64, "a bit each");
    unsigned long bits = 0;
    detect();
    for (int i = 0; i < FEATURES; i++)
        bits |= (unsigned long)features.on[i] << i;
    return bits;
}

void x64_apply_features(void)
{
    detect();
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state) x64_shared.name = features.on[FEATURE_##name];
#include "jit/x64/features.def"
#undef FEATURE
}
#endif
