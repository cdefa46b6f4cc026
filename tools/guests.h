/* The guests that xrun runs: what the main file must know of each. One row per guest in guests.c. */
#ifndef XRUN_GUESTS_H
#define XRUN_GUESTS_H

#include "guest/guest.h"
#include "loader/loader.h"

struct guest_kind {
    const char *name, *big_name; /* by byte order, as in the link xrun-NAME */
    u16 machine;                 /* e_machine */
    unsigned bits;               /* of a pointer */
    const struct guest *cpu;
    /* Selects the processor model called `name`, "max" at first; false: there is none of that name. */
    bool (*choose_model)(const char *name);
    void (*list_models)(void);
    /* Of the selected model: the program's auxiliary vector and uname -m; MIDR. */
    u64 (*hwcap)(void), (*hwcap2)(void);
    const char *(*platform)(bool big_endian), *(*machine_name)(bool big_endian);
    u32 (*midr)(void);
    const char *(*cpu_name)(void), *(*architecture)(void); /* of /proc/cpuinfo */
    /* Gives a processor whose registers are zero its model and what execve(2) sets. */
    void (*start)(struct cpu_common *cpu, const struct load_result *loaded);
};
extern const struct guest_kind guest_kinds[];
extern const u32 guest_kind_count;

/* The guest of a program that load_check_file() called LOAD_GUEST. */
const struct guest_kind *guest_kind_of(const struct load_check *check);

#endif
