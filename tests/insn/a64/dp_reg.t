# Data processing, register.
bic x0, x1, x2, lsl #4        | x1=0xff x2=1 => x0=0xef
orn w0, wzr, w1               | x1=0xffffffff00000000 => x0=0xffffffff
eon x0, x1, x2, ror #1        | x1=0 x2=1 => x0=0x7fffffffffffffff
ands w0, w1, w2, asr #31      | x1=-1 x2=0x80000000 nzcv=3 => x0=0xffffffff nzcv=8
bics xzr, x1, x2              | x1=5 x2=5 nzcv=3 => nzcv=4
add x0, x1, x2, asr #63       | x1=1 x2=-1 => x0=0
subs w0, w1, w2, lsr #31      | x1=0x80000000 x2=0x80000000 => x0=0x7fffffff nzcv=3
negs x0, x1                   | x1=0 => nzcv=6
add x0, sp, w1, sxtb #3       | x1=0x80 => x0=0x20c00
add x0, sp, x1, uxtx #4       | x1=1 => x0=0x21010
add w0, wsp, w1, uxth         | x1=0xffffffff => x0=0x30fff
sub sp, sp, w1, uxtw #4       | x1=0xffffffff00000010 => sp=0x20f00
subs x0, sp, x1, sxtx         | x1=0x21000 => nzcv=6 x0=0
adc x0, x1, x2                | x1=-1 x2=0 nzcv=2 => x0=0
adcs x0, x1, x2               | x1=-1 x2=0 nzcv=2 => x0=0 nzcv=6
adcs w0, w1, w2               | x1=0x7fffffff x2=0 nzcv=2 => x0=0x80000000 nzcv=9
adcs x0, x1, x2               | x1=-1 x2=-1 nzcv=2 => x0=-1 nzcv=10
sbc x0, x1, x2                | x1=0 x2=0 nzcv=0 => x0=-1
sbcs x0, x1, x2               | x1=5 x2=5 nzcv=2 => x0=0 nzcv=6
sbcs x0, x1, x2               | x1=0 x2=-1 nzcv=0 => x0=0 nzcv=4
sbcs w0, w1, w2               | x1=0x80000000 x2=0 nzcv=0 => x0=0x7fffffff nzcv=3
ngcs w0, wzr                  | nzcv=0 => x0=0xffffffff nzcv=8
rmif x1, #0, #15              | x1=10 => nzcv=10
rmif x1, #60, #5              | x1=0xf000000000000000 nzcv=8 => nzcv=13
setf8 w1                      | x1=0x80 nzcv=2 => nzcv=11
setf8 w1                      | x1=0x100 nzcv=2 => nzcv=7
setf8 w1                      | x1=0x17f nzcv=0 => nzcv=1
setf16 w1                     | x1=0x18000 nzcv=0 => nzcv=8
setf16 w1                     | x1=0x10000 nzcv=2 => nzcv=7
ccmp x1, x2, #13, eq          | x1=1 x2=1 nzcv=0 => nzcv=13
ccmp x1, x2, #13, ne          | x1=1 x2=1 nzcv=0 => nzcv=6
ccmp w1, #31, #0, al          | x1=0x10000001f nzcv=0 => nzcv=6
ccmn w1, #1, #15, cs          | x1=0xffffffff nzcv=2 => nzcv=6
ccmn x1, x2, #15, nv          | x1=1 x2=1 nzcv=4 => nzcv=0
csel w0, w1, w2, lt           | x1=-1 x2=2 nzcv=8 => x0=0xffffffff
csinc x0, x1, xzr, hi         | x1=5 nzcv=6 => x0=1
csinv w0, w1, wzr, ge         | x1=5 nzcv=1 => x0=0xffffffff
csneg x0, x1, x2, ls          | x1=5 x2=7 nzcv=2 => x0=-7
cset w0, mi                   | nzcv=8 => x0=1
udiv x0, x1, x2               | x1=7 x2=0 => x0=0
udiv w0, w1, w2               | x1=0xffffffffffffffff x2=0x100000002 => x0=0x7fffffff
sdiv x0, x1, x2               | x1=0x8000000000000000 x2=-1 => x0=0x8000000000000000
sdiv w0, w1, w2               | x1=0x80000000 x2=0xffffffff => x0=0x80000000
sdiv x0, x1, x2               | x1=-7 x2=2 => x0=-3
lslv x0, x1, x2               | x1=1 x2=0x7f => x0=0x8000000000000000
lsrv w0, w1, w2               | x1=0xffffffff80000000 x2=63 => x0=1
asrv w0, w1, w2               | x1=0x80000000 x2=33 => x0=0xc0000000
rorv x0, x1, x2               | x1=1 x2=65 => x0=0x8000000000000000
crc32b w0, w1, w2             | x1=0xffffffff x2=0xffffff31 => x0=0x7c231048
crc32x w0, w1, x2             | x1=0xffffffff x2=0x3837363534333231 => x0=0x651f2550
crc32cx w0, w1, x2            | x1=0xffffffff x2=0x3837363534333231 => x0=0x9f787f65
rbit w0, w1                   | x1=0xffffffff00000001 => x0=0x80000000
rbit x0, x1                   | x1=3 => x0=0xc000000000000000
rev16 x0, x1                  | x1=0x0123456789abcdef => x0=0x23016745ab89efcd
rev16 w0, w1                  | x1=0x0123456789abcdef => x0=0xab89efcd
rev32 x0, x1                  | x1=0x0123456789abcdef => x0=0x67452301efcdab89
rev x0, x1                    | x1=0x0123456789abcdef => x0=0xefcdab8967452301
rev w0, w1                    | x1=0x0123456789abcdef => x0=0xefcdab89
clz w0, w1                    | x1=0xffffffff00000000 => x0=32
cls x0, x1                    | x1=-1 => x0=63
cls w0, w1                    | x1=0x40000000 => x0=0
cls x0, x1                    | x1=1 => x0=62
madd w0, w1, w2, w3           | x1=0x10000 x2=0x10000 x3=0x100000005 => x0=5
msub x0, x1, x2, x3           | x1=3 x2=4 x3=2 => x0=-10
smaddl x0, w1, w2, x3         | x1=0xffffffff x2=0x80000000 x3=1 => x0=0x80000001
smsubl x0, w1, w2, x3         | x1=0x80000000 x2=0x80000000 x3=0 => x0=0xc000000000000000
umaddl x0, w1, w2, x3         | x1=0xffffffff x2=0xffffffff x3=1 => x0=0xfffffffe00000002
umsubl x0, w1, w2, x3         | x1=0xffffffff x2=2 x3=0 => x0=0xfffffffe00000002
smulh x0, x1, x2              | x1=0x8000000000000000 x2=0x8000000000000000 => x0=0x4000000000000000
smulh x0, x1, x2              | x1=-1 x2=1 => x0=-1
umulh x0, x1, x2              | x1=-1 x2=-1 => x0=-2
.inst 0x9b420020              | => trap=undefined
