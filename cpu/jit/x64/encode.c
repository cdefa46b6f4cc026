/* The encoder: prefixes, REX or VEX, opcode, ModRM, SIB, displacement, immediate. */
#include "jit/x64/x64.h"

#define V  X64_VEX
#define V1 (X64_VEX | X64_VEX_W)
#define E  X64_EVEX
#define E1 (X64_EVEX | X64_VEX_W)
const struct x64_row x64_rows[X64_INSN_COUNT] = {
#define X64(name, mnemonic, prefix, map, opcode, ext, order, reg, rm, imm)                                             \
    [X64_##name] = {mnemonic, prefix, map, opcode, ext, X64_ORDER_##order, X64_CLASS_##reg, X64_CLASS_##rm, imm},
#include "jit/x64/insns.def"
#undef X64
};
#undef V
#undef V1
#undef E
#undef E1

void x64_byte(struct x64_code *c, u8 byte)
{
    if (unlikely(c->count >= c->capacity)) {
        c->full = true;
        return;
    }
    c->at[c->count++] = byte;
}

static void put32(struct x64_code *c, u32 v)
{
    for (int i = 0; i < 4; i++)
        x64_byte(c, (u8)(v >> 8 * i));
}

static void put64(struct x64_code *c, u64 v)
{
    put32(c, (u32)v);
    put32(c, (u32)(v >> 32));
}

/* ModRM, SIB and displacement for a memory operand. */
static void put_mem(struct x64_code *c, unsigned reg, struct x64_mem m)
{
    if (m.base == X64_RIP) {
        x64_byte(c, (u8)((reg & 7) << 3 | 5));
        put32(c, (u32)m.disp);
        return;
    }
    bool sib = m.index != X64_NO_REG || (m.base & 7) == RSP;
    unsigned mod = m.disp == 0 && (m.base & 7) != RBP ? 0 : m.disp == (i8)m.disp ? 1 : 2;
    x64_byte(c, (u8)(mod << 6 | (reg & 7) << 3 | (sib ? RSP : m.base & 7u)));
    if (sib)
        x64_byte(c, (u8)(m.scale << 6 | (m.index == X64_NO_REG ? RSP : m.index & 7) << 3 | (m.base & 7)));
    if (mod == 1)
        x64_byte(c, (u8)m.disp);
    else if (mod == 2)
        put32(c, (u32)m.disp);
}

/* Byte registers 4 to 7 are SPL.. DIL only with a REX prefix. */
static bool needs_rex(u8 class, unsigned reg) { return class == X64_CLASS_B && reg >= RSP && reg <= RDI; }

/* VEX in its short form where that suffices. */
static void put_vex(struct x64_code *c, const struct x64_row *row, bool w, unsigned reg, unsigned v, unsigned x,
                    unsigned b)
{
    unsigned pp = row->prefix == 0x66 ? 1 : row->prefix == 0xf3 ? 2 : row->prefix == 0xf2 ? 3 : 0, map = row->map & 7;
    if (map == 1 && !w && !((x | b) >> 3 & 1)) {
        x64_byte(c, 0xc5);
        x64_byte(c, (u8)(((~reg >> 3) & 1) << 7 | (~v & 15) << 3 | pp));
    } else {
        x64_byte(c, 0xc4);
        x64_byte(c, (u8)(((~reg >> 3) & 1) << 7 | ((~x >> 3) & 1) << 6 | ((~b >> 3) & 1) << 5 | map));
        x64_byte(c, (u8)(w << 7 | (~v & 15) << 3 | pp));
    }
    x64_byte(c, row->opcode);
}

/* 128 bits, no mask, registers below 16. */
static void put_evex(struct x64_code *c, const struct x64_row *row, bool w, unsigned reg, unsigned v, unsigned b)
{
    unsigned pp = row->prefix == 0x66 ? 1 : row->prefix == 0xf3 ? 2 : row->prefix == 0xf2 ? 3 : 0;
    x64_byte(c, 0x62);
    x64_byte(c, (u8)(((~reg >> 3) & 1) << 7 | 1 << 6 | ((~b >> 3) & 1) << 5 | 1 << 4 | (row->map & 7)));
    x64_byte(c, (u8)(w << 7 | (~v & 15) << 3 | 1 << 2 | pp));
    x64_byte(c, 1 << 3);
    x64_byte(c, row->opcode);
}

static void put_opcode(struct x64_code *c, const struct x64_row *row, bool w, bool rex, unsigned reg, unsigned x,
                       unsigned b)
{
    if (row->prefix)
        x64_byte(c, row->prefix);
    u8 byte = (u8)(0x40 | w << 3 | (reg >> 3 & 1) << 2 | (x >> 3 & 1) << 1 | (b >> 3 & 1));
    if (byte != 0x40 || rex)
        x64_byte(c, byte);
    if (row->map)
        x64_byte(c, 0x0f);
    if (row->map > 1)
        x64_byte(c, row->map == 2 ? 0x38 : 0x3a);
    x64_byte(c, row->opcode);
}

static void put_imm(struct x64_code *c, const struct x64_row *row, i32 imm)
{
    for (unsigned i = 0; i < row->imm; i++)
        x64_byte(c, (u8)(imm >> 8 * i));
}

static bool vex_w(const struct x64_row *row, unsigned insn) { return insn & X64_W || row->map & X64_VEX_W; }

void x64_rvri(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, unsigned rm, i32 imm)
{
    const struct x64_row *row = &x64_rows[insn & (X64_W - 1)];
    if (row->ext >= 0)
        reg = (unsigned)row->ext;
    if (row->map & X64_EVEX)
        put_evex(c, row, vex_w(row, insn), reg, vvvv, rm);
    else
        put_vex(c, row, vex_w(row, insn), reg, vvvv, 0, rm);
    x64_byte(c, (u8)(0xc0 | (reg & 7) << 3 | (rm & 7)));
    put_imm(c, row, imm);
}

void x64_rvmi(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, struct x64_mem m, i32 imm)
{
    const struct x64_row *row = &x64_rows[insn & (X64_W - 1)];
    if (row->map & X64_EVEX) {
        must(m.base == X64_RIP); /* others would have scaled displacements of one byte */
        put_evex(c, row, vex_w(row, insn), reg, vvvv, 0);
    } else {
        put_vex(c, row, vex_w(row, insn), reg, vvvv, m.index == X64_NO_REG ? 0 : m.index, m.base);
    }
    put_mem(c, reg, m);
    put_imm(c, row, imm);
}

void x64_rvr(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, unsigned rm)
{
    x64_rvri(c, insn, reg, vvvv, rm, 0);
}
void x64_rvm(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, struct x64_mem m)
{
    x64_rvmi(c, insn, reg, vvvv, m, 0);
}

void x64_rri(struct x64_code *c, unsigned insn, unsigned reg, unsigned rm, i32 imm)
{
    const struct x64_row *row = &x64_rows[insn & (X64_W - 1)];
    if (row->ext >= 0)
        reg = (unsigned)row->ext;
    put_opcode(c, row, insn & X64_W, needs_rex(row->reg, reg) || needs_rex(row->rm, rm), reg, 0, rm);
    x64_byte(c, (u8)(0xc0 | (reg & 7) << 3 | (rm & 7)));
    put_imm(c, row, imm);
}

void x64_rmi(struct x64_code *c, unsigned insn, unsigned reg, struct x64_mem m, i32 imm)
{
    const struct x64_row *row = &x64_rows[insn & (X64_W - 1)];
    if (row->ext >= 0)
        reg = (unsigned)row->ext;
    put_opcode(c, row, insn & X64_W, needs_rex(row->reg, reg), reg, m.index == X64_NO_REG ? 0 : m.index, m.base);
    put_mem(c, reg, m);
    put_imm(c, row, imm);
}

void x64_rr(struct x64_code *c, unsigned insn, unsigned reg, unsigned rm) { x64_rri(c, insn, reg, rm, 0); }
void x64_rm(struct x64_code *c, unsigned insn, unsigned reg, struct x64_mem m) { x64_rmi(c, insn, reg, m, 0); }

void x64_rorx32(struct x64_code *c, unsigned reg, unsigned rm, u8 count)
{
    static const struct x64_row row = {"rorx", 0xf2, X64_VEX + 3, 0xf0, -1, 0, 0, 0, 1};
    put_vex(c, &row, false, reg, 0, 0, rm);
    x64_byte(c, (u8)(0xc0 | (reg & 7) << 3 | (rm & 7)));
    x64_byte(c, count);
}

void x64_const64(struct x64_code *c, unsigned reg, u64 value)
{
    x64_byte(c, (u8)(0x48 | reg >> 3));
    x64_byte(c, (u8)(0xb8 | (reg & 7)));
    put64(c, value);
}

bool x64_has_number(const u8 *code, u32 bytes, u64 least)
{
    for (u32 i = 0; i + 10 <= bytes; i++) {
        u64 v;
        if ((code[i] & 0xf8) != 0x48 || (code[i + 1] & 0xf8) != 0xb8)
            continue;
        memcpy(&v, code + i + 2, sizeof v);
        if (v >= least && v >> 47 == 0)
            return true;
    }
    return false;
}

void x64_const(struct x64_code *c, unsigned reg, u64 value)
{
    if (value == (u32)value) {
        if (reg >= 8)
            x64_byte(c, 0x41);
        x64_byte(c, (u8)(0xb8 | (reg & 7)));
        put32(c, (u32)value);
    } else if (value == (u64)(i64)(i32)value) {
        x64_rri(c, X64_mov_mi | X64_W, 0, reg, (i32)value);
    } else {
        x64_const64(c, reg, value);
    }
}

void x64_cmov(struct x64_code *c, enum x64_cc cc, bool wide, unsigned reg, unsigned rm)
{
    struct x64_row row = {"cmov", 0, 1, (u8)(0x40 | cc), -1, 0, X64_CLASS_G, X64_CLASS_G, 0};
    put_opcode(c, &row, wide, false, reg, 0, rm);
    x64_byte(c, (u8)(0xc0 | (reg & 7) << 3 | (rm & 7)));
}

void x64_setcc(struct x64_code *c, enum x64_cc cc, unsigned rm)
{
    struct x64_row row = {"set", 0, 1, (u8)(0x90 | cc), 0, 0, X64_CLASS_N, X64_CLASS_B, 0};
    put_opcode(c, &row, false, needs_rex(X64_CLASS_B, rm), 0, 0, rm);
    x64_byte(c, (u8)(0xc0 | (rm & 7)));
}

void x64_nop(struct x64_code *c, unsigned bytes)
{
    static const u8 nops[4][3] = {{0}, {0x90}, {0x66, 0x90}, {0x0f, 0x1f, 0x00}};
    for (unsigned i = 0; i < bytes; i++)
        x64_byte(c, nops[bytes][i]);
}

void x64_bswap_reg(struct x64_code *c, unsigned reg, bool wide)
{
    x64_byte(c, (u8)(0x40 | wide << 3 | reg >> 3));
    x64_byte(c, 0x0f);
    x64_byte(c, (u8)(0xc8 | (reg & 7)));
}

void x64_push(struct x64_code *c, unsigned reg)
{
    if (reg >= 8)
        x64_byte(c, 0x41);
    x64_byte(c, (u8)(0x50 | (reg & 7)));
}

void x64_pop(struct x64_code *c, unsigned reg)
{
    if (reg >= 8)
        x64_byte(c, 0x41);
    x64_byte(c, (u8)(0x58 | (reg & 7)));
}

u32 x64_jcc(struct x64_code *c, enum x64_cc cc)
{
    x64_byte(c, 0x0f);
    x64_byte(c, (u8)(0x80 | cc));
    put32(c, 0);
    return c->count - 4;
}

u32 x64_jmp(struct x64_code *c)
{
    x64_byte(c, 0xe9);
    put32(c, 0);
    return c->count - 4;
}

u32 x64_call(struct x64_code *c)
{
    x64_byte(c, 0xe8);
    put32(c, 0);
    return c->count - 4;
}

void x64_patch(struct x64_code *c, u32 position, u32 target)
{
    if (c->full)
        return;
    u32 distance = target - (position + 4);
    memcpy(c->at + position, &distance, 4);
}
