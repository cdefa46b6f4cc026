# Loads and stores. LDR and the like need no alignment, LDRD, LDM, exclusives and SWP trap unless aligned; nothing changes then.
ldr r0, [r1, #4]!                  | r1=0x20000 m32[0x20004]=7          => r0=7 r1=0x20004
ldr r0, [r1], -r2, lsl #2          | r1=0x20010 r2=4 m32[0x20010]=7     => r0=7 r1=0x20000
ldr r0, [r1, #1]                   | r1=0x20000 m64[0x20000]=0x1122334455667788 => r0=0x44556677
ldrsh r0, [r1, #1]                 | r1=0x20000 m32[0x20000]=0x00ff8000 => r0=0xffffff80
ldrsb r0, [r1, -r2]                | r1=0x20008 r2=8 m8[0x20000]=0x80   => r0=0xffffff80
strh r0, [r1], #2                  | r0=0x12345 r1=0x20001              => r1=0x20003 m16[0x20001]=0x2345
strb r0, [r1, r2, ror #4]          | r0=0x1ff r1=0x20000 r2=0x10        => m8[0x20001]=0xff
ldrt r0, [r1], #4                  | r1=0x20000 m32[0x20000]=3          => r0=3 r1=0x20004
ldrd r0, r1, [r2, #8]              | r2=0x20000 m64[0x20008]=0x1122334455667788 => r0=0x55667788 r1=0x11223344
ldrd r0, r1, [r2]                  | r2=0x20004 m64[0x20004]=5          => r0=5
strd r0, r1, [r2], #8              | r0=1 r1=2 r2=0x20000               => r2=0x20008 m64[0x20000]=0x200000001
ldrd r0, r1, [r2]                  | r2=0x20002                         => trap=alignment
strd r0, r1, [r2, r3]              | r2=0x20000 r3=1                    => trap=alignment
ldm r2, {r0, r1}                   | r2=0x20001                         => trap=alignment
stm r2!, {r0, r1}                  | r2=0x20002                         => trap=alignment
ldmib r2!, {r0, r1, r3}            | r2=0x20000 m64[0x20004]=0x200000001 m32[0x2000c]=3 => r0=1 r1=2 r3=3 r2=0x2000c
ldmda r2, {r0, r1}                 | r2=0x20004 m64[0x20000]=0x200000001 => r0=1 r1=2
stmdb r2!, {r0, r1}                | r0=1 r1=2 r2=0x20008               => r2=0x20000 m64[0x20000]=0x200000001
push {r0, r1, lr}                  | r0=1 r1=2 lr=3                     => sp=0x20ff4 m64[0x20ff4]=0x200000001 m32[0x20ffc]=3
ldr r0, [r1]                       | r1=0x90000000                      => trap=fault addr=0x90000000 at=0
ldm r1!, {r0, r2}                  | r1=0x21ffc                         => trap=fault addr=0x22000
str r0, [r1]                       | r1=0x24000                         => trap=fault addr=0x24000
ldr r0, [r1, #4]                   | r1=0xfffffffc                      => trap=fault addr=0
# literals
ldr r0, 1f ; b 2f ; 1: .word 0x12345678 ; 2: nop | => r0=0x12345678
# exclusive
ldrex r0, [r1] ; strex r2, r3, [r1] | r1=0x20000 r3=9 m32[0x20000]=5    => r0=5 m32[0x20000]=9
strex r2, r3, [r1]                 | r1=0x20000 r3=9                    => r2=1
ldrex r0, [r1] ; clrex ; strex r2, r3, [r1] | r1=0x20000 r3=9           => r2=1
ldrexd r4, r5, [r1] ; strexd r2, r6, r7, [r1] | r1=0x20000 r6=1 r7=2 m64[0x20000]=0x400000003 => r4=3 r5=4 m64[0x20000]=0x200000001
ldrexb r0, [r1] ; strexb r2, r3, [r1] | r1=0x20001 r3=0x1ff              => m8[0x20001]=0xff
ldrexh r0, [r1]                    | r1=0x20001                         => trap=alignment
ldrex r0, [r1]                     | r1=0x20002                         => trap=alignment
ldrexd r4, r5, [r1]                | r1=0x20004                         => trap=alignment
ldaex r0, [r1] ; stlex r2, r3, [r1] | r1=0x20000 r3=9                    => m32[0x20000]=9
lda r0, [r1] ; stl r2, [r1]        | r1=0x20000 r2=3 m32[0x20000]=7     => r0=7 m32[0x20000]=3
stl r2, [r1]                       | r1=0x20002                         => trap=alignment
pld [r1] ; pldw [r1, r2] ; pli [r1, #-4] | r1=0x90000000                => r0=0
