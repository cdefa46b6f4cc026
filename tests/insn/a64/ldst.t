# Loads and stores of general registers. Nothing changes where an access faults.
ldr x0, 1f ; b 2f ; 1: .quad 0x1122334455667788 ; 2: nop     | => x0=0x1122334455667788
ldrsw x0, 1f ; b 2f ; 1: .word 0x80000000 ; 2: nop           | => x0=0xffffffff80000000
ldrb w0, [x1, #4095]          | x1=0x20000 m8[0x20fff]=0xfe => x0=0xfe
ldrsb w0, [x1]                | x1=0x20000 m8[0x20000]=0x80 => x0=0xffffff80
ldrsb x0, [x1]                | x1=0x20000 m8[0x20000]=0x80 => x0=0xffffffffffffff80
ldrsh w0, [x1, #2]            | x1=0x20000 m16[0x20002]=0x8000 => x0=0xffff8000
ldrsw x0, [x1, #-4]!          | x1=0x20004 m32[0x20000]=0x80000001 => x0=0xffffffff80000001 x1=0x20000
ldr w0, [x1], #-256           | x0=-1 x1=0x20100 m32[0x20100]=7 => x0=7 x1=0x20000
ldur x0, [x1, #-1]            | x1=0x20001 m64[0x20000]=0x0102030405060708 => x0=0x0102030405060708
str wzr, [x1, #4]             | x1=0x20000 m64[0x20000]=-1 => m64[0x20000]=0xffffffff
strh w0, [x1, x2, lsl #1]     | x0=0x12345 x1=0x20000 x2=3 => m16[0x20006]=0x2345
strb w0, [x1, w2, sxtw]       | x0=0xab x1=0x20001 x2=0xffffffff => m8[0x20000]=0xab
ldr x0, [x1, w2, uxtw #3]     | x1=0x20000 x2=0xffffffff00000002 m64[0x20010]=5 => x0=5
ldr x0, [sp, x2, sxtx]        | x2=-8 m64[0x20ff8]=9 => x0=9
ldr x0, [x1, #8]!             | x1=0x90000000 => trap=fault
ldr x0, [x1], #8              | x1=0x90000000 => trap=fault
ldr x0, [x1]                  | x1=0xffff800000000000 => trap=fault
str x0, [x1, #8]!             | x1=0x90000000 => trap=fault
# the base wins where it is the loaded register too; a store writes the old base
.inst 0xf8408421              | x1=0x20000 m64[0x20000]=7 => x1=0x20008
.inst 0xf8008c21              | x1=0x20000 => x1=0x20008 m64[0x20008]=0x20000
ldtr x0, [x1, #8]             | x1=0x20000 m64[0x20008]=7 => x0=7
ldtrsh x0, [x1]               | x1=0x20000 m16[0x20000]=0xffff => x0=-1
sttrb w0, [x1, #-1]           | x0=0x1ff x1=0x20001 => m8[0x20000]=0xff
prfm pldl1keep, [x1] ; prfum pstl3strm, [x1, #-1] ; prfm pldl1keep, [x1, x2] | x1=0x90000000 => x0=0
prfm pstl1strm, [x1] ; prfm pldl2keep, [x1, x2, lsl #3] ; prfm pldl3keep, [x1, #32760] | x1=0xffff800000001000 x2=-1 => x0=0
prfm pstl1keep, [x1] ; prfum pldl1keep, [x1, #-256] | x1=0x5600000000020000 => x0=0
cmp x1, x2 ; prfm pldl1keep, [x1, x2] ; cset x0, lo | x1=0x20000 x2=0x20001 => x0=1 nzcv=8
ldp x0, x2, [x1], #16         | x1=0x20000 m64[0x20000]=1 m64[0x20008]=2 => x0=1 x2=2 x1=0x20010
ldp w0, w2, [x1, #-8]         | x1=0x20008 m64[0x20000]=0xffffffff00000001 => x0=1 x2=0xffffffff
ldpsw x0, x2, [x1]            | x1=0x20000 m64[0x20000]=0x8000000000000001 => x0=1 x2=0xffffffff80000000
ldp x1, x2, [x1]              | x1=0x20000 m64[0x20000]=1 m64[0x20008]=2 => x1=1 x2=2
stp x0, x2, [sp, #-16]!       | x0=1 x2=2 => sp=0x20ff0 m64[0x20ff0]=1 m64[0x20ff8]=2
stp w0, wzr, [x1, #252]       | x0=5 x1=0x20000 m64[0x200fc]=-1 => m64[0x200fc]=5
stnp x0, x2, [x1, #16]        | x0=1 x2=2 x1=0x20000 => m64[0x20010]=1 m64[0x20018]=2
ldp x0, x2, [x1, #504]        | x0=7 x2=8 x1=0x21e00 => trap=fault
ldp x0, x2, [x1]              | x0=7 x2=8 x1=0x21ff8 => trap=fault
# SP must be a multiple of 16 as a base, whatever the offset
ldr x0, [sp]                  | sp=0x20008 => trap=alignment
ldr x0, [sp, #8]              | sp=0x20008 => trap=alignment
ldr x0, [sp], #8 ; ldr x1, [sp] | m64[0x21000]=6 => x0=6 sp=0x21008 trap=alignment
sub sp, sp, #8 ; str x0, [sp] | => sp=0x20ff8 trap=alignment
prfm pldl1keep, [sp]          | sp=0x20008 => x0=0
# acquire and release: aligned, or (FEAT_LSE2) inside 16 bytes
ldar x0, [x1]                 | x1=0x20004 m64[0x20004]=3 => x0=3
ldar x0, [x1]                 | x1=0x2000c => trap=alignment
ldarh w0, [x1]                | x1=0x2000f => trap=alignment
ldarb w0, [x1]                | x1=0x2000f m8[0x2000f]=0xff => x0=0xff
stlr w0, [x1]                 | x0=5 x1=0x2000d => trap=alignment
stlrh w0, [x1]                | x0=0x12345 x1=0x2000d => m16[0x2000d]=0x2345
ldapr x0, [x1]                | x1=0x20008 m64[0x20008]=3 => x0=3
ldapursw x0, [x1, #-4]        | x1=0x20008 m32[0x20004]=0x80000000 => x0=0xffffffff80000000
ldapursb w0, [x1, #1]         | x1=0x20000 m8[0x20001]=0x80 => x0=0xffffff80
stlur x0, [x1, #8]            | x0=9 x1=0x20000 => m64[0x20008]=9
ldlar x0, [x1]                | x1=0x20008 m64[0x20008]=3 => x0=3
.inst 0x88dffc20 ; .inst 0x889ffc20 ; .inst 0x88cffc20  | x1=0x20000 => trap=undefined
# exclusives
ldxr x0, [x1] ; stxr w2, x3, [x1]             | x1=0x20000 x3=7 m64[0x20000]=5 => x0=5 x2=0 m64[0x20000]=7
stxr w2, x3, [x1]                             | x1=0x20000 x3=7 m64[0x20000]=5 => x2=1
ldxr x0, [x1] ; clrex ; stxr w2, x3, [x1]     | x1=0x20000 x3=7 => x2=1
ldxr x0, [x1] ; stxr w2, x3, [x1] ; stxr w4, x5, [x1] | x1=0x20000 x3=7 x5=8 => x2=0 x4=1 m64[0x20000]=7
ldxr x0, [x1] ; stxr w2, x3, [x4]             | x1=0x20000 x4=0x20008 x3=7 => x2=1
ldaxrb w0, [x1] ; stlxrb w2, w3, [x1]         | x1=0x20003 x3=0x1ff m8[0x20003]=0x80 => x0=0x80 x2=0 m8[0x20003]=0xff
ldxp w0, w2, [x1] ; stxp w3, w4, w5, [x1]     | x1=0x20000 x4=1 x5=2 m64[0x20000]=0x0000000900000008 => x0=8 x2=9 x3=0 m64[0x20000]=0x0000000200000001
ldaxp x0, x2, [x1] ; stlxp w3, x4, x5, [x1]   | x1=0x20010 x4=1 x5=2 m64[0x20010]=8 m64[0x20018]=9 => x0=8 x2=9 x3=0 m64[0x20010]=1 m64[0x20018]=2
ldxp x0, x2, [x1]                             | x1=0x20008 => trap=alignment
ldxr w0, [x1]                                 | x1=0x2000e => trap=alignment
