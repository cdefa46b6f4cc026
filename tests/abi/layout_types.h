/* The types of structs.def as a guest's own compiler sees them: its headers, and our copies of kernel structs. */
#ifndef XRUN_LAYOUT_TYPES_H
#define XRUN_LAYOUT_TYPES_H

#define XRUN_BASE_H /* base.h needs 128-bit integers, which 32-bit compilers do not have */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

#include "syscalls/abi/types.h"

#endif
