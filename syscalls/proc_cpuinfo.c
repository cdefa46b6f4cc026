/* /proc/cpuinfo, in the formats of arch/arm64/kernel/cpuinfo.c and arch/arm/kernel/setup.c. */
#include "syscalls/proc_text.h"
#include "syscalls/syscall.h"

#include <elf.h>

/* Names of the HWCAP and HWCAP2 bits, from bit 0 on; NULL: not named by the kernel. */
static const char *const arm64_names[] = {
    "fp",    "asimd",    "evtstrm", "aes",   "pmull",  "sha1",  "sha2", "crc32", "atomics", "fphp",    "asimdhp",
    "cpuid", "asimdrdm", "jscvt",   "fcma",  "lrcpc",  "dcpop", "sha3", "sm3",   "sm4",     "asimddp", "sha512",
    "sve",   "asimdfhm", "dit",     "uscat", "ilrcpc", "flagm", "ssbs", "sb",    "paca",    "pacg",
};
static const char *const arm64_names2[] = {
    "dcpodp",    "sve2",      "sveaes",    "svepmull",  "svebitperm", "svesha3",   "svesm4",    "flagm2",    "frint",
    "svei8mm",   "svef32mm",  "svef64mm",  "svebf16",   "i8mm",       "bf16",      "dgh",       "rng",       "bti",
    "mte",       "ecv",       "afp",       "rpres",     "mte3",       "sme",       "smei16i64", "smef64f64", "smei8i32",
    "smef16f32", "smeb16f32", "smef32f32", "smefa64",   "wfxt",       "ebf16",     "sveebf16",  "cssc",      "rprfm",
    "sve2p1",    "sme2",      "sme2p1",    "smei16i32", "smebi32i32", "smeb16b16", "smef16f16", "mops",      "hbc",
};
static const char *const arm_names[] = {
    "swp",     "half",     "thumb", "26bit", "fastmult", "fpa",   "vfp",    "edsp", "java",    "iwmmxt", "crunch",
    "thumbee", "neon",     "vfpv3", "vfpv3d16", "tls",   "vfpv4", "idiva",  "idivt", "vfpd32", "lpae",   "evtstrm",
    "fphp",    "asimdhp",  "asimddp", "asimdfhm", "asimdbf16", "i8mm",
};
static const char *const arm_names2[] = {"aes", "pmull", "sha1", "sha2", "crc32", "sb", "ssbs"};

static u64 auxv_value(u64 type)
{
    unsigned word = abi_narrow(&sys_abi) ? 4 : 8;
    const u8 *v = sys.auxv;
    for (size_t at = 0; at + 2 * word <= sys.auxv_bytes; at += 2 * word)
        if (abi_load(&sys_abi, v + at, word) == type)
            return abi_load(&sys_abi, v + at + word, word);
    return 0;
}

static void names(FILE *out, u64 set, const char *const *name, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set >> i & 1 && name[i])
            fprintf(out, " %s", name[i]);
}

void proc_write_cpuinfo(FILE *out, int host_fd)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    bool arm = sys_abi.id == ABI_arm;
    u64 caps = auxv_value(AT_HWCAP), caps2 = auxv_value(AT_HWCAP2);
    (void)host_fd;
    for (long i = 0; i < cpus; i++) {
        fprintf(out, "processor\t: %ld\n", i);
        if (arm)
            fprintf(out, "model name\t: %s rev %u (%s)\n", sys.cpu_name, sys.midr & 15, sys.platform);
        fprintf(out, "BogoMIPS\t: 100.00\nFeatures\t:");
        names(out, caps, arm ? arm_names : arm64_names, arm ? ARRAY_SIZE(arm_names) : ARRAY_SIZE(arm64_names));
        names(out, caps2, arm ? arm_names2 : arm64_names2, arm ? ARRAY_SIZE(arm_names2) : ARRAY_SIZE(arm64_names2));
        /* MIDR_EL1: implementer 31:24, variant 23:20, part 15:4, revision 3:0 */
        fprintf(out,
                "\nCPU implementer\t: 0x%02x\nCPU architecture: %s\nCPU variant\t: 0x%x\nCPU part\t: 0x%03x\nCPU "
                "revision\t: %u\n\n",
                sys.midr >> 24, sys.cpu_architecture, sys.midr >> 20 & 15, sys.midr >> 4 & 0xfff, sys.midr & 15);
    }
    if (arm)
        fprintf(out, "Hardware\t: xrun\nRevision\t: 0000\nSerial\t\t: 0000000000000000\n");
}
