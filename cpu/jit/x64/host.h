/* The x86-64 backend. */
#ifndef XRUN_JIT_X64_HOST_H
#define XRUN_JIT_X64_HOST_H

struct jit_host;
/* NULL on other hosts. */
extern const struct jit_host *const jit_x64;

#endif
