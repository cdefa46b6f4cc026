#include "state/dump.h"

#include <unistd.h>

void dump_flush(struct dump_line *l)
{
    if (!l->used)
        return;
    l->text[l->used++] = '\n';
    for (unsigned done = 0; done < l->used;) {
        ssize_t n = write(l->fd, l->text + done, l->used - done);
        if (n <= 0)
            break;
        done += (unsigned)n;
    }
    l->used = 0;
}

void dump_item(struct dump_line *l, const char *name, int index, u64 high, u64 low, unsigned digits)
{
    unsigned width = (unsigned)strlen(name) + (index >= 0 ? 2 : 0) + 1 + digits + 1;
    if (l->used + width + 1 > 100)
        dump_flush(l);
    for (; *name; name++)
        l->text[l->used++] = *name;
    if (index >= 10)
        l->text[l->used++] = (char)('0' + index / 10);
    if (index >= 0)
        l->text[l->used++] = (char)('0' + index % 10);
    l->text[l->used++] = '=';
    for (unsigned d = digits; d--;) {
        u64 half = d >= 16 ? high : low;
        l->text[l->used++] = "0123456789abcdef"[half >> (d % 16 * 4) & 15];
    }
    if (index >= 0 && index < 10)
        l->text[l->used++] = ' ';
    l->text[l->used++] = ' ';
}
