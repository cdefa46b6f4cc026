# Multiplication, division, saturation, media.
mul r0, r1, r2                     | r1=0x10001 r2=0x10000   => r0=0x10000
muls r0, r1, r2                    | r1=-1 r2=1 nzcv=3       => r0=-1 nzcv=11
mla r0, r1, r2, r3                 | r1=3 r2=4 r3=5          => r0=17
mls r0, r1, r2, r3                 | r1=3 r2=4 r3=5          => r0=-7
umull r0, r1, r2, r3               | r2=-1 r3=-1             => r0=1 r1=-2
smull r0, r1, r2, r3               | r2=-1 r3=2              => r0=-2 r1=-1
umlal r0, r1, r2, r3               | r0=-1 r1=0 r2=1 r3=1    => r0=0 r1=1
smlals r0, r1, r2, r3              | r0=1 r1=0 r2=-1 r3=1    => r0=0 r1=0 nzcv=4
umaal r0, r1, r2, r3               | r0=-1 r1=-1 r2=-1 r3=-1 => r0=-1 r1=-1
smlabt r0, r1, r2, r3              | r1=2 r2=0x30000 r3=1    => r0=7
smlabb r0, r1, r2, r3              | r1=0x7fff r2=0x7fff r3=0x7fffffff => r0=0xbfff0000 qf=1
smulwb r0, r1, r2                  | r1=0x10000 r2=3         => r0=3
smlald r0, r1, r2, r3              | r2=0x20003 r3=0x40005   => r0=23
smmulr r0, r1, r2                  | r1=0x40000000 r2=2      => r0=1
sdiv r0, r1, r2                    | r1=-7 r2=2              => r0=-3
sdiv r0, r1, r2                    | r1=0x80000000 r2=-1     => r0=0x80000000
udiv r0, r1, r2                    | r0=9 r1=7 r2=0          => r0=0
qadd r0, r1, r2                    | r1=0x7fffffff r2=1      => r0=0x7fffffff qf=1
qdsub r0, r1, r2                   | r1=0 r2=0x40000000      => r0=0x80000001 qf=1
ssat r0, #8, r1                    | r1=200                  => r0=127 qf=1
usat r0, #8, r1, asr #1            | r1=-2                   => r0=0 qf=1
usat16 r0, #4, r1                  | r1=0x00110003           => r0=0x000f0003 qf=1
sadd8 r0, r1, r2                   | r1=0x7f00ff01 r2=0x01000101 => r0=0x80000002 ge=15
usub16 r0, r1, r2                  | r1=0x00010005 r2=0x00020005 => r0=0xffff0000 ge=3
uqadd8 r0, r1, r2                  | r1=0xff010203 r2=0x01010101 => r0=0xff020304
shasx r0, r1, r2                   | r1=0x00040002 r2=0x00020004 => r0=0x00040000
sel r0, r1, r2                     | r1=0x11223344 r2=0xaabbccdd ge=5 => r0=0xaa22cc44
usad8 r0, r1, r2                   | r1=0x01020304 r2=0x04030201 => r0=8
pkhtb r0, r1, r2, asr #8           | r1=0x11112222 r2=0x33445566 => r0=0x11114455
sxtab16 r0, r1, r2, ror #8         | r1=0x00010001 r2=0xff00fe00 => r0=0xffff
uxtah r0, r1, r2                   | r1=1 r2=0xffff          => r0=0x10000
rev16 r0, r1                       | r1=0x11223344           => r0=0x22114433
revsh r0, r1                       | r1=0x80                 => r0=0xffff8000
rbit r0, r1                        | r1=1                    => r0=0x80000000
bfi r0, r1, #8, #4                 | r0=-1 r1=0              => r0=0xfffff0ff
sbfx r0, r1, #4, #4                | r1=0x80                 => r0=-8
clz r0, r1                         | r1=0                    => r0=32
crc32w r0, r1, r2                  | r1=0xffffffff r2=0      => r0=0xdebb20e3
