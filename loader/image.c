/* One ELF file: headers through libelf, segments into guest memory as the kernel's fs/binfmt_elf.c maps them.
 *
 * Only the headers are handed to libelf: a copy of the file header and the program headers, with the section fields
 * cleared. A program is loaded by its segments, and a damaged section table must not keep it from running. */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif

#define FAIL(...) load_failed(ENOEXEC, message, message_bytes, __VA_ARGS__)

enum { NOTE_MAX = 1024, NOTE_FEATURE_1_AND = (int)0xc0000000, FEATURE_BTI = 1 };

static u64 get(const void *p, size_t bytes, bool big)
{
    u64 v = 0;
    for (size_t i = 0; i < bytes; i++)
        v |= (u64)((const u8 *)p)[i] << 8 * (big ? bytes - 1 - i : i);
    return v;
}

static void set(void *p, u64 v, size_t bytes, bool big)
{
    for (size_t i = 0; i < bytes; i++)
        ((u8 *)p)[i] = (u8)(v >> 8 * (big ? bytes - 1 - i : i));
}

static bool read_at(const struct image *im, void *to, size_t bytes, u64 offset)
{
    return offset <= im->file_bytes && bytes <= im->file_bytes - offset &&
           pread(im->fd, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* A field of the file header, which is as the file has it. */
#define FIELD(im, raw, name)                                                                                           \
    ((im)->narrow ? get((raw) + offsetof(Elf32_Ehdr, name), sizeof ((Elf32_Ehdr *)0)->name, (im)->big_endian)          \
                  : get((raw) + offsetof(Elf64_Ehdr, name), sizeof ((Elf64_Ehdr *)0)->name, (im)->big_endian))
#define SET_FIELD(im, raw, name, value)                                                                                \
    ((im)->narrow ? set((raw) + offsetof(Elf32_Ehdr, name), value, sizeof ((Elf32_Ehdr *)0)->name, (im)->big_endian)   \
                  : set((raw) + offsetof(Elf64_Ehdr, name), value, sizeof ((Elf64_Ehdr *)0)->name, (im)->big_endian))

static size_t header_bytes(const struct image *im) { return im->narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr); }
static size_t segment_bytes(const struct image *im) { return im->narrow ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr); }

/* Has libelf convert `count` program headers; raw starts with the file header. */
static int convert(struct image *im, u8 *raw, size_t bytes, char *message, size_t message_bytes)
{
    SET_FIELD(im, raw, e_phoff, header_bytes(im));
    SET_FIELD(im, raw, e_shoff, 0);
    SET_FIELD(im, raw, e_shnum, 0);
    SET_FIELD(im, raw, e_shstrndx, 0);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)raw, bytes);
    if (!elf || !gelf_getehdr(elf, &im->header)) {
        elf_end(elf);
        return FAIL("is a damaged ELF file: %s", elf_errmsg(-1));
    }
    for (int i = 0; i < im->header.e_phnum; i++)
        if (!gelf_getphdr(elf, i, &im->segment[i])) {
            elf_end(elf);
            return FAIL("is a damaged ELF file: program header %d: %s", i, elf_errmsg(-1));
        }
    elf_end(elf);
    return 0;
}

/* What the kernel's elf_check_arch() looks at. */
static int check_machine(const struct image *im, const u8 *h, char *message, size_t message_bytes)
{
    u64 machine = FIELD(im, h, e_machine), flags = FIELD(im, h, e_flags), entry = FIELD(im, h, e_entry);
    if (machine == EM_AARCH64 && !im->narrow)
        return 0;
    if (machine != EM_ARM || !im->narrow)
        return FAIL("is neither an AArch64 nor a 32-bit ARM ELF file");
    if (!(flags & EF_ARM_EABIMASK))
        return FAIL("is an ARM program of the old ABI (OABI), whose system calls xrun does not have; build it anew for "
                    "the EABI");
    if ((entry & 3) == 2)
        return FAIL("is a damaged ELF file: ARM code cannot begin at 0x%llx", (unsigned long long)entry);
    return 0;
}

static int check_header(const struct image *im, const u8 *h, u64 count, char *message, size_t message_bytes)
{
    unsigned version = h[EI_VERSION] != EV_CURRENT ? h[EI_VERSION] : (unsigned)FIELD(im, h, e_version);
    if (version != EV_CURRENT)
        return FAIL("is a damaged ELF file: version %u is unknown", version);
    if (FIELD(im, h, e_type) != ET_EXEC && FIELD(im, h, e_type) != ET_DYN)
        return FAIL("is an ELF file of type %u, not a program", (unsigned)FIELD(im, h, e_type));
    if (!count)
        return FAIL("is an ELF file without program headers");
    if (FIELD(im, h, e_phentsize) != segment_bytes(im) || count * segment_bytes(im) > IMAGE_MAX_HEADERS)
        return FAIL("is a damaged ELF file: %u program headers of %u bytes", (unsigned)count,
                    (unsigned)FIELD(im, h, e_phentsize));
    return 0;
}

static int read_headers(struct image *im, char *message, size_t message_bytes)
{
    u8 h[sizeof(Elf64_Ehdr)];
    if (!read_at(im, h, EI_NIDENT, 0))
        return FAIL("is a truncated ELF file: it ends inside its header");
    im->big_endian = h[EI_DATA] == ELFDATA2MSB;
    im->narrow = h[EI_CLASS] == ELFCLASS32;
    if (memcmp(h, ELFMAG, SELFMAG) || (!im->narrow && h[EI_CLASS] != ELFCLASS64))
        return FAIL("is not an ELF file");
    if (!read_at(im, h, header_bytes(im), 0))
        return FAIL("is a truncated ELF file: it ends inside its header");
    u64 count = FIELD(im, h, e_phnum), offset = FIELD(im, h, e_phoff), bytes = count * segment_bytes(im);
    int e = check_machine(im, h, message, message_bytes);
    if (!e)
        e = check_header(im, h, count, message, message_bytes);
    if (e)
        return e;
    u8 *raw = malloc(header_bytes(im) + bytes);
    im->segment = calloc(count, sizeof im->segment[0]);
    if (!raw || !im->segment) {
        free(raw);
        return load_failed(ENOMEM, message, message_bytes, "cannot be loaded: out of memory");
    }
    memcpy(raw, h, header_bytes(im));
    e = read_at(im, raw + header_bytes(im), bytes, offset)
            ? convert(im, raw, header_bytes(im) + bytes, message, message_bytes)
            : FAIL("is a truncated ELF file: its program headers lie beyond its end");
    im->header.e_phoff = offset;
    free(raw);
    return e;
}

static int check_segment(struct image *im, const GElf_Phdr *p, int i, char *message, size_t message_bytes)
{
    if (p->p_filesz > p->p_memsz)
        return FAIL("is a damaged ELF file: segment %d is larger in the file than in memory", i);
    if (p->p_memsz > IMAGE_TOP || p->p_vaddr > IMAGE_TOP - p->p_memsz)
        return FAIL("is an ELF file whose segment %d lies outside the address space", i);
    if (p->p_filesz && (p->p_offset > im->file_bytes || p->p_filesz > im->file_bytes - p->p_offset))
        return FAIL("is a truncated ELF file: segment %d lies beyond its end", i);
    if (p->p_filesz && (p->p_offset - p->p_vaddr) % MEM_PAGE)
        return FAIL("is a damaged ELF file: segment %d's address and file offset differ within a page", i);
    if (!p->p_memsz)
        return 0;
    u64 start = align_down(p->p_vaddr, MEM_PAGE), end = align_up(p->p_vaddr + p->p_memsz, MEM_PAGE);
    im->low = start < im->low ? start : im->low;
    im->high = end > im->high ? end : im->high;
    /* Like the kernel, an alignment that is no power of two counts for nothing. */
    if (p->p_align > im->align && !(p->p_align & (p->p_align - 1)))
        im->align = p->p_align;
    return 0;
}

static int read_interpreter(struct image *im, const GElf_Phdr *p, char *message, size_t message_bytes)
{
    if (im->has_interpreter)
        return 0; /* the first one counts */
    if (p->p_filesz < 2 || p->p_filesz > sizeof im->interpreter)
        return FAIL("is a damaged ELF file: its interpreter's name has %llu bytes", (unsigned long long)p->p_filesz);
    if (!read_at(im, im->interpreter, p->p_filesz, p->p_offset))
        return FAIL("is a truncated ELF file: its interpreter's name lies beyond its end");
    if (im->interpreter[p->p_filesz - 1])
        return FAIL("is a damaged ELF file: its interpreter's name does not end");
    if (!im->interpreter[0])
        return FAIL("is a damaged ELF file: its interpreter's name is empty");
    im->has_interpreter = true;
    return 0;
}

/* The BTI mark of a GNU property note. Anything malformed counts as no mark. */
static bool read_bti(const struct image *im, const GElf_Phdr *p)
{
    u8 note[NOTE_MAX];
    size_t n = p->p_filesz;
    if (n < 16 || n > sizeof note || !read_at(im, note, n, p->p_offset))
        return false;
    bool big = im->big_endian;
    u64 desc = get(note + 4, 4, big);
    if (get(note, 4, big) != 4 || get(note + 8, 4, big) != NT_GNU_PROPERTY_TYPE_0 || memcmp(note + 12, "GNU", 4))
        return false;
    size_t end = desc < n - 16 ? 16 + desc : n;
    for (size_t at = 16; at + 8 <= end;) {
        u32 type = (u32)get(note + at, 4, big), bytes = (u32)get(note + at + 4, 4, big);
        if (bytes > end - at - 8)
            return false;
        if (type == (u32)NOTE_FEATURE_1_AND && bytes == 4)
            return get(note + at + 8, 4, big) & FEATURE_BTI;
        at += 8 + align_up(bytes, 8);
    }
    return false;
}

int image_read(struct image *im, int fd, char *message, size_t message_bytes)
{
    struct stat st;
    *im = (struct image){.fd = fd, .low = ~0ull, .align = MEM_PAGE};
    if (fstat(fd, &st))
        return load_failed(errno, message, message_bytes, "cannot be examined: %s", strerror(errno));
    im->file_bytes = (u64)st.st_size;
    int e = read_headers(im, message, message_bytes);
    bool exec = false;
    for (int i = 0; !e && i < im->header.e_phnum; i++) {
        const GElf_Phdr *p = &im->segment[i];
        if (p->p_type == PT_LOAD) {
            e = check_segment(im, p, i, message, message_bytes);
            exec |= p->p_flags & PF_X && p->p_memsz;
        } else if (p->p_type == PT_INTERP) {
            e = read_interpreter(im, p, message, message_bytes);
        } else if (p->p_type == PT_GNU_STACK) {
            im->exec_stack = p->p_flags & PF_X;
            im->has_stack = true;
        } else if (p->p_type == PT_GNU_PROPERTY) {
            im->bti = read_bti(im, p);
        }
    }
    if (e)
        return e;
    if (im->low >= im->high)
        return FAIL("is an ELF file without anything to load");
    if (!exec)
        return FAIL("is an ELF file without executable code");
    if (im->header.e_type == ET_DYN && !im->header.e_entry)
        return FAIL("is a shared library, not a program: it has no entry point");
    return 0;
}

void image_free(struct image *im)
{
    free(im->segment);
    im->segment = NULL;
}

/* Where an image goes. A position-independent one: a free range of its size, found by mapping it once; the bias is a
 * multiple of the alignment, so that addresses keep their place within it. */
static i64 choose_bias(struct image *im, bool interpreter)
{
    struct mem_area a;
    im->bias = 0;
    if (im->header.e_type == ET_EXEC)
        return mem_find(im->low, &a) && a.start < im->high ? -EEXIST : 0;
    u64 in_align = im->low & (im->align - 1), slack = im->align - MEM_PAGE + in_align;
    u64 bytes = im->high - im->low + slack;
    if (im->align > mem.limit)
        return -ENOMEM;
    i64 at = mem_mmap(interpreter ? 0 : mem.pie_base, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                      0);
    if (at < 0)
        return at;
    im->bias = align_up((u64)at, im->align) + in_align - im->low;
    return mem_munmap((u64)at, bytes);
}

static int guest_prot(const GElf_Phdr *p, bool bti)
{
    int prot = (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
               (p->p_flags & PF_X ? PROT_EXEC : 0);
    return bti && prot & PROT_EXEC ? prot | MEM_PROT_BTI : prot;
}

static int zero(u64 from, u64 to)
{
    static const u8 zeroes[MEM_PAGE];
    return to > from ? copy_out(from, zeroes, to - from) : 0;
}

static i64 map_segment(const struct image *im, const GElf_Phdr *p, int prot)
{
    u64 start = p->p_vaddr + im->bias, file_end = start + p->p_filesz, end = start + p->p_memsz;
    u64 page = align_down(start, MEM_PAGE), anonymous = page;
    if (p->p_filesz) {
        i64 r = mem_mmap(page, file_end - page, prot, MAP_PRIVATE | MAP_FIXED, im->fd,
                         align_down(p->p_offset, MEM_PAGE));
        if (r < 0)
            return r;
        anonymous = align_up(file_end, MEM_PAGE);
        /* The rest of the last page belongs to bss. The kernel, too, leaves it alone if it is read-only. */
        if (end > file_end && prot & PROT_WRITE && zero(file_end, anonymous))
            return -EFAULT;
    } else if (start > page && mem_prot(page) >= 0) {
        /* bss that starts in the last page of a segment before */
        anonymous = page + MEM_PAGE;
        if (mem_prot(page) & PROT_WRITE && zero(start, end < anonymous ? end : anonymous))
            return -EFAULT;
    }
    u64 end_page = align_up(end, MEM_PAGE);
    if (end_page > anonymous) {
        i64 r = mem_mmap(anonymous, end_page - anonymous, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (r < 0)
            return r;
    }
    return 0;
}

int image_map(struct image *im, bool interpreter, char *message, size_t message_bytes)
{
    i64 bias = choose_bias(im, interpreter);
    if (bias < 0) {
        u64 bytes = im->high - im->low + (im->align > MEM_PAGE ? im->align : 0);
        return load_failed((int)-bias, message, message_bytes, "needs %llu MiB of address space: %s",
                           (unsigned long long)((bytes + (1 << 20) - 1) >> 20), load_reason((int)-bias));
    }
    bool bti = im->bti && (interpreter || !im->has_interpreter);
    for (int i = 0; i < im->header.e_phnum; i++) {
        const GElf_Phdr *p = &im->segment[i];
        if (p->p_type != PT_LOAD || !p->p_memsz)
            continue;
        i64 e = map_segment(im, p, guest_prot(p, bti));
        if (e == -EPERM)
            return load_failed(
                EPERM, message, message_bytes,
                "must be loaded at address 0x%llx, which the kernel does not allow (vm.mmap_min_addr, or a "
                "file system mounted noexec)",
                (unsigned long long)(p->p_vaddr + im->bias));
        if (e)
            return load_failed((int)-e, message, message_bytes, "cannot be loaded: segment %d: %s", i,
                               load_reason((int)-e));
        u64 headers = im->header.e_phoff;
        if (headers >= p->p_offset && headers - p->p_offset < p->p_filesz)
            im->phdr_addr = p->p_vaddr + im->bias + (headers - p->p_offset);
    }
    for (int i = 0; i < im->header.e_phnum; i++)
        if (im->segment[i].p_type == PT_PHDR)
            im->phdr_addr = im->segment[i].p_vaddr + im->bias;
    im->entry = im->header.e_entry + im->bias;
    im->end = im->high + im->bias;
    return 0;
}
