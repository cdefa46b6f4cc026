# Thumb loads and stores.
ldr r0, [r1, #4]                   | r1=0x20000 m32[0x20004]=7 => r0=7
ldrsb r0, [r1, r2]                 | r1=0x20000 r2=1 m8[0x20001]=0x80 => r0=0xffffff80
str r0, [sp, #4]                   | r0=9 sp=0x20000 => m32[0x20004]=9
push {r0, lr} ; pop {r2, r3}       | r0=1 lr=2 => r2=1 r3=2 m64[0x20ff8]=0x200000001
ldm r0!, {r1, r2}                  | r0=0x20000 m64[0x20000]=0x200000001 => r0=0x20008 r1=1 r2=2
ldm r0, {r0, r1}                   | r0=0x20000 m64[0x20000]=0x200000001 => r0=1 r1=2
ldm r0, {r1, r2}                   | r0=0x20002 => trap=alignment
ldr.w r0, [r1, #-4]!               | r1=0x20004 m32[0x20000]=7 => r0=7 r1=0x20000
ldrd r0, r3, [r1, #8]!             | r1=0x20000 m64[0x20008]=0x200000001 => r0=1 r3=2 r1=0x20008
ldrd r0, r3, [r1]                  | r1=0x20001 => trap=alignment
ldrex r0, [r1, #4] ; strex r2, r3, [r1, #4] | r1=0x20000 r3=9 => m32[0x20004]=9
ldrexd r0, r3, [r1] ; strexd r2, r3, r0, [r1] | r1=0x20000 m64[0x20000]=0x200000001 => r0=1 r3=2 m64[0x20000]=0x100000002
stmdb r0!, {r1, r2}                | r0=0x20008 r1=1 r2=2 => r0=0x20000 m64[0x20000]=0x200000001
ldrht r0, [r1, #2]                 | r1=0x20000 m32[0x20000]=0x80000000 => r0=0x8000
pld [r1] ; pli [r1, #-4] ; pldw [r1, r2] | r1=0x90000000 => r0=0
vldr d0, [r1]                      | r1=0x20002 => trap=alignment
vld1.8 {d0}, [r1]                  | r1=0x20001 m64[0x20001]=5 => d0=5
