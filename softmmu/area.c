/* The list of guest areas: a sorted array. Binary search finds an area; a sequence counter lets readers that must not
 * wait (code fetch, fault handlers) look while another thread changes the list. Arrays that became too small are kept,
 * because a reader may still look at them; they double in size, so all old ones together are smaller than the new one.
 */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>

static struct list {
    struct list *older;
    size_t room;
    struct area area[];
} *list;
static size_t count;
static u32 sequence; /* odd while the list changes */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* No free range of at least full_len bytes lies above full_above: where the next search may start. */
static u64 full_above = ~0ull, full_len;

void area_lock(void) { pthread_mutex_lock(&lock); }
void area_unlock(void) { pthread_mutex_unlock(&lock); }
size_t area_count(void) { return count; }
const struct area *area_at(size_t index) { return &list->area[index]; }

static void change_begin(void)
{
    __atomic_store_n(&sequence, sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void change_end(void)
{
    __atomic_store_n(&sequence, sequence + 1, __ATOMIC_RELEASE);
}

int area_reserve(size_t extra)
{
    if (list && count + extra <= list->room)
        return 0;
    size_t room = list ? list->room * 2 : 64;
    while (room < count + extra)
        room *= 2;
    struct list *bigger = malloc(sizeof *bigger + room * sizeof bigger->area[0]);
    if (!bigger)
        return -ENOMEM;
    bigger->older = list;
    bigger->room = room;
    if (count)
        memcpy(bigger->area, list->area, count * sizeof list->area[0]);
    change_begin();
    __atomic_store_n(&list, bigger, __ATOMIC_RELEASE);
    change_end();
    return 0;
}

static size_t search(const struct list *l, size_t n, u64 addr)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = (low + n) / 2;
        if (l->area[middle].end <= addr)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

size_t area_index(u64 addr) { return search(list, count, addr); }

bool area_peek(u64 addr, struct area *area)
{
    for (unsigned tries = 0;; tries++) {
        u32 before = __atomic_load_n(&sequence, __ATOMIC_ACQUIRE);
        if (!(before & 1)) {
            const struct list *l = __atomic_load_n(&list, __ATOMIC_ACQUIRE);
            size_t n = __atomic_load_n(&count, __ATOMIC_RELAXED);
            bool found = false;
            if (l) {
                n = n < l->room ? n : l->room;
                size_t i = search(l, n, addr);
                if (i < n) {
                    *area = l->area[i];
                    found = area->start <= addr;
                }
            }
            __atomic_thread_fence(__ATOMIC_ACQUIRE);
            if (__atomic_load_n(&sequence, __ATOMIC_RELAXED) == before)
                return found;
        }
        if (tries > 100)
            sched_yield();
    }
}

struct mem_file *mem_file_new(u64 dev, u64 inode, const char *name)
{
    size_t bytes = strlen(name) + 1;
    struct mem_file *f = malloc(sizeof *f + bytes);
    if (!f)
        return NULL;
    *f = (struct mem_file){.refs = 1, .dev = dev, .inode = inode};
    memcpy(f->name, name, bytes);
    return f;
}

void mem_file_drop(struct mem_file *f)
{
    if (f && !--f->refs)
        free(f);
}

static bool same_file(const struct mem_file *a, const struct mem_file *b)
{
    return a == b || (a && b && a->dev == b->dev && a->inode == b->inode && !strcmp(a->name, b->name));
}

static bool alike(const struct area *a, const struct area *b)
{
    bool offsets_fit = a->flags & MAP_ANONYMOUS || a->offset + (a->end - a->start) == b->offset;
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags && a->shm == b->shm && offsets_fit &&
           same_file(a->file, b->file);
}

static void open_slot(size_t index)
{
    must(count < list->room);
    memmove(&list->area[index + 1], &list->area[index], (count - index) * sizeof list->area[0]);
    count++;
}

static void close_slots(size_t index, size_t n)
{
    memmove(&list->area[index], &list->area[index + n], (count - index - n) * sizeof list->area[0]);
    count -= n;
}

/* Cuts the area that holds addr in its middle in two. */
static void split(u64 addr)
{
    size_t i = search(list, count, addr);
    if (i == count || list->area[i].start >= addr)
        return;
    open_slot(i);
    struct area *low = &list->area[i], *high = &list->area[i + 1];
    mem_file_ref(low->file);
    high->start = low->end = addr;
    if (!(high->flags & MAP_ANONYMOUS))
        high->offset += addr - low->start;
}

/* Joins area i with i - 1 if that changes nothing. */
static void join_below(size_t i)
{
    if (i == 0 || i >= count || !alike(&list->area[i - 1], &list->area[i]))
        return;
    list->area[i - 1].end = list->area[i].end;
    mem_file_drop(list->area[i].file);
    close_slots(i, 1);
}

bool area_remove(u64 start, u64 end)
{
    bool exec = false;
    change_begin();
    split(start);
    split(end);
    size_t first = search(list, count, start), last = first;
    for (; last < count && list->area[last].start < end; last++) {
        exec |= (list->area[last].prot & PROT_EXEC) != 0;
        mem_file_drop(list->area[last].file);
    }
    close_slots(first, last - first);
    if (end > full_above)
        full_above = ~0ull;
    change_end();
    return exec;
}

void area_insert(const struct area *area)
{
    size_t i = search(list, count, area->start);
    must(area->start < area->end && (i == count || list->area[i].start >= area->end));
    change_begin();
    open_slot(i);
    list->area[i] = *area;
    join_below(i + 1);
    join_below(i);
    change_end();
}

static void join_range(u64 start, u64 end)
{
    size_t i = search(list, count, start ? start - 1 : 0);
    while (i < count && list->area[i].start <= end) {
        size_t before = count;
        join_below(i);
        i += count == before;
    }
}

void area_set_prot(u64 start, u64 end, u32 prot)
{
    change_begin();
    split(start);
    split(end);
    for (size_t i = search(list, count, start); i < count && list->area[i].start < end; i++)
        list->area[i].prot = prot;
    join_range(start, end);
    change_end();
}

void area_set_file(u64 start, u64 end, struct mem_file *file)
{
    change_begin();
    split(start);
    split(end);
    for (size_t i = search(list, count, start); i < count && list->area[i].start < end; i++) {
        mem_file_ref(file);
        mem_file_drop(list->area[i].file);
        list->area[i].file = file;
    }
    join_range(start, end);
    change_end();
}

void area_grow(size_t index, u64 new_start)
{
    change_begin();
    list->area[index].start = new_start;
    change_end();
}

bool area_is_free(u64 start, u64 end)
{
    size_t i = search(list, count, start);
    return i == count || list->area[i].start >= end;
}

bool area_has_exec(u64 start, u64 end)
{
    for (size_t i = search(list, count, start); i < count && list->area[i].start < end; i++)
        if (list->area[i].prot & PROT_EXEC)
            return true;
    return false;
}

u64 area_find_gap(u64 len, u64 align, u64 below)
{
    bool shortcut = full_above < below && len >= full_len;
    u64 top = shortcut ? full_above : below;
    size_t i = search(list, count, top);
    /* An area across or just above `top` bounds the first gap. */
    if (i < count) {
        const struct area *a = &list->area[i];
        u64 guard = a->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
        u64 end = a->start > guard ? a->start - guard : 0;
        top = end < top ? end : top;
    }
    for (;;) {
        u64 bottom = i ? list->area[i - 1].end : 0;
        bottom = bottom > mem.mmap_min ? bottom : mem.mmap_min;
        if (top >= len && align_down(top - len, align) >= bottom) {
            u64 found = align_down(top - len, align);
            if (align <= MEM_PAGE && below == mem.mmap_base) {
                full_above = found;
                full_len = len;
            }
            return found;
        }
        if (!i)
            return 0;
        i--;
        u64 guard = list->area[i].flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
        top = list->area[i].start > guard ? list->area[i].start - guard : 0;
        top = top < below ? top : below;
    }
}
