/* personality(): what a program sets it reads back, its children and the programs that it starts have it, too. AArch64 kernels
 * refuse PER_LINUX32 unless they can run 32-bit programs. */
#include "t.h"

#include <sys/personality.h>

/* What the maps say of a new page that may only be read. */
static void show_page(void)
{
    unsigned long page = (unsigned long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), from, to;
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], may[5];
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %4s", &from, &to, may) == 3 && page >= from && page < to)
            printf("page %s\n", may);
    fclose(maps);
    munmap((void *)page, 4096);
}

static void child(void) { SHOW(personality(0xffffffff)); }

int main(int argc, char **argv)
{
    if (argc > 1) {
        SHOW(personality(0xffffffff));
        return 0;
    }
    int first = personality(0xffffffff);
    SHOW(first);
    SHOW(personality(ADDR_NO_RANDOMIZE));
    SHOW(personality(0xffffffff));
#if __SIZEOF_LONG__ == 4
    SHOW(personality(PER_LINUX32 | ADDR_LIMIT_3GB));
    SHOW(personality(PER_LINUX32 | STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE));
#else
    SHOW(personality(STICKY_TIMEOUTS | ADDR_NO_RANDOMIZE));
#endif
    IN_CHILD(child);
    show_page();
    int now = personality(0xffffffff);
    SHOW(personality(now | READ_IMPLIES_EXEC) == now);
    show_page();
    SHOW(personality(now) == (now | READ_IMPLIES_EXEC));
    show_page();
    SHOW(personality(0xffffffff));
    fflush(stdout);
    execl("/proc/self/exe", argv[0], "again", NULL);
    return 1;
}
