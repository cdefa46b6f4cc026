# ARMv5 (arm926): no ARMv6 and later instructions; unaligned words are what Linux gives a program there.
clz r0, r1                         | r1=1 => r0=31
ldrd r0, r1, [r2]                  | r2=0x20000 m64[0x20000]=0x200000001 => r0=1 r1=2
qadd r0, r1, r2                    | r1=0x7fffffff r2=1 => r0=0x7fffffff qf=1
rev r0, r1                         | => trap=undefined
ldrex r0, [r1]                     | r1=0x20000 => trap=undefined
movw r0, #1                        | => trap=undefined
dmb sy                             | => trap=undefined
vmov.f32 s0, #1.0                  | => trap=undefined
vadd.i8 d0, d1, d2                 | => trap=undefined
vadd.f64 d0, d1, d16               | => trap=undefined
vadd.f64 d0, d1, d2                | d1=0x3ff0000000000000 => d0=0x3ff0000000000000
mov pc, r0 ; mov r1, #1            | r0=0x10005 => r1=1
ldr pc, [r0] ; .short 0x2107, 0xbeff | r0=0x20000 m32[0x20000]=0x10005 => r1=7 trap=breakpoint mode=thumb at=6
