/* Offsets that safe_syscall.S needs; host.c asserts them. */
#ifndef XRUN_SAFE_OFFSETS_H
#define XRUN_SAFE_OFFSETS_H

#define SYS_THREAD_CPU 0
#define CPU_POLL 168

#endif
