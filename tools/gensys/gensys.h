/* Shared by the files of gensys: the tables as they are in memory, and who reads and writes them. */
#ifndef XRUN_TOOLS_GENSYS_H
#define XRUN_TOOLS_GENSYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { MAX_ABIS = 8, MAX_ARGS = 6, MAX_NR = 1024, MAX_GUESTS = 8 };
/* Numbers of calls that are private to an architecture (Arm's __ARM_NR_BASE). */
enum { PRIVATE_BASE = 0xf0000, MAX_PRIVATE = 16 };

/* --- read.c ------------------------------------------------------------------------------------------------------- */

/* One item of a table. */
struct node {
    char *text; /* name, number or string contents */
    bool string, call;
    int line;
    const char *file;
    int groups;
    struct group {
        int count;
        struct node **items;
    } *group;
};

/* Prints "FILE:LINE: message" and ends with status 1. Line 0: the whole file. */
__attribute__((format(printf, 3, 4))) _Noreturn void fail(const char *file, int line, const char *format, ...);
/* realloc() that does not return without memory. */
void *grow(void *p, size_t bytes);
/* A new string of the n bytes at from. */
char *copy_text(const char *from, size_t n);
/* Reads a whole file and calls row() for each top-level call; what is no call is an error. */
void each_row(const char *path, void (*row)(struct node *));
/* Item `item` of column `group`, both from 0; its text; the first item as a number. A missing one is an error. */
struct node *arg_node(struct node *n, int group, int item);
const char *arg_text(struct node *n, int group);
long arg_number(struct node *n, int group);
/* A column of several words, as in `struct timespec`, joined by blanks. */
char *arg_words(struct node *n, int group);

/* --- types.c ------------------------------------------------------------------------------------------------------ */

struct abi {
    const char *name;
    int word, align64;
};
extern struct abi abis[MAX_ABIS];
extern int abi_count;

struct field {
    const char *name, *host; /* name in output; member of the host's struct, NULL: none (padding) */
    int offset, bytes, count;
    int sign; /* index of signs[] */
};
/* How a scalar is read: the words of scalars.def. */
enum { SIGNS = 5 };
extern const char *const signs[SIGNS];
struct layout {
    bool defined, partial; /* partial: the C type has more members than the row; no size check */
    int bytes, align, fields;
    struct field *field;
};
struct strukt {
    const char *name, *type;
    int line;
    bool is_scalar;
    struct layout layout[MAX_ABIS];
};
extern struct strukt *structs;
extern int struct_count;

struct constant {
    const char *name, *value[MAX_ABIS]; /* C expressions */
};
struct consts {
    const char *name;
    bool flags, differs;
    int count;
    struct constant *row;
};
extern struct consts *consts;
extern int consts_count;

/* Index of the struct or the constants of that name; -1: none. */
int find_struct(const char *name);
int find_consts(const char *name);
/* A row of scalars.def, structs.def, consts.def. */
void row_scalar(struct node *n);
void row_struct(struct node *n);
void row_consts(struct node *n);

/* --- calls.c ------------------------------------------------------------------------------------------------------ */

/* Lengths of the lists of words below. */
enum { KINDS = 36, RESULTS = 9, LEVELS = 5, WAITS = 3 };

/* Argument kinds: the word in table.def, the C type that the function sees, and what the columns are. */
enum ref { REF_NONE, REF_STRUCT, REF_CONSTS };
struct kind {
    const char *word, *type;
    enum ref ref; /* first column */
    bool link;    /* last column names the argument that holds a length */
};
extern const struct kind kinds[KINDS];
extern const char *const results[RESULTS], *const levels[LEVELS], *const waits[WAITS];

struct argument {
    int kind, ref, link;
    const char *name;
};
struct call {
    const char *name, *note, *error;
    const char *as; /* whose function or host call it is */
    int level, wait, result, args, line;
    bool used;
    struct argument arg[MAX_ARGS];
};
extern struct call *calls;
extern int call_count;

/* The call numbers of a guest. */
struct numbers {
    const char *guest;
    int top, private_top;
    int number[MAX_NR + MAX_PRIVATE];           /* index of the call + 1; private ones from MAX_NR on */
    const char *shown[MAX_NR + MAX_PRIVATE];    /* the guest's name for it, NULL: that of the row */
};
extern struct numbers guests[MAX_GUESTS];
extern int guest_count;

/* A row of table.def; a row of nr/GUEST.def, for the last of guests[]. */
void row_call(struct node *n);
void row_number(struct node *n);
/* After all rows of table.def: what AS() names must exist. */
void check_functions(const char *file);
/* nr/arm64.def -> arm64 */
const char *guest_name(const char *path);

/* --- emit.c, support.c -------------------------------------------------------------------------------------------- */

/* sys_gen.h */
void write_header(FILE *f);
/* The parts of sys_gen.c. */
void write_structs(FILE *f);
void write_consts(FILE *f);
void write_calls(FILE *f);
/* layout_ABI.c: what the compiler of that ABI must agree with. */
void write_layout_test(FILE *f, int abi);
/* SUPPORT.md */
void write_support(FILE *f);

#endif
