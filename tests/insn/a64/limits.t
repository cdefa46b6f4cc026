# Accesses at the ends of the address space. What runs over the end faults at the end; below 0 lies nothing.
str x2, [x1] ; ldr x0, [x1]         | x1=TOP-8 x2=7 => x0=7
str xzr, [x1, #-8]                  | x1=TOP+0 => x0=0
ldr x0, [x1]                        | x1=TOP-4 x0=1 => trap=fault addr=TOP+0 at=0
str x0, [x1]                        | x1=TOP-1 => trap=fault addr=TOP+0 at=0
ldr q0, [x1]                        | x1=TOP-8 => trap=fault addr=TOP+0
ldr x0, [x1]                        | x1=TOP+0 => trap=fault addr=TOP+0
ldr x0, [x1, #8]                    | x1=TOP-8 => trap=fault addr=TOP+0
ldr x0, [x1, #32760]                | x1=TOP-16 => trap=fault addr=TOP+32744
ldr x0, [x1, #-8]                   | x1=TOP+4096 => trap=fault addr=TOP+4088
ldr x0, [x1]                        | x1=TOP+0x100000000 => trap=fault addr=TOP+0x100000000
ldp x0, x2, [x1]                    | x1=TOP-8 x0=1 x2=2 => trap=fault addr=TOP+0
stp x0, x2, [x1, #-8]!              | x1=TOP+0 x0=0 x2=2 => trap=fault addr=TOP+0
ldr x0, [x1, #-8]                   | x1=0 => trap=fault addr=-8
ldur x0, [x1, #-256]                | x1=8 => trap=fault addr=-248
str x0, [x1, #-1]!                  | x1=0 => trap=fault addr=-1
ldr x0, [x1]                        | x1=-8 => trap=fault addr=-8
ldr x0, [x1]                        | x1=0x0080000000000000 => trap=fault
ldr x0, [x1, x2]                    | x1=0x20000 x2=TOP+0 => trap=fault addr=TOP+0x20000
ldr x0, [x1, x2, lsl #3]            | x1=0x30000 x2=-0x2000 m64[0x20000]=5 => x0=5
ldr x0, [x1, w2, sxtw #3]           | x1=0x30000 x2=0xffffe000 m64[0x20000]=5 => x0=5
# one comparison serves the addresses near it
ldr x0, [x1] ; ldr x2, [x1, #8] ; ldr x3, [x1, #16]                   | x1=TOP-16 => trap=fault addr=TOP+0 at=8
ldr x0, [x1], #8 ; ldr x2, [x1], #8 ; ldr x3, [x1], #8                | x1=TOP-16 => x1=TOP+0 trap=fault addr=TOP+0 at=8
ldr x0, [x1] ; sub x1, x1, #32, lsl #12 ; ldr x2, [x1]                | x1=0x20000 m64[0x20000]=1 => x0=1 x1=0 trap=fault addr=0 at=8
ldr x0, [x1] ; sub x1, x1, #64, lsl #12 ; ldr x2, [x1]                | x1=0x20000 m64[0x20000]=1 => x0=1 x1=-0x20000 trap=fault addr=-0x20000 at=8
ldr x0, [x1] ; sub x1, x1, #4095, lsl #12 ; ldr x2, [x1]              | x1=0x20000 m64[0x20000]=1 => x0=1 x1=-0xfdf000 trap=fault addr=-0xfdf000 at=8
ldr x0, [x1] ; add x1, x1, #4095, lsl #12 ; ldr x2, [x1, #8]          | x1=TOP-8 => x1=TOP+0xffeff8 trap=fault addr=TOP+0xfff000 at=8
movz x3, #0x5000, lsl #16 ; ldr x0, [x1] ; add x1, x1, x3 ; ldr x2, [x1] | x1=0x20000 x3=1 m64[0x20000]=1 => x0=1 x3=0x50000000 x1=0x50020000 trap=fault addr=0x50020000 at=12
ldr x0, [x1] ; str x0, [x1, #8]     | x1=0x24000 => trap=fault addr=0x24008 at=4
# atomics and exclusives
ldadd x0, x2, [x1]                  | x1=TOP-8 x0=0 x2=1 => x2=0
ldadd x0, x2, [x1]                  | x1=TOP+0 x2=1 => trap=fault addr=TOP+0
ldadd x0, x2, [x1]                  | x1=0x24000 x2=1 => trap=fault addr=0x24000
swp w0, w2, [x1]                    | x1=0x90000000 x2=1 => trap=fault addr=0x90000000
cas x0, x2, [x1]                    | x1=TOP+8 x0=1 x2=1 => trap=fault addr=TOP+8
casp x0, x1, x2, x3, [x4]           | x4=TOP-16 x2=0 => x0=0
casp x0, x1, x2, x3, [x4]           | x4=TOP+0 x2=0 => trap=fault addr=TOP+0
ldxr x0, [x1]                       | x1=TOP+0 x0=1 => trap=fault addr=TOP+0
ldxr x0, [x1] ; stxr w2, x3, [x1]   | x1=TOP-8 x2=5 => x0=0 x2=0
stxr w2, x3, [x1]                   | x1=TOP+0 x2=5 => x2=1
