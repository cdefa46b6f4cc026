# Atomic memory operations.
ldadd x0, x1, [x2]            | x0=1 x2=0x20000 m64[0x20000]=-1 => x1=-1 m64[0x20000]=0
ldaddalb w0, w1, [x2]         | x0=0x1ff x2=0x20001 m16[0x20000]=0x8012 => x1=0x80 m16[0x20000]=0x7f12
ldclrh w0, w1, [x2]           | x0=0xff x2=0x20000 m32[0x20000]=0x1234abcd => x1=0xabcd m32[0x20000]=0x1234ab00
ldeora w0, w1, [x2]           | x0=-1 x1=-1 x2=0x20000 m32[0x20000]=1 => x1=1 m32[0x20000]=0xfffffffe
ldsetl x0, xzr, [sp]          | x0=6 m64[0x21000]=1 => m64[0x21000]=7
ldsmaxb w0, w1, [x2]          | x0=0x80 x2=0x20000 m8[0x20000]=0x7f => x1=0x7f m8[0x20000]=0x7f
ldsminh w0, w1, [x2]          | x0=0x18000 x2=0x20000 m16[0x20000]=1 => x1=1 m16[0x20000]=0x8000
ldumax w0, w1, [x2]           | x0=0xffffffff x2=0x20000 m32[0x20000]=1 => x1=1 m32[0x20000]=0xffffffff
ldumin x0, x1, [x2]           | x0=-1 x2=0x20000 m64[0x20000]=1 => x1=1
swp x0, x0, [x2]              | x0=5 x2=0x20000 m64[0x20000]=6 => x0=6 m64[0x20000]=5
ldadd x0, x2, [x2]            | x0=5 x2=0x20000 m64[0x20000]=6 => x2=6 m64[0x20000]=11
cas x0, x1, [x2]              | x0=5 x1=6 x2=0x20000 m64[0x20000]=5 => m64[0x20000]=6
cas x0, x1, [x2]              | x0=4 x1=6 x2=0x20000 m64[0x20000]=5 => x0=5
casb w0, w1, [x2]             | x0=0x105 x1=0x106 x2=0x20000 m8[0x20000]=5 => x0=5 m8[0x20000]=6
casalh w0, w1, [x2]           | x0=0xffffffff00000005 x1=6 x2=0x20000 m16[0x20000]=7 => x0=7
casp w0, w1, w2, w3, [x4]     | x0=1 x1=2 x2=3 x3=4 x4=0x20000 m64[0x20000]=0x200000001 => m64[0x20000]=0x400000003
caspal x0, x1, x2, x3, [x4]   | x0=1 x1=2 x2=3 x3=4 x4=0x20000 m64[0x20000]=1 m64[0x20008]=2 => m64[0x20000]=3 m64[0x20008]=4
casp x0, x1, x2, x3, [x4]     | x0=1 x1=9 x2=3 x3=4 x4=0x20000 m64[0x20000]=1 m64[0x20008]=2 => x1=2
ldadd x0, x1, [x2]            | x2=0x20004 x0=1 => m64[0x20004]=1 x1=0
ldadd x0, x1, [x2]            | x2=0x2000c x0=1 => trap=alignment
casp x0, x1, x2, x3, [x4]     | x4=0x20008 => trap=alignment
swp x0, x1, [x2]              | x2=0x90000000 x0=1 => trap=fault
