/* One ELF file: headers through libelf, segments into guest memory as the kernel's fs/binfmt_elf.c maps them.
 *
 * Only the headers are handed to libelf: a copy of the file header and the program headers, with the section fields
 * cleared. A program is loaded by its segments, and a damaged section table must not keep it from running. */
#define _GNU_SOURCE
#include "loader/image.h"
#include "softmmu/softmmu.h"

#include <errno.h>
#include <endian.h>
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

static void set64(void *p, u64 v, bool big)
{
    v = big ? htobe64(v) : htole64(v);
    memcpy(p, &v, sizeof v);
}

static bool read_at(const struct image *im, void *to, size_t bytes, u64 offset)
{
    return offset <= im->file_bytes && bytes <= im->file_bytes - offset &&
           pread(im->fd, to, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* Has libelf convert `count` program headers; raw starts with the file header. */
static int convert(struct image *im, u8 *raw, size_t bytes, char *message, size_t message_bytes)
{
    set64(raw + offsetof(Elf64_Ehdr, e_phoff), sizeof(Elf64_Ehdr), im->big_endian);
    memset(raw + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
    memset(raw + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
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

static int read_headers(struct image *im, char *message, size_t message_bytes)
{
    Elf64_Ehdr h;
    if (!read_at(im, &h, sizeof h, 0))
        return FAIL("is a truncated ELF file: it ends inside its header");
    const u8 *raw_header = (const u8 *)&h;
    im->big_endian = h.e_ident[EI_DATA] == ELFDATA2MSB;
    bool big = im->big_endian;
#define FIELD(name) get(raw_header + offsetof(Elf64_Ehdr, name), sizeof h.name, big)
    if (memcmp(h.e_ident, ELFMAG, SELFMAG) || h.e_ident[EI_CLASS] != ELFCLASS64 || FIELD(e_machine) != EM_AARCH64)
        return FAIL("is not an AArch64 ELF file");
    u64 count = FIELD(e_phnum), offset = FIELD(e_phoff), bytes = count * sizeof(Elf64_Phdr);
    if (h.e_ident[EI_VERSION] != EV_CURRENT || FIELD(e_version) != EV_CURRENT)
        return FAIL("is a damaged ELF file: version %u is unknown", (unsigned)FIELD(e_version));
    if (FIELD(e_type) != ET_EXEC && FIELD(e_type) != ET_DYN)
        return FAIL("is an ELF file of type %u, not a program", (unsigned)FIELD(e_type));
    if (!count)
        return FAIL("is an ELF file without program headers");
    if (FIELD(e_phentsize) != sizeof(Elf64_Phdr) || bytes > IMAGE_MAX_HEADERS)
        return FAIL("is a damaged ELF file: %u program headers of %u bytes", (unsigned)count,
                    (unsigned)FIELD(e_phentsize));
#undef FIELD
    u8 *raw = malloc(sizeof h + bytes);
    im->segment = calloc(count, sizeof im->segment[0]);
    if (!raw || !im->segment) {
        free(raw);
        return load_failed(ENOMEM, message, message_bytes, "cannot be loaded: out of memory");
    }
    memcpy(raw, &h, sizeof h);
    int e = read_at(im, raw + sizeof h, bytes, offset)
                ? convert(im, raw, sizeof h + bytes, message, message_bytes)
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
    if (bias < 0)
        return load_failed((int)-bias, message, message_bytes, "needs %llu MiB of address space: %s",
                           (unsigned long long)((im->high - im->low) >> 20), strerror((int)-bias));
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
                               strerror((int)-e));
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
