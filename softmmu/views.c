/* Other places where guest memory can be seen: mappings of the same pages of a file or of shared memory. */
#include "softmmu/area.h"

#include <sys/mman.h>

static bool same_pages(const struct area *a, const struct area *b)
{
    return b->file &&
           (a->file == b->file || (a->file->inode && a->file->inode == b->file->inode && a->file->dev == b->file->dev));
}

/* The part of `other` that shows file bytes [from, to). False: none. */
static bool overlap(const struct area *other, u64 from, u64 to, u64 *addr, u64 *len)
{
    u64 start = other->offset, end = other->offset + (other->end - other->start);
    from = from > start ? from : start;
    to = to < end ? to : end;
    if (from >= to)
        return false;
    *addr = other->start + (from - start);
    *len = to - from;
    return true;
}

size_t mem_other_views(u64 addr, u64 len, struct mem_view *views, size_t room)
{
    struct area area;
    size_t n = 0;
    if (likely(!area_peek(addr, &area) || !(area.flags & MAP_SHARED) || !len))
        return 0;
    area_lock();
    size_t i = area_index(addr);
    if (i < area_count() && area_at(i)->start <= addr && area_at(i)->flags & MAP_SHARED && area_at(i)->file) {
        const struct area *a = area_at(i);
        u64 from = a->offset + (addr - a->start), to = from + (len < a->end - addr ? len : a->end - addr);
        for (size_t k = 0; k < area_count(); k++) {
            const struct area *other = area_at(k);
            struct mem_view v;
            if (k != i && other->prot & PROT_EXEC && same_pages(a, other) &&
                overlap(other, from, to, &v.addr, &v.len)) {
                if (n < room)
                    views[n] = v;
                n++;
            }
        }
    }
    area_unlock();
    return n;
}
