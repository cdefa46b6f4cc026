/* Compiled code as bytes that another process of the same program can use, and back. Everything that differs between
 * two processes is known by its place: displacements of shared code, addresses within the struct block, jumps of exits.
 */
#include "jit/jit.h"
#include "jit/alloc.h"
#include "jit/buffer.h"

/* Adds to a number of `bytes` bytes. */
static void add_to(u8 *at, unsigned bytes, u64 n)
{
    u64 v = 0;
    memcpy(&v, at, bytes);
    v += n;
    memcpy(at, &v, bytes);
}

/* What depends on this process becomes what does not, or back. at: the place in a copy; code: where it is executed. */
static void convert(const struct block *b, u8 *at, const u8 *code, u32 kind, bool back)
{
    u64 n = kind == JIT_PLACE_SHARED ? (u64)(code + 4 - buffer_base()) : -(u64)(uintptr_t)b;
    i32 heat = back && kind == JIT_PLACE_HEAT ? jit_heat_distance(b, code) : 0;
    if (kind == JIT_PLACE_HEAT)
        memcpy(at, &heat, sizeof heat);
    else
        add_to(at, kind == JIT_PLACE_SHARED ? 4 : 8, back ? -n : n);
}

u32 jit_kept_bytes(const struct block *b, u32 *info_at)
{
    *info_at = (u32)align_up(b->native_bytes, 8);
    return *info_at + (u32)jit_info_bytes(b->native_info);
}

bool jit_keep(const struct block *b, u8 *to, struct jit_kept_exit *exits, u64 least)
{
    const u8 *code = b->native_code;
    const struct jit_info *info = b->native_info;
    u32 at, bytes = jit_kept_bytes(b, &at);
    memcpy(to, code, b->native_bytes);
    memset(to + b->native_bytes, 0, at - b->native_bytes);
    memcpy(to + at, info, bytes - at);
    const struct jit_place *place = jit_places(info);
    for (u32 i = 0; i < b->exit_count; i++) {
        const struct block_exit *e = &b->exits[i];
        exits[i] = (struct jit_kept_exit){.pc = e->pc,
                                          .jump = (u32)((const u8 *)e->native - code) & INT32_MAX,
                                          .exchange = e->exchange,
                                          .unlinked = e->native_unlinked};
        memcpy(to + exits[i].jump, &e->native_unlinked, 4);
    }
    for (u32 i = 0; i < info->place_count; i++)
        convert(b, to + place[i].at, code + place[i].at, place[i].kind, false);
    return !jit_host()->has_number(to, at, least);
}

bool jit_kept_valid(const u8 *kept, u32 bytes, u32 info_at, const struct jit_kept_exit *exits, u32 exit_count)
{
    if (info_at % 8 || info_at > bytes || bytes - info_at < sizeof(struct jit_info))
        return false;
    const struct jit_info *info = (const struct jit_info *)(kept + info_at);
    u32 most = bytes; /* of anything that is counted: no product overflows */
    if (info->map_count > most || info->site_count > most || info->place_count > most ||
        info->pin_count > JIT_REGS || bytes - info_at < jit_info_bytes(info))
        return false;
    for (u32 i = 0; i < info->pin_count; i++)
        if (jit_pins(info)[i].reg >= JIT_REGS || jit_pins(info)[i].bytes > sizeof(union v128))
            return false;
    const struct jit_place *place = jit_places(info);
    for (u32 i = 0; i < info->place_count; i++)
        if (place[i].at > info_at || info_at - place[i].at < (place[i].kind == JIT_PLACE_BLOCK ? 8 : 4))
            return false;
    for (u32 i = 0; i < exit_count; i++)
        if (exits[i].jump > info_at || info_at - exits[i].jump < 4)
            return false;
    return true;
}

struct block *jit_restore(const u8 *kept, u32 info_at, const struct jit_kept_exit *exits, struct block *b)
{
    const struct jit_info *info = (const struct jit_info *)(kept + info_at);
    if (cache_jump_mode(b->mode) != info->jump_table ||
        (info->thumb_table >= 0 && cache_jump_mode(b->mode | CPU_MODE_THUMB) != info->thumb_table))
        return NULL;
    const u8 *placed = buffer_add(b, kept, info_at);
    if (!placed)
        return NULL;
    const struct jit_place *place = jit_places(info);
    for (u32 i = 0; i < info->place_count; i++)
        if (place[i].kind == JIT_PLACE_HEAT)
            jit_begin_counting(b, b->heat);
    b->info_is_kept = true;
    cache_set_native(b, placed, info_at, info, 0);
    u8 *to = buffer_open(placed, info_at);
    for (u32 i = 0; i < info->place_count; i++)
        convert(b, to + place[i].at, placed + place[i].at, place[i].kind, true);
    buffer_close();
    for (u32 i = 0; i < b->exit_count; i++) {
        b->exits[i].pc = exits[i].pc;
        b->exits[i].exchange = exits[i].exchange;
        b->exits[i].native = (void *)(placed + exits[i].jump);
        b->exits[i].native_unlinked = exits[i].unlinked;
    }
    return b;
}
