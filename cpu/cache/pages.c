/* A hash from page number to the list of blocks on that page. Entries stay when their list becomes empty: a page that
 * had code once will have code again. */
#include "cache/pages.h"
#include "base/pool.h"

#include <stdlib.h>

enum { PAGE_BITS = 12, BUCKETS = 4096 };

struct cache_page {
    u64 number;
    struct block_page *blocks;
    struct cache_page *next;
};

static struct cache_page **buckets; /* BUCKETS */
static u64 page_count;

void pages_init(void)
{
    if (!buckets)
        buckets = pool_table(BUCKETS * sizeof *buckets);
}

static struct cache_page *find(u64 number)
{
    struct cache_page *p = buckets[number % BUCKETS];
    while (p && p->number != number)
        p = p->next;
    return p;
}

static struct cache_page *find_or_add(u64 number)
{
    struct cache_page *p = find(number);
    if (p)
        return p;
    p = calloc(1, sizeof *p);
    must(p);
    p->number = number;
    p->next = buckets[number % BUCKETS];
    buckets[number % BUCKETS] = p;
    page_count++;
    return p;
}

static void add_link(struct block *b, struct block_page *link, u64 number)
{
    struct cache_page *p = find_or_add(number);
    link->block = b;
    link->next = p->blocks;
    link->prev = &p->blocks;
    if (link->next)
        link->next->prev = &link->next;
    p->blocks = link;
}

static void remove_link(struct block_page *link)
{
    if (!link->block)
        return;
    *link->prev = link->next;
    if (link->next)
        link->next->prev = link->prev;
    link->block = NULL;
}

u64 pages_between(u64 start, u64 end) { return ((end - 1) >> PAGE_BITS) - (start >> PAGE_BITS) + 1; }

u32 pages_of(const struct block_range *ranges, u32 count, u64 *numbers)
{
    u32 n = 0;
    for (u32 i = 0; i < count; i++)
        for (u64 page = ranges[i].start >> PAGE_BITS; page <= (ranges[i].end - 1) >> PAGE_BITS; page++) {
            u32 k = 0;
            while (k < n && numbers[k] != page)
                k++;
            if (k == n)
                numbers[n++] = page;
        }
    return n;
}

void pages_add(struct block *b)
{
    if (!b->more) {
        add_link(b, &b->page, b->pc >> PAGE_BITS);
        return;
    }
    u64 numbers[b->more->page_count];
    u32 n = pages_of(b->more->ranges, b->more->range_count, numbers);
    must(n == b->more->page_count);
    for (u32 i = 0; i < n; i++)
        add_link(b, &b->more->pages[i], numbers[i]);
}

void pages_remove(struct block *b)
{
    remove_link(&b->page);
    for (u32 i = 0; b->more && i < b->more->page_count; i++)
        remove_link(&b->more->pages[i]);
}

bool pages_touches(const struct block *b, u64 start, u64 end)
{
    if (!b->more)
        return b->pc < end && start < b->pc_end;
    for (u32 i = 0; i < b->more->range_count; i++)
        if (b->more->ranges[i].start < end && start < b->more->ranges[i].end)
            return true;
    return false;
}

static void drop_on_page(struct cache_page *p, u64 start, u64 end, void (*drop)(struct block *b))
{
    for (struct block_page *link = p->blocks, *next; link; link = next) {
        next = link->next; /* a block is on one list once, so dropping it leaves `next` alone */
        if (pages_touches(link->block, start, end))
            drop(link->block);
    }
}

void pages_for_each(u64 start, u64 end, void (*drop)(struct block *b))
{
    u64 first = start >> PAGE_BITS, last = (end - 1) >> PAGE_BITS;
    if (last - first < page_count) {
        for (u64 n = first; n <= last; n++) {
            struct cache_page *p = find(n);
            if (p)
                drop_on_page(p, start, end, drop);
        }
        return;
    }
    for (unsigned i = 0; i < BUCKETS && page_count; i++)
        for (struct cache_page *p = buckets[i]; p; p = p->next)
            if (p->number >= first && p->number <= last)
                drop_on_page(p, start, end, drop);
}
