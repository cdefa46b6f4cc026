/* Guest memory for helper functions (helpers.def): DC ZVA, memory copy instructions and the like.
 *
 * These functions access guest memory as the IR's load and store do: bits above cpu_common.addr_mask do not count, the
 * top of the guest's address space is checked, and an address that cannot be accessed ends the instruction with
 * EXIT_FAULT at its pc: the function then does not return to the helper. So a helper must hold no lock and no memory of
 * its own when it calls them, and must have written to the state and to guest memory exactly what the instruction
 * writes before the fault. Only for helpers that run inside cpu_run(); system calls use copy_in() and copy_out().
 * Implemented by cpu/interp. */
#ifndef XRUN_HELPER_MEM_H
#define XRUN_HELPER_MEM_H

#include "state/common.h"

/* The value of `bytes` (1, 2, 4, 8) bytes in the host's byte order, zero-extended. */
u64 guest_read(struct cpu_common *cpu, u64 addr, unsigned bytes);
/* Writes the low `bytes` (1, 2, 4, 8) bytes of value, in the host's byte order. */
void guest_write(struct cpu_common *cpu, u64 addr, u64 value, unsigned bytes);

/* Any number of bytes from the lowest address up; what lies below the faulting address is done when it faults. */
void guest_read_bytes(struct cpu_common *cpu, void *to, u64 addr, size_t bytes);
void guest_write_bytes(struct cpu_common *cpu, u64 addr, const void *from, size_t bytes);
void guest_fill(struct cpu_common *cpu, u64 addr, u8 value, size_t bytes);

/* Checks that `bytes` bytes can be read (or written) without changing them; faults at the first that cannot. */
void guest_probe(struct cpu_common *cpu, u64 addr, size_t bytes, bool write);

/* Ends the instruction with a trap, as the IR's trap_if does. */
__attribute__((noreturn)) void guest_trap(struct cpu_common *cpu, enum cpu_trap trap, u32 code, u64 addr);
/* Ends the instruction with a memory fault at addr (SIGSEGV). */
__attribute__((noreturn)) void guest_fault(struct cpu_common *cpu, u64 addr, bool write);

#endif
