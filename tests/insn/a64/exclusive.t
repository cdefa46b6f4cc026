# Sequences that are one atomic operation; the registers that they write are as after each instruction.
1: ldxr w0, [x1] ; add w2, w0, w3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=7 x4=9 m32[0x20000]=5 => x0=5 x2=12 x4=0 m32[0x20000]=12
1: ldaxr x0, [x1] ; add x2, x0, x3 ; stlxr w4, x2, [x1] ; cbnz w4, 1b   | x1=0x20000 x3=-7 m64[0x20000]=5 => x0=5 x2=-2 x4=0 m64[0x20000]=-2
1: ldxr x0, [x1] ; add x0, x0, #1 ; stxr w4, x0, [x1] ; cbnz w4, 1b     | x1=0x20000 m64[0x20000]=-1 => x0=0 x4=0 m64[0x20000]=0
1: ldxr w0, [x1] ; sub w2, w0, #1, lsl #12 ; stxr w4, w2, [x1] ; cbnz w4, 1b ; mov x5, x2 | x1=0x20000 => x2=0xfffff000 x5=0xfffff000 x4=0 m32[0x20000]=0xfffff000
1: ldxr w0, [x1] ; sub w2, w0, w3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=7 m32[0x20000]=5 => x0=5 x2=0xfffffffe m32[0x20000]=0xfffffffe
1: ldxr w0, [x1] ; sub w2, w3, w0 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=7 m32[0x20000]=5 => x0=5 x2=2 m32[0x20000]=2
1: ldxr w0, [x1] ; add w3, w3, w0 ; stxr w4, w3, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=7 m32[0x20000]=5 => x0=5 x3=12 m32[0x20000]=12
1: ldxr w0, [x1] ; add w2, w0, w0 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 m32[0x20000]=5 => x0=5 x2=10 m32[0x20000]=10
1: ldxr w0, [x1] ; and w2, w0, w3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=6 m32[0x20000]=5 => x0=5 x2=4 m32[0x20000]=4
1: ldxr x0, [x1] ; and x2, x0, #0xff00ff00ff00ff00 ; stxr w4, x2, [x1] ; cbnz w4, 1b | x1=0x20000 m64[0x20000]=0x123456789abcdef0 => x0=0x123456789abcdef0 x2=0x120056009a00de00 m64[0x20000]=0x120056009a00de00
1: ldxr w0, [x1] ; bic w2, w0, w3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=6 m32[0x20000]=5 => x0=5 x2=1 m32[0x20000]=1
1: ldxr w0, [x1] ; orr w2, w0, #8 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 m32[0x20000]=5 => x0=5 x2=13 m32[0x20000]=13
1: ldxr x0, [x1] ; orn x2, x0, x3 ; stxr w4, x2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=6 m64[0x20000]=5 => x0=5 x2=-3 m64[0x20000]=-3
1: ldxr w0, [x1] ; eor w2, w3, w0 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=6 m32[0x20000]=5 => x0=5 x2=3 m32[0x20000]=3
1: ldxr x0, [x1] ; eon x2, x0, x3 ; stxr w4, x2, [x1] ; cbnz w4, 1b     | x1=0x20000 x3=6 m64[0x20000]=5 => x0=5 x2=-4 m64[0x20000]=-4
1: ldxrb w0, [x1] ; add w2, w0, w3 ; stxrb w4, w2, [x1] ; cbnz w4, 1b   | x1=0x20003 x3=0x101 m32[0x20000]=0xffffffff => x0=0xff x2=0x200 m32[0x20000]=0x00ffffff
1: ldaxrh w0, [x1] ; eor w2, w0, #0xff ; stlxrh w4, w2, [x1] ; cbnz w4, 1b | x1=0x20002 m32[0x20000]=0x1234ffff => x0=0x1234 x2=0x12cb m32[0x20000]=0x12cbffff
1: ldxr w0, [x1] ; stxr w4, w2, [x1] ; cbnz w4, 1b                      | x1=0x20000 x2=6 m32[0x20000]=5 => x0=5 x4=0 m32[0x20000]=6
1: ldxr x0, [x1] ; stxr w4, xzr, [x1] ; cbnz w4, 1b                     | x1=0x20000 x4=6 m64[0x20000]=-5 => x0=-5 x4=0 m64[0x20000]=0
ldxr x0, [x1] ; stxr w4, x0, [x1]                                       | x1=0x20000 x4=6 m64[0x20000]=-5 => x0=-5 x4=0
ldxr w0, [sp] ; add w2, w0, #1 ; stxr w4, w2, [sp]                      | m32[0x21000]=5 => x0=5 x2=6 m32[0x21000]=6
ldxr w0, [sp] ; add w2, w0, #1 ; stxr w4, w2, [sp]                      | sp=0x20008 => trap=alignment
ldxr x0, [x1] ; add x2, x0, #1 ; stxr w4, x2, [x1]                      | x1=0x2000c x2=5 => trap=alignment
# the monitor is open afterwards
ldxr x0, [x1] ; add x2, x0, #1 ; stxr w4, x2, [x1] ; stxr w5, x2, [x1]  | x1=0x20000 m64[0x20000]=5 => x0=5 x2=6 x5=1 m64[0x20000]=6
# compare and swap; the flags are those of the comparison
1: ldxr w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxr w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=5 x3=9 x4=7 m32[0x20000]=5 => x0=5 x4=0 nzcv=6 m32[0x20000]=9
1: ldxr w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxr w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=6 x3=9 x4=7 m32[0x20000]=5 => x0=5 nzcv=8
1: ldaxr x0, [x1] ; cmp x2, x0 ; b.ne 2f ; stlxr w4, x3, [x1] ; cbnz w4, 1b ; mov x5, #1 ; 2: nop | x1=0x20000 x2=5 x3=9 m64[0x20000]=5 => x0=5 x5=1 nzcv=6 m64[0x20000]=9
1: ldaxr x0, [x1] ; cmp x2, x0 ; b.ne 2f ; stlxr w4, x3, [x1] ; cbnz w4, 1b ; mov x5, #1 ; 2: nop | x1=0x20000 x2=-1 x3=9 x4=7 m64[0x20000]=5 => x0=5 nzcv=10
ldxr x0, [x1] ; cmp x0, x2 ; b.ne 2f ; stxr w4, x3, [x1] ; 2: cset w5, eq | x1=0x20000 x2=5 x3=9 x4=7 m64[0x20000]=5 => x0=5 x4=0 x5=1 nzcv=6 m64[0x20000]=9
ldxr x0, [x1] ; cmp x0, x2 ; b.ne 2f ; stxr w4, x3, [x1] ; 2: cset w5, eq | x1=0x20000 x2=4 x3=9 x4=7 m64[0x20000]=5 => x0=5 x5=0 nzcv=2
1: ldxrb w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxrb w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=5 x3=0x109 m32[0x20000]=0x105 => x0=5 nzcv=6 m32[0x20000]=0x109
1: ldxrb w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxrb w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=0x105 x3=9 x4=7 m32[0x20000]=5 => x0=5 nzcv=8
1: ldxrb w0, [x1] ; cmp w0, w2, uxtb ; b.ne 2f ; stxrb w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=0x105 x3=9 m32[0x20000]=0x305 => x0=5 nzcv=6 m32[0x20000]=0x309
1: ldxrh w0, [x1] ; cmp w0, w2, uxth ; b.ne 2f ; stxrh w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x2=0x10005 x3=9 m32[0x20000]=0x30005 => x0=5 nzcv=6 m32[0x20000]=0x30009
1: ldxr w0, [x1] ; cmp w0, #5 ; b.ne 2f ; stxr w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x20000 x3=9 m32[0x20000]=5 => x0=5 nzcv=6 m32[0x20000]=9
1: ldaxr w0, [x1] ; cbnz w0, 2f ; stxr w0, w3, [x1] ; cbnz w0, 1b ; mov x5, #1 ; 2: nop | x1=0x20000 x3=9 => x5=1 m32[0x20000]=9
1: ldaxr w0, [x1] ; cbnz w0, 2f ; stxr w0, w3, [x1] ; cbnz w0, 1b ; mov x5, #1 ; 2: nop | x1=0x20000 x3=9 m32[0x20000]=4 => x0=4
# what only reads may be read-only; what stores faults at the store, what came before is done
1: ldxr w0, [x1] ; add w2, w0, #3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x24000 x0=9 x4=9 => x0=0 x2=3 trap=fault addr=0x24000 at=8
1: ldxr x0, [x1] ; stxr w4, x2, [x1] ; cbnz w4, 1b                      | x1=0x24000 x0=9 x4=9 => x0=0 trap=fault addr=0x24000 at=4
1: ldxr w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxr w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x24000 x2=6 => x0=0 nzcv=8
1: ldxr w0, [x1] ; cmp w0, w2 ; b.ne 2f ; stxr w4, w3, [x1] ; cbnz w4, 1b ; 2: nop | x1=0x24000 x2=0 x0=1 x4=3 => x0=0 nzcv=6 trap=fault addr=0x24000 at=12
1: ldxr w0, [x1] ; add w2, w0, #3 ; stxr w4, w2, [x1] ; cbnz w4, 1b     | x1=0x90000000 x0=9 => trap=fault addr=0x90000000 at=0
1: ldxr x0, [x1] ; add x2, x0, #3 ; stxr w4, x2, [x1] ; cbnz w4, 1b     | x1=TOP+0 x0=9 => trap=fault addr=TOP+0 at=0
# not such sequences
ldxr w0, [x1] ; add w2, w0, #3 ; stxr w4, w2, [x3]                      | x1=0x20000 x3=0x20004 => x0=0 x2=3 x4=1
ldxr w0, [x1] ; add w2, w0, #3 ; stxrb w4, w2, [x1]                     | x1=0x20000 => x0=0 x2=3 x4=1
ldxr x0, [x1] ; add w2, w0, #3 ; stxr w4, x2, [x1]                      | x1=0x20000 m64[0x20000]=0x100000001 => x0=0x100000001 x2=4 m64[0x20000]=4
ldxr w0, [x1] ; add w2, w3, #3 ; stxr w4, w2, [x1]                      | x1=0x20000 x3=5 m32[0x20000]=2 => x0=2 x2=8 m32[0x20000]=8
ldxr w0, [x1] ; mul w2, w0, w3 ; stxr w4, w2, [x1]                      | x1=0x20000 x3=5 m32[0x20000]=2 => x0=2 x2=10 m32[0x20000]=10
ldxr w0, [x1] ; ldr w2, [x1] ; add w2, w2, #1 ; stxr w4, w2, [x1]       | x1=0x20000 m32[0x20000]=2 x4=9 => x0=2 x2=3 x4=0 m32[0x20000]=3
ldxr x1, [x1] ; stxr w4, x2, [x1]                                       | x1=0x20000 m64[0x20000]=0x20008 => x1=0x20008 x4=1
