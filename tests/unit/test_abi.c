/* Conversion of structs and constants between ABIs, both byte orders. */
#define _GNU_SOURCE
#include "syscalls/abi/abi.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const struct sys_abi arm64 = {ABI_arm64, false}, arm64_be = {ABI_arm64, true};
static const struct sys_abi arm = {ABI_arm, false}, arm_be = {ABI_arm, true}, i386 = {ABI_i386, false};
static const struct sys_abi amd64 = {ABI_amd64, false};

START_TEST(stat_moves_fields)
{
    struct stat s = {.st_dev = 0x1122334455667788, .st_ino = 7, .st_mode = 0100644, .st_nlink = 3, .st_size = -2,
                     .st_blksize = 4096, .st_mtim = {.tv_sec = -1, .tv_nsec = 999999999}};
    u8 g[ABI_MAX_BYTES];
    memset(g, 0xee, sizeof g);
    abi_to_guest(&arm64, ST_stat, g, &s);
    ck_assert_uint_eq(abi_bytes(&arm64, ST_stat), 128);
    ck_assert_uint_eq(*(u64 *)(g + 0), 0x1122334455667788);
    ck_assert_uint_eq(*(u32 *)(g + 16), 0100644);
    ck_assert_uint_eq(*(u32 *)(g + 20), 3);
    ck_assert_uint_eq(*(u64 *)(g + 40), 0); /* padding does not leak */
    ck_assert_int_eq(*(i64 *)(g + 48), -2);
    ck_assert_int_eq(*(i32 *)(g + 56), 4096);
    ck_assert_int_eq(*(i64 *)(g + 88), -1);
    ck_assert_uint_eq(g[128], 0xee);
    abi_to_guest(&arm64_be, ST_stat, g, &s);
    ck_assert_uint_eq(g[0], 0x11);
    ck_assert_uint_eq(g[7], 0x88);
    ck_assert_uint_eq(g[19], 0100644 & 0xff);
    ck_assert_uint_eq(g[55], 0xfe);
    struct stat back;
    abi_to_host(&arm64_be, ST_stat, &back, g);
    ck_assert_int_eq(back.st_size, -2);
    ck_assert_int_eq(back.st_mtim.tv_sec, -1);
    ck_assert_uint_eq(back.st_nlink, 3);
}
END_TEST

START_TEST(epoll_event_is_packed_on_one_side)
{
    struct epoll_event e = {.events = 5, .data.u64 = 0x0102030405060708};
    u8 g[16];
    ck_assert_uint_eq(abi_bytes(&arm64, ST_epoll_event), 16);
    ck_assert_uint_eq(abi_bytes(&amd64, ST_epoll_event), 12);
    ck_assert_uint_eq(abi_bytes(&i386, ST_epoll_event), 12);
    abi_to_guest(&arm64, ST_epoll_event, g, &e);
    ck_assert_uint_eq(*(u32 *)g, 5);
    ck_assert_uint_eq(*(u64 *)(g + 8), e.data.u64);
    abi_to_guest(&arm64_be, ST_epoll_event, g, &e);
    ck_assert_uint_eq(g[3], 5);
    ck_assert_uint_eq(g[8], 1);
}
END_TEST

START_TEST(longs_narrow_and_widen)
{
    struct timespec t = {-5, 123456789}, back;
    u8 g[16];
    abi_to_guest(&arm, ST_timespec, g, &t);
    ck_assert_uint_eq(abi_bytes(&arm, ST_timespec), 8);
    ck_assert_int_eq(*(i32 *)g, -5);
    abi_to_host(&arm, ST_timespec, &back, g);
    ck_assert_int_eq(back.tv_sec, -5); /* sign-extended */
    abi_to_guest(&arm_be, ST_timespec, g, &t);
    ck_assert_uint_eq(g[0], 0xff);
    abi_to_host(&arm_be, ST_timespec, &back, g);
    ck_assert_int_eq(back.tv_sec, -5);
    ck_assert_int_eq(back.tv_nsec, 123456789);
    struct iovec v;
    u8 raw[8] = {0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0x80};
    abi_to_host(&arm, ST_iovec, &v, raw);
    ck_assert_uint_eq((u64)v.iov_base, 0xffffffff); /* pointers are not */
    ck_assert_uint_eq(v.iov_len, 0x80000001);
}
END_TEST

START_TEST(arrays_and_text)
{
    struct utsname u = {.sysname = "Linux", .machine = "aarch64"}, back;
    u8 g[ABI_MAX_BYTES];
    abi_to_guest(&arm64_be, ST_utsname, g, &u);
    ck_assert_str_eq((char *)g, "Linux");
    ck_assert_str_eq((char *)g + 4 * 65, "aarch64");
    abi_to_host(&arm64_be, ST_utsname, &back, g);
    ck_assert_str_eq(back.machine, "aarch64");
}
END_TEST

/* Every struct, every ABI, both byte orders: guest bytes -> host -> guest gives the same bytes but for padding. */
START_TEST(round_trips)
{
    unsigned checked = 0;
    for (unsigned s = 0; s < ST_COUNT; s++) {
        for (unsigned a = 0; a < 2 * ABI_COUNT; a++) {
            struct sys_abi abi = {(enum sys_abi_id)(a / 2), a & 1};
            const struct abi_layout *l = &abi_structs[s].layout[abi.id];
            if (!l->bytes)
                continue;
            u8 guest[ABI_MAX_BYTES], again[ABI_MAX_BYTES];
            _Alignas(16) u8 host[2 * ABI_MAX_BYTES];
            ck_assert_uint_le(l->bytes, ABI_MAX_BYTES);
            ck_assert_uint_le(abi_structs[s].host_bytes, ABI_MAX_BYTES);
            for (unsigned i = 0; i < l->bytes; i++)
                guest[i] = (u8)(0x81 + 37 * i + i / 7);
            memset(again, 0xaa, sizeof again);
            abi_to_host(&abi, (enum abi_struct_id)s, host, guest);
            abi_to_guest(&abi, (enum abi_struct_id)s, again, host);
            for (unsigned f = 0; f < l->fields; f++) {
                const struct abi_field *d = &l->field[f];
                ck_assert_uint_le(d->offset + d->count * d->bytes, l->bytes);
                /* members that are narrower on the host keep their low part */
                unsigned keep = d->host_bytes < d->bytes ? d->host_bytes : d->bytes;
                for (unsigned k = 0; keep && k < d->count; k++) {
                    unsigned at = d->offset + k * d->bytes;
                    u64 mask = ones(8 * keep);
                    if (abi_narrow(&abi) && d->sign == ABI_LOW)
                        mask = ones(32);
                    if (abi_narrow(&abi) && d->sign == ABI_FOLDED)
                        continue; /* numbers_of_narrow_guests */
                    ck_assert_msg((abi_load(&abi, guest + at, d->bytes) & mask) ==
                                      (abi_load(&abi, again + at, d->bytes) & mask),
                                  "%s.%s in ABI %u", abi_structs[s].name, abi_names + d->name, a);
                    checked++;
                }
            }
            ck_assert_uint_eq(again[l->bytes], 0xaa);
        }
    }
    ck_assert_uint_gt(checked, 1000);
}
END_TEST

/* What 32-bit guests read and write in a way of their own. */
START_TEST(numbers_of_narrow_guests)
{
    struct timespec t;
    u8 g[ABI_MAX_BYTES] = {1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0xee, 0xee, 0xee, 0xee};
    abi_to_host(&arm, ST_timespec64, &t, g); /* the kernel ignores the padding behind tv_nsec */
    ck_assert(t.tv_sec == 1 && t.tv_nsec == 5);
    abi_to_host(&arm64, ST_timespec64, &t, g);
    ck_assert_int_ne(t.tv_nsec, 5);
    ck_assert(!abi_same(&arm, ST_timespec64) && abi_same(&arm64, ST_timespec64));

    u64 set = 0x0102030405060708, back;
    abi_to_guest(&arm_be, ST_sigset, g, &set); /* two words, signals 1 to 32 first */
    ck_assert_int_eq(memcmp(g, (u8[]){5, 6, 7, 8, 1, 2, 3, 4}, 8), 0);
    abi_to_host(&arm_be, ST_sigset, &back, g);
    ck_assert_uint_eq(back, set);
    abi_to_guest(&arm64_be, ST_sigset, g, &set);
    ck_assert_uint_eq(g[0], 1);
    ck_assert_uint_eq(abi_bytes(&arm, ST_sigaction), 20); /* the set has the alignment of a word */

    struct stat64 s = {.st_ino = 0x100000002};
    abi_to_guest(&arm, ST_stat64, g, &s);
    ck_assert_uint_eq(abi_load(&arm, g + 96, 8), 3);
}
END_TEST

START_TEST(same_means_same)
{
    ck_assert(abi_same(&arm64, ST_timespec) && abi_same(&arm64, ST_statfs) && abi_same(&arm64, ST_termios));
    ck_assert(!abi_same(&arm64_be, ST_timespec) && !abi_same(&arm, ST_timespec));
    ck_assert(abi_same(&arm64_be, ST_u8) == false);
#if defined(__x86_64__)
    ck_assert(!abi_same(&arm64, ST_stat) && abi_same(&amd64, ST_stat));
    ck_assert(!abi_same(&arm64, ST_epoll_event) && abi_same(&amd64, ST_epoll_event));
    ck_assert(!abi_same(&arm64, ST_semid_ds) && abi_same(&amd64, ST_semid_ds));
    for (unsigned s = 0; s < ST_COUNT; s++)
        if (abi_structs[s].layout[ABI_amd64].bytes && strcmp(abi_structs[s].name, "rlimit"))
            ck_assert_msg(abi_same(&amd64, (enum abi_struct_id)s), "%s differs from the host's", abi_structs[s].name);
#endif
}
END_TEST

START_TEST(flags_convert)
{
    static const struct { u64 arm64, amd64; } pairs[] = {
        {0, 0},
        {O_RDWR | O_CREAT | O_CLOEXEC, O_RDWR | O_CREAT | O_CLOEXEC},
        {040000, 0200000},                        /* O_DIRECTORY */
        {0100000, 0400000},                       /* O_NOFOLLOW */
        {0200000, 040000},                        /* O_DIRECT */
        {0400000, 0100000},                       /* O_LARGEFILE */
        {020040000, 020200000},                   /* O_TMPFILE */
        {0740000, 0740000},                       /* all four */
        {04010000 | O_WRONLY, 04010000 | O_WRONLY}, /* O_SYNC */
        {1ull << 40 | 040000, 1ull << 40 | 0200000}, /* unknown bits stay */
    };
    for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
#if defined(__x86_64__)
        ck_assert_uint_eq(abi_flags_to_host(&arm64, CT_open, pairs[i].arm64), pairs[i].amd64);
        ck_assert_uint_eq(abi_flags_to_guest(&arm64, CT_open, pairs[i].amd64), pairs[i].arm64);
#endif
        ck_assert_uint_eq(abi_flags_to_host(&amd64, CT_open, abi_flags_to_guest(&amd64, CT_open, pairs[i].amd64)),
                          pairs[i].amd64);
    }
    ck_assert_uint_eq(abi_flags_to_host(&arm64, CT_clone, 0x12345), 0x12345);
}
END_TEST

/* Every row of a set whose value differs per ABI goes there and back alone. */
START_TEST(every_flag_returns)
{
    for (unsigned c = 0; c < CT_COUNT; c++)
        for (unsigned i = 0; i < abi_consts[c].count; i++)
            for (unsigned a = 0; a < ABI_COUNT; a++) {
                struct sys_abi abi = {(enum sys_abi_id)a, false};
                u64 guest = abi_consts[c].row[i].value[a];
                u64 host = abi_flags_to_host(&abi, (enum abi_consts_id)c, guest);
                ck_assert_msg(abi_flags_to_guest(&abi, (enum abi_consts_id)c, host) == guest, "%s",
                              abi_consts[c].row[i].name);
            }
}
END_TEST

START_TEST(numbers_have_rows)
{
    unsigned rows = 0;
    for (unsigned n = 0; n < sys_numbers_arm64.count; n++)
        rows += sys_numbers_arm64.row[n] >= 0;
    ck_assert_uint_ge(rows, 320);
    ck_assert_str_eq(sys_rows[sys_numbers_arm64.row[64]].name, "write");
    ck_assert_str_eq(sys_rows[sys_numbers_arm64.row[221]].name, "execve");
    ck_assert_int_eq(sys_numbers_arm64.row[244], -1);
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        const struct sys_row *r = &sys_rows[i];
        ck_assert_msg((r->call != NULL) == (r->level == LEVEL_FULL || r->level == LEVEL_PARTIAL), "%s", r->name);
        ck_assert_msg((r->host_nr >= 0) == (r->level == LEVEL_FORWARD), "%s", r->name);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("abi");
    TCase *t = tcase_create("abi");
    tcase_add_test(t, stat_moves_fields);
    tcase_add_test(t, epoll_event_is_packed_on_one_side);
    tcase_add_test(t, longs_narrow_and_widen);
    tcase_add_test(t, arrays_and_text);
    tcase_add_test(t, round_trips);
    tcase_add_test(t, numbers_of_narrow_guests);
    tcase_add_test(t, same_means_same);
    tcase_add_test(t, flags_convert);
    tcase_add_test(t, every_flag_returns);
    tcase_add_test(t, numbers_have_rows);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
