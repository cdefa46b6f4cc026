# Data processing, immediate. Code starts at 0x10000. (.inst: adrp x0 of the fifth page on)
adr x0, . + 0xfffff           | => x0=0x10ffff
adr x0, . - 0x10000           | => x0=0
.inst 0xb0000020               | => x0=0x15000
nop ; adrp x30, .             | => x30=0x10000
add sp, x1, #0                | x1=0xfedcba9876543210 => sp=0xfedcba9876543210
add wsp, w1, #0               | x1=0xfedcba9876543210 => sp=0x76543210
sub sp, sp, #4095, lsl #12    | sp=0x1000000 => sp=0x1000
subs xzr, sp, #0x21, lsl #12  | => nzcv=6
adds w0, w1, #1               | x1=0x7fffffff => x0=0x80000000 nzcv=9
adds w0, w1, #1               | x1=0xffffffff => x0=0 nzcv=6
subs x0, x1, #1               | x1=0x8000000000000000 => x0=0x7fffffffffffffff nzcv=3
cmp w0, #0                    | x0=0xffffffff00000000 => nzcv=6
and sp, x0, #~15              | x0=0x123f => sp=0x1230
and wsp, w0, #0xfffffff0      | x0=0xffffffff0000123f => sp=0x1230
orr x0, xzr, #0xaaaaaaaaaaaaaaaa | => x0=0xaaaaaaaaaaaaaaaa
orr w0, wzr, #0xe1e1e1e1      | => x0=0xe1e1e1e1
eor x0, x1, #0x8000000000000001 | x1=-1 => x0=0x7ffffffffffffffe
ands w0, w1, #0x80000000      | x1=0xffffffff80000001 => x0=0x80000000 nzcv=8
tst x1, #0x7ffffffffffffffe   | x1=0x8000000000000001 nzcv=15 => nzcv=4
movn x0, #0                   | => x0=-1
movn w0, #0xffff, lsl #16     | => x0=0xffff
movz x0, #0x1234, lsl #48     | => x0=0x1234000000000000
movk x0, #0, lsl #32          | x0=-1 => x0=0xffff0000ffffffff
movk w0, #1, lsl #16          | x0=-1 => x0=0x1ffff
sbfx x0, x1, #4, #8           | x1=0xf80 => x0=-8
sbfiz x0, x1, #60, #4         | x1=9 => x0=0x9000000000000000
sbfiz w0, w1, #28, #4         | x1=9 => x0=0x90000000
sxtw x0, w1                   | x1=0x80000000 => x0=0xffffffff80000000
sxtb w0, w1                   | x1=0x80 => x0=0xffffff80
sxth x0, w1                   | x1=0x18000 => x0=0xffffffffffff8000
asr x0, x1, #63               | x1=0x8000000000000000 => x0=-1
asr w0, w1, #31               | x1=0x80000000 => x0=0xffffffff
ubfx x0, x1, #63, #1          | x1=0x8000000000000000 => x0=1
ubfiz x0, x1, #1, #63         | x1=-1 => x0=-2
lsl w0, w1, #31               | x1=3 => x0=0x80000000
lsr x0, x1, #0                | x1=-1 => x0=-1
uxth w0, w1                   | x1=-1 => x0=0xffff
bfi x0, x1, #8, #8            | x0=0x1111111111111111 x1=0xabcd => x0=0x111111111111cd11
bfi w0, w1, #31, #1           | x0=-1 x1=0 => x0=0x7fffffff
bfxil x0, x1, #56, #8         | x0=-1 x1=0x1200000000000000 => x0=0xffffffffffffff12
bfxil w0, w1, #0, #32         | x0=-1 x1=5 => x0=5
extr x0, x1, x2, #4           | x1=0xf x2=0x10 => x0=0xf000000000000001
extr w0, w1, w2, #31          | x1=1 x2=0x80000000 => x0=3
extr x0, x1, x2, #0           | x1=-1 x2=7 => x0=7
ror w0, w1, #1                | x1=1 => x0=0x80000000
