# Which Thumb loads and stores trap at an address that is not aligned: see ../a32/unaligned.t.
ldr r0, [r1, #4]                   | r1=0x20001 m32[0x20005]=7          => r0=7
ldr.w r0, [r1, #1]!                | r1=0x20000 m32[0x20001]=7          => r0=7 r1=0x20001
strh r0, [r1]                      | r0=7 r1=0x20003                    => m16[0x20003]=7
ldm r1!, {r2, r3}                  | r1=0x20002                         => trap=alignment addr=0x20002 at=0
stm r1!, {r2, r3}                  | r1=0x20001 r2=1 r3=2               => trap=alignment addr=0x20001
push {r2, lr}                      | sp=0x20012 r2=1                    => trap=alignment addr=0x2000a
pop {r2, pc}                       | sp=0x20012                         => trap=alignment addr=0x20012
ldm.w r1, {r2, r8}                 | r1=0x20001                         => trap=alignment addr=0x20001
ldmdb r1!, {r2, r8}                | r1=0x20012                         => trap=alignment addr=0x2000a
stmdb r1!, {r2, r8}                | r1=0x20012 r2=1                    => trap=alignment addr=0x2000a
ldrd r2, r3, [r1, #8]              | r1=0x20002                         => trap=alignment addr=0x2000a
ldrd r2, r3, [r1], #-8             | r1=0x20002                         => trap=alignment addr=0x20002
strd r2, r3, [r1, #-8]!            | r1=0x2000a r2=1                    => trap=alignment addr=0x20002
strd r2, r3, [r1, #4]              | r1=0x20000 r2=1 r3=2               => m64[0x20004]=0x200000001
cmp r0, r0 ; ite eq ; moveq r0, #1 ; ldmne r1, {r2, r3} | r1=0x20001    => nzcv=6 r0=1
cmp r0, r0 ; it eq ; ldmeq r1, {r2, r3} | r1=0x20001                    => nzcv=6 trap=alignment addr=0x20001 at=4
ldrex r0, [r1, #4]                 | r1=0x20002                         => trap=alignment addr=0x20006
strex r0, r2, [r1, #4]             | r1=0x20002                         => trap=alignment addr=0x20006
ldrexh r0, [r1]                    | r1=0x20001                         => trap=alignment addr=0x20001
ldrexd r2, r3, [r1]                | r1=0x20004                         => trap=alignment addr=0x20004
strexd r0, r2, r3, [r1]            | r1=0x20004                         => trap=alignment addr=0x20004
lda r0, [r1]                       | r1=0x20002                         => trap=alignment addr=0x20002
stlh r0, [r1]                      | r1=0x20001                         => trap=alignment addr=0x20001
tbh [r1, r2, lsl #1] ; movw r3, #1 ; movw r0, #2 | r1=0x20001 m16[0x20001]=2 => r0=2
vldr d0, [r1]                      | r1=0x20002                         => trap=alignment addr=0x20002
vstm r1!, {s0, s1}                 | r1=0x20001                         => trap=alignment addr=0x20001
vst1.32 {d0}, [r1]                 | r1=0x20003 d0=5                    => m64[0x20003]=5
vst1.32 {d0}, [r1:64]              | r1=0x20004                         => trap=alignment addr=0x20004
