# Status, hints, barriers, coprocessor 15, what is not for user code.
mrs r0, apsr                       | nzcv=9 qf=1 ge=5 => r0=0x98050010
msr APSR_nzcvqg, r0                | r0=0x980a0000 => nzcv=9 qf=1 ge=10
msr APSR_nzcvq, #0x60000000        | => nzcv=6
msr CPSR_c, r0                     | r0=0x1f => r1=0
setend be ; ldr r0, [r1] ; setend le | r1=0x20000 m32[0x20000]=0x11223344 => r0=0x44332211
setend be ; ldrd r2, r3, [r1] ; strh r2, [r1] ; setend le | r1=0x20000 m64[0x20000]=0x1122334455667788 => r2=0x88776655 r3=0x44332211 m16[0x20000]=0x5566
mcr p15, 0, r0, c7, c10, 5 ; mcr p15, 0, r0, c7, c5, 4 ; mcr p15, 0, r0, c7, c10, 4 | => r0=0
dmb ish ; dsb sy ; isb ; sb ; nop ; yield ; sev ; csdb ; esb ; dbg #3 | => r0=0
cpsid i ; cps #31                  | => r0=0
udf #0                             | => trap=undefined
bkpt #1                            | => trap=breakpoint at=0
.inst 0xe7f001f0                   | => trap=breakpoint at=0
hvc #0                             | => trap=undefined
smc #0                             | => trap=undefined
mcr p15, 0, r0, c1, c0, 0          | => trap=undefined
mrc p14, 0, r0, c0, c0, 0          | => trap=undefined
mrs r0, spsr                       | => trap=undefined
rfeia r0                           | => trap=undefined
srsia sp!, #19                     | => trap=undefined
ldm r0, {r1}^                      | r0=0x20000 => trap=undefined
