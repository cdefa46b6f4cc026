/* Writes the support page. */
#include "gensys/gensys.h"

#include <string.h>

void write_support(FILE *f)
{
    fprintf(f, "# System calls\n\nGenerated from `table.def` and `nr/*.def`; `ninja support` writes it anew.\n\n"
               "FULL: implemented here. FORWARD: the host kernel does it, arguments converted. PARTIAL: see the note.\n"
               "ENOSYS: as on a kernel without the call. REFUSE: always the error in the note.\n");
    for (int g = 0; g < guest_count; g++) {
        int total[LEVELS] = {0};
        for (int n = 0; n < MAX_NR + MAX_PRIVATE; n++)
            if (guests[g].number[n])
                total[calls[guests[g].number[n] - 1].level]++;
        fprintf(f, "\n## %s\n\n", guests[g].guest);
        for (int i = 0; i < LEVELS; i++)
            fprintf(f, "%s%s %d", i ? ", " : "", levels[i], total[i]);
        fprintf(f, ".\n\n| number | call | level | note |\n|---:|---|---|---|\n");
        for (int n = 0; n < MAX_NR + MAX_PRIVATE; n++) {
            if (!guests[g].number[n])
                continue;
            const struct call *c = &calls[guests[g].number[n] - 1];
            fprintf(f, n < MAX_NR ? "| %d | %s | %s | %s%s%s |\n" : "| %#x | %s | %s | %s%s%s |\n",
                    n < MAX_NR ? n : PRIVATE_BASE + n - MAX_NR, guests[g].shown[n] ? guests[g].shown[n] : c->name,
                    levels[c->level],
                    !strcmp(levels[c->level], "REFUSE") ? c->error : "",
                    !strcmp(levels[c->level], "REFUSE") ? ": " : "", c->note ? c->note : "");
        }
    }
}
