/* Private to the run loop: translations that are kept in a file for the next process that runs the same program.
 *
 * Constraints. What is restored must be what translating would give: a block's record holds the guest bytes that it was
 * made from, and is used only if memory holds the same ones; everything else that a translation depends on (this build
 * of xrun, the processor's features and model, the layout of the address space, thresholds) is in the key of the file,
 * which must match. A file is written as a whole, renamed into place, and never changed.
 *
 *     header | records, in the order in which their pcs were first wanted | hash table of records
 */
#ifndef XRUN_RUN_KEEP_H
#define XRUN_RUN_KEEP_H

#include "run/engine.h"

enum {
    KEEP_GRAIN = 8,
    KEEP_AGE_LIMIT = 8,
    KEEP_HASH_LEAST = 6,
    KEEP_SOURCE_MOST = MAX_BLOCK_INSNS * 4 + 16,
    KEEP_SOURCES_MOST = 64,
};

/* A stretch of guest code that a block was made from, its own first; a region is made from several. The next one follows
 * at a multiple of KEEP_GRAIN. */
struct keep_source {
    u64 pc;
    u32 bytes;
    u16 guarded; /* MEM_PROT_BTI */
    u16 more;    /* how many follow */
    u8 code[];
};

/* A block; its parts follow at multiples of KEEP_GRAIN: exits (struct jit_kept_exit if native, else struct interp_exit), map,
 * code, struct keep_source of each stretch. */
struct keep_record {
    u32 check; /* of all that follows */
    u32 bytes; /* of the whole record */
    u64 pc;
    u32 mode, exit_count, map_count;
    u32 code_bytes, info_at; /* info_at: as jit_kept_valid() */
    u32 source_at;           /* offset of the keep_source */
    u8 native, may_link;
    u8 age; /* times the file was written without this block being used */
    u8 unused[5];
};

struct keep_header {
    char magic[8];
    u64 key, bytes;
    u64 mmap_base, pie_base; /* the layout of the processes that use this file */
    u64 table_at;
    u32 table_bits, record_count;
    u32 saves; /* times it was written */
    u32 jump_modes[CACHE_JUMP_MODES]; /* cache_get_jump_modes() */
    u32 unused;
};
#define KEEP_MAGIC "xrunkep6"

/* Of the hash table, whose size is a power of two. Only a record whose hash is the wanted one is looked at. */
struct keep_slot {
    u32 hash;
    u32 number; /* of the record: its offset / KEEP_GRAIN; 0: the slot is free */
};

extern struct keep {
    bool on;        /* translations are taken from the file and noted for it */
    bool writing;   /* this process may write the file */
    bool borrowed;  /* the file is another program's */
    bool in_place;  /* the interpreter runs what is in the file where it is, and may write there: a copy for this process */
    bool sparing;   /* written only if it is likely to pay */
    const u8 *file; /* NULL: none */
    const struct keep_header *header;
    const struct keep_slot *table;
    u64 key, program;
    char *folder;
    u64 folder_dev, folder_ino;
    u64 file_ino; /* of the program's own file, valid or not; 0: none */
    u32 uid;
    u64 layout[2];
    u64 taken, fresh; /* blocks restored, blocks translated */
    u32 order;        /* of the last new block */
    u64 ahead_at;     /* the record that is wanted next if the order is that of the file ... */
    u32 ahead;        /* ... and how many were taken with the last one */
    u64 place, places; /* where the last record was; how often that changed since the file's pages were let go */
} keep;

/* The end of the hash chain for a block: steps from slot to slot. */
static inline u32 keep_hash(u64 pc, u32 mode) { return (u32)(((pc >> 1) ^ mode) * 0x9e3779b97f4a7c15ull >> 32); }
u32 keep_check(const struct keep_record *r);
static inline const struct keep_source *keep_source_of(const struct keep_record *r)
{
    return (const struct keep_source *)((const u8 *)r + r->source_at);
}
static inline u32 keep_source_bytes(const struct keep_source *s)
{
    return (u32)align_up(sizeof *s + s->bytes, KEEP_GRAIN);
}
static inline const struct keep_source *keep_next_source(const struct keep_source *s)
{
    return (const struct keep_source *)((const u8 *)s + keep_source_bytes(s));
}
/* Of this stretch and all that follow. */
static inline u32 keep_sources_bytes(const struct keep_source *s)
{
    u32 bytes = 0;
    for (unsigned left = s->more + 1u; left; left--, s = keep_next_source(s))
        bytes += keep_source_bytes(s);
    return bytes;
}
/* Sizes of the parts of a record. */
static inline u32 keep_exit_bytes(const struct keep_record *r)
{
    return r->exit_count * (r->native ? (u32)sizeof(struct jit_kept_exit) : (u32)sizeof(struct interp_exit));
}
/* The record at an offset that the table gives; NULL if the file is damaged there. */
const struct keep_record *keep_record_at(u64 offset);
/* The record of a block in the file; NULL: there is none. */
const struct keep_record *keep_find(u64 pc, u32 mode);

/* The block at cpu->pc from the file, put into the cache; NULL: translate. */
struct block *keep_take(const struct cpu_common *cpu);
/* A stretch of guest code in memory: `prot` of its page. */
struct keep_stretch {
    u64 pc;
    u32 bytes;
    int prot;
    const u8 *code;
};
/* Remembers what a block is made from, until the process ends: its own stretch first, at most KEEP_SOURCES_MOST. old: the
 * block whose place it takes, or NULL. */
void keep_note(struct block *b, const struct block *old, const struct keep_stretch *from, unsigned count);
/* Writes the file if enough is new; if keep.sparing, only for a program that ended before or ran for long. The process is about to end. The cpu belongs to the calling thread. */
void keep_write(struct cpu_common *cpu, struct cpu_engine *e);
/* In the child of a fork: the parent writes. */
void keep_forked(void);

#endif
