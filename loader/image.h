/* Private to loader/: a program file's headers, checked. */
#ifndef XRUN_LOADER_IMAGE_H
#define XRUN_LOADER_IMAGE_H

#include "loader/loader.h"

#include <gelf.h>

enum { IMAGE_MAX_HEADERS = 64 << 10 }; /* bytes of program headers that the kernel accepts */
/* No segment may end above: the whole user half of a 48-bit address space, so that sums of a few addresses do not
 * wrap. What is mapped is then checked against mem.limit, which load_check_file() does not know yet. */
static const u64 IMAGE_TOP = 1ull << 47;

/* The headers of one ELF file in host byte order. Every segment that is to be loaded has been checked: sizes and
 * offsets do not wrap, and it ends at or below IMAGE_TOP. */
struct image {
    int fd;
    u64 file_bytes;
    GElf_Ehdr header;
    GElf_Phdr *segment; /* header.e_phnum of them */
    bool big_endian;
    bool narrow;        /* ELFCLASS32: words of 32 bits */
    bool exec_stack, has_interpreter;
    bool has_stack;     /* there is a PT_GNU_STACK */
    bool bti;           /* PT_GNU_PROPERTY asks for it */
    char interpreter[4096];
    u64 low, high;      /* page-aligned range of all PT_LOAD, before the bias */
    u64 align;          /* largest p_align, at least a page */
    /* after image_map() */
    u64 bias, entry, end, phdr_addr;
};

/* Reads and checks. Returns 0 or -errno with a sentence in message. Free with image_free() in both cases. */
int image_read(struct image *image, int fd, char *message, size_t message_bytes);
/* Frees the headers; does not close fd. */
void image_free(struct image *image);
/* Maps all segments. interpreter: it is one, so it goes where mmap puts it, and guard pages for BTI as the kernel does
 * it (interpreter, or a program that has none). */
int image_map(struct image *image, bool interpreter, char *message, size_t message_bytes);

/* Name of an ELF machine, or NULL. */
const char *machine_name(u16 machine);

/* Bytes of a pointer in the guest. */
static inline unsigned image_word(const struct image *im) { return im->narrow ? 4 : 8; }
/* 32-bit ARM, big-endian, without BE8: instructions are big-endian as well. */
static inline bool image_be32(const struct image *im)
{
    return im->header.e_machine == EM_ARM && im->big_endian && !(im->header.e_flags & EF_ARM_BE8);
}

/* Maps the vdso, and what else the kernel maps for a program. Returns the vdso's address or -errno; *sigreturn = address
 * of the signal return code. */
i64 vdso_map(const struct image *program, u64 *sigreturn);

/* Builds the main stack. vdso: 0 if there is none; interpreter: NULL if there is none. Fills result. Returns 0 or
 * -errno with a sentence in message. */
int stack_build(const struct load_request *request, const struct image *program, const struct image *interpreter,
                u64 vdso, struct load_result *result, char *message, size_t message_bytes);

/* What an error of a mapping means, and what to do about it. */
const char *load_reason(int error);

/* message = formatted text; returns error. */
__attribute__((format(printf, 4, 5))) int load_failed(int error, char *message, size_t bytes, const char *format, ...);

#endif
