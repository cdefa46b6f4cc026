/* The guests: see guests.h. */
#include "tools/guests.h"
#include "guest/a32/model.h"
#include "guest/a64/model.h"
#include "syscalls/sys.h"

#include <elf.h>
#include <stdio.h>

/* --- AArch64 ---------------------------------------------------------------------------------------------------------- */

static const struct a64_model *a64_model;

static bool a64_choose(const char *name) { return (a64_model = a64_model_find(name)) != NULL; }
static u64 a64_caps(void) { return a64_hwcap(a64_model); }
static u64 a64_caps2(void) { return a64_hwcap2(a64_model); }
static const char *a64_name(bool big) { return big ? "aarch64_be" : "aarch64"; }
static u32 a64_midr(void) { return a64_model->midr; }
static const char *a64_cpu_name(void) { return NULL; }
static const char *a64_architecture(void) { return "8"; }

static void a64_list(void)
{
    for (u32 i = 0; i < a64_model_count; i++)
        printf(" %s", a64_models[i].name);
}

static void a64_start(struct cpu_common *cpu, const struct load_result *loaded)
{
    sys_set_guest(SYS_GUEST_ARM64, loaded->big_endian);
    a64_reset_process((struct a64_state *)cpu, a64_model);
    cpu->mode |= loaded->big_endian ? A64_MODE_BE : 0;
    cpu->pc = loaded->entry;
    A64_SP((struct a64_state *)cpu) = loaded->sp;
}

/* --- 32-bit ARM ------------------------------------------------------------------------------------------------------- */

static const struct a32_model *a32_model;

static bool a32_choose(const char *name) { return (a32_model = a32_model_find(name)) != NULL; }
static u64 a32_caps(void) { return a32_hwcap(a32_model); }
static u64 a32_caps2(void) { return a32_hwcap2(a32_model); }
static u32 a32_midr(void) { return a32_model->midr; }
static const char *a32_cpu_name(void) { return a32_model->cpu_name; }
static const char *a32_architecture(void) { return a32_model->architecture; }

static void a32_list(void)
{
    for (u32 i = 0; i < a32_model_count; i++)
        printf(" %s", a32_models[i].name);
}

/* The model's names end with a letter for the byte order. */
static const char *a32_platform(bool big)
{
    static char name[16];
    snprintf(name, sizeof name, "%s%c", a32_model->platform, big ? 'b' : 'l');
    return name;
}

static const char *a32_machine(bool big)
{
    static char name[16];
    snprintf(name, sizeof name, "%s%c", a32_model->machine, big ? 'b' : 'l');
    return name;
}

static void a32_start(struct cpu_common *cpu, const struct load_result *loaded)
{
    struct a32_state *s = (struct a32_state *)cpu;
    sys_set_guest(SYS_GUEST_ARM, loaded->big_endian);
    cpu->model = a32_model;
    cpu->mode |= (loaded->big_endian ? A32_MODE_BE : 0) | (loaded->be32 ? A32_MODE_BE32 : 0) |
                 (loaded->entry & 1 ? A32_MODE_T : 0);
    cpu->pc = loaded->entry & ~(u64)1;
    s->r[A32_SP] = (u32)loaded->sp;
    sys.fpscr_bits = a32_fpscr_bits(cpu);
    a32_set_fpscr(s, 0, sys.fpscr_bits);
}

/* ---------------------------------------------------------------------------------------------------------------------- */

const struct guest_kind guest_kinds[] = {
    {"aarch64", "aarch64_be", EM_AARCH64, 64, &guest_a64, a64_choose, a64_list, a64_caps, a64_caps2, a64_name, a64_name,
     a64_midr, a64_cpu_name, a64_architecture, a64_start},
    {"arm", "armeb", EM_ARM, 32, &guest_a32, a32_choose, a32_list, a32_caps, a32_caps2, a32_platform, a32_machine, a32_midr,
     a32_cpu_name, a32_architecture, a32_start},
};
const u32 guest_kind_count = ARRAY_SIZE(guest_kinds);

const struct guest_kind *guest_kind_of(const struct load_check *check)
{
    for (u32 i = 0; i < guest_kind_count; i++)
        if (guest_kinds[i].machine == check->machine)
            return &guest_kinds[i];
    return NULL;
}
