# Branches and interworking from Thumb.
b 1f ; movs r0, #1 ; 1: movs r1, #2 | => r1=2
bne.w 1f ; movs r0, #1 ; 1: movs r1, #2 | => r1=2
cbz r0, 1f ; movs r0, #1 ; 1: movs r1, #2 | => r1=2
cbnz r0, 1f ; movs r2, #1 ; 1: movs r1, #2 | => r1=2 r2=1
bl 1f ; nop ; 1: movs r1, #2       | => r1=2 lr=0x10005
bx pc ; nop ; .arm ; mov r1, #7 ; bkpt #0 ; .thumb | => r1=7 mode=arm trap=breakpoint at=8
blx r0 ; nop ; .arm ; mov r1, #7 ; bkpt #0 ; .thumb | r0=0x10004 => r1=7 lr=0x10003 mode=arm trap=breakpoint at=8
blx 1f ; .arm ; 1: mov r1, #7 ; bkpt #0 ; .thumb | => r1=7 lr=0x10005 mode=arm trap=breakpoint at=8
pop {pc} ; nop ; .arm ; mov r1, #7 ; bkpt #0 ; .thumb | sp=0x20000 m32[0x20000]=0x10004 => sp=0x20004 r1=7 mode=arm trap=breakpoint at=8
ldr.w pc, [r0] ; .arm ; mov r1, #7 ; bkpt #0 ; .thumb | r0=0x20000 m32[0x20000]=0x10004 => r1=7 mode=arm trap=breakpoint at=8
mov pc, r0 ; nop ; movs r1, #1     | r0=0x10004 => r1=1
tbb [pc, r0] ; .byte 1, 2 ; movs r1, #1 ; movs r2, #2 | r0=1 => r2=2
tbh [r1, r0, lsl #1] ; movs r3, #1 ; movs r2, #2 | r0=1 r1=0x20000 m32[0x20000]=0x00010000 => r2=2
