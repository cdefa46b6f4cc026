# Which loads and stores trap at an address that is not aligned (DDI 0406C A3.2.1, DDI 0487 E2.4): the trap names the lowest
# address of the access, and neither registers, memory nor the base have changed.
ldr r0, [r1]                       | r1=0x20001 m32[0x20001]=7          => r0=7
ldr r0, [r1, #3]!                  | r1=0x20000 m32[0x20003]=7          => r0=7 r1=0x20003
str r0, [r1], #1                   | r0=7 r1=0x20002                    => r1=0x20003 m32[0x20002]=7
ldrh r0, [r1]                      | r1=0x20003 m16[0x20003]=0x8001     => r0=0x8001
strh r0, [r1]                      | r0=7 r1=0x20001                    => m16[0x20001]=7
ldrt r0, [r1]                      | r1=0x20001 m32[0x20001]=7          => r0=7
ldrd r2, r3, [r1]                  | r1=0x20002                         => trap=alignment addr=0x20002 at=0
ldrd r2, r3, [r1, #8]!             | r1=0x20001                         => trap=alignment addr=0x20009
ldrd r2, r3, [r1, #-5]             | r1=0x20008                         => trap=alignment addr=0x20003
ldrd r2, r3, [r1, #3]              | r1=0x20001 m64[0x20004]=0x200000001 => r2=1 r3=2
ldrd r2, r3, [r1], #8              | r1=0x20003                         => trap=alignment addr=0x20003
ldrd r2, r3, [r1, r4]              | r1=0x20001 r4=1                    => trap=alignment addr=0x20002
strd r2, r3, [r1, #-8]!            | r1=0x2000a r2=1 r3=2               => trap=alignment addr=0x20002
strd r2, r3, [r1], -r4             | r1=0x20002 r4=8                    => trap=alignment addr=0x20002
ldm r1, {r2, r3}                   | r1=0x20003                         => trap=alignment addr=0x20003
ldm r1!, {r2}                      | r1=0x20002                         => trap=alignment addr=0x20002
ldmib r1!, {r2, r3}                | r1=0x20002                         => trap=alignment addr=0x20006
ldmda r1, {r2, r3, r4}             | r1=0x20012                         => trap=alignment addr=0x2000a
ldmdb r1!, {r2, r3}                | r1=0x20012                         => trap=alignment addr=0x2000a
ldm r1, {r2, pc}                   | r1=0x20002                         => trap=alignment addr=0x20002
stm r1!, {r2, r3}                  | r1=0x20001 r2=1 r3=2               => trap=alignment addr=0x20001
stmdb r1!, {r2, r3}                | r1=0x20011 r2=1 r3=2               => trap=alignment addr=0x20009
push {r2, r3}                      | sp=0x20012 r2=1 r3=2               => trap=alignment addr=0x2000a
pop {r2, r3}                       | sp=0x20012                         => trap=alignment addr=0x20012
nop ; ldm r1, {r2, r3} ; mov r0, #1 | r1=0x20001                        => trap=alignment addr=0x20001 at=4
ldmne r1, {r2, r3}                 | nzcv=4 r1=0x20001                  => r0=0
ldmeq r1, {r2, r3}                 | nzcv=4 r1=0x20001                  => trap=alignment addr=0x20001
ldm r1, {r2, r3}                   | r1=0x90000001                      => trap=alignment addr=0x90000001
ldm r1!, {r2} ; ldm r1, {r3, r4}   | r1=0x20000 m32[0x20000]=3          => r2=3 r1=0x20004
add r1, r1, #1 ; ldm r1, {r3, r4}  | r1=0x20000                         => r1=0x20001 trap=alignment addr=0x20001 at=4
# exclusive and ordered accesses: to their size
ldrexb r0, [r1]                    | r1=0x20003                         => r0=0
ldrexh r0, [r1]                    | r1=0x20003                         => trap=alignment addr=0x20003
ldrex r0, [r1]                     | r1=0x20001                         => trap=alignment addr=0x20001
ldrexd r2, r3, [r1]                | r1=0x20004                         => trap=alignment addr=0x20004
strexh r0, r2, [r1]                | r1=0x20001                         => trap=alignment addr=0x20001
strex r0, r2, [r1]                 | r1=0x20002                         => trap=alignment addr=0x20002
strexd r0, r2, r3, [r1]            | r1=0x20004                         => trap=alignment addr=0x20004
ldah r0, [r1]                      | r1=0x20001                         => trap=alignment addr=0x20001
stl r0, [r1]                       | r1=0x20002                         => trap=alignment addr=0x20002
ldaexd r2, r3, [r1]                | r1=0x20004                         => trap=alignment addr=0x20004
.inst 0xe1010092 @ swp r0, r2, [r1]  | r1=0x20001                       => trap=alignment addr=0x20001
.inst 0xe1410092 @ swpb r0, r2, [r1] | r1=0x20001 r2=5 m8[0x20001]=7    => r0=7 m8[0x20001]=5
# floating point and Advanced SIMD: words, but for element accesses without an alignment of their own
vldr s0, [r1]                      | r1=0x20002                         => trap=alignment addr=0x20002
vldr d0, [r1]                      | r1=0x20004 m64[0x20004]=5          => d0=5
vstr d0, [r1]                      | r1=0x20001                         => trap=alignment addr=0x20001
vldr d0, [r1, #8]                  | r1=0x20002                         => trap=alignment addr=0x2000a
vldmdb r1!, {d0, d1}               | r1=0x20012                         => trap=alignment addr=0x20002
vldm r1!, {d0, d1}                 | r1=0x20002                         => trap=alignment addr=0x20002
vpush {s0}                         | sp=0x20004 s0=5                    => sp=0x20000 m32[0x20000]=5
vld1.32 {d0}, [r1]                 | r1=0x20001 m64[0x20001]=5          => d0=5
vld1.32 {d0[1]}, [r1]              | r1=0x20001 m32[0x20001]=5          => d0=0x500000000
vld1.32 {d0[1]}, [r1:32]           | r1=0x20002                         => trap=alignment addr=0x20002
vld1.64 {d0, d1}, [r1:128]         | r1=0x20008                         => trap=alignment addr=0x20008
vst1.8 {d0}, [r1:64]!              | r1=0x20004                         => trap=alignment addr=0x20004
