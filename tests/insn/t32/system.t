# Status, hints, what is not for user code.
mrs r0, apsr                       | nzcv=9 qf=1 ge=5 => r0=0x98050010
msr APSR_nzcvqg, r0                | r0=0x980a0000 => nzcv=9 qf=1 ge=10
nop ; yield ; wfe ; sev ; nop.w ; csdb ; esb ; dbg #1 ; dmb sy ; dsb sy ; isb | => r0=0
setend be ; ldr r0, [r1] ; setend le | r1=0x20000 m32[0x20000]=0x11223344 => r0=0x44332211
mcr p15, 0, r0, c7, c10, 5         | => r0=0
cpsid i                            | => r0=0
udf #0                             | => trap=undefined
udf.w #1                           | => trap=undefined
udf.w #0                           | => trap=breakpoint at=0
.short 0xde01                      | => trap=breakpoint at=0
smc #0                             | => trap=undefined
hlt #0                             | => trap=undefined
