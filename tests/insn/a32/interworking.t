# Between A32 and Thumb: BX, BLX, loads of the pc, arithmetic that writes it.
bx r0                              | r0=0x10005 => trap=undefined mode=thumb at=4
blx r0 ; .short 0x2107, 0xbeff     | r0=0x10005 => r1=7 lr=0x10004 trap=breakpoint mode=thumb at=6
blx 1f ; .thumb ; .short 0, 0 ; 1: .short 0x2107, 0xbeff ; .arm | => r1=7 lr=0x10004 trap=breakpoint mode=thumb at=10
ldr pc, [r0] ; .short 0x2107, 0xbeff | r0=0x20000 m32[0x20000]=0x10005 => r1=7 trap=breakpoint mode=thumb at=6
ldm r0, {r2, pc} ; .short 0x2107, 0xbeff | r0=0x20000 m64[0x20000]=0x1000500000009 => r1=7 r2=9 trap=breakpoint mode=thumb at=6
pop {pc} ; .short 0x2107, 0xbeff   | sp=0x20000 m32[0x20000]=0x10005 => sp=0x20004 r1=7 trap=breakpoint mode=thumb at=6
mov pc, r0 ; .short 0x2107, 0xbeff | r0=0x10005 => r1=7 trap=breakpoint mode=thumb at=6
add pc, pc, #0 ; mov r0, #1 ; mov r0, #2 ; mov r1, #3 | => r1=3 r0=2
mov lr, pc ; bx r0 ; mov r1, #1    | r0=0x10008 => lr=0x10008 r1=1
bl 1f ; mov r0, #1 ; 1: mov r1, #2 | => r1=2 lr=0x10004
bne 1f ; mov r0, #1 ; 1: mov r1, #2 | nzcv=4 => r0=1 r1=2
blxne r0 ; mov r1, #1              | nzcv=4 r0=0x10005 => r1=1
popne {pc} ; mov r1, #1            | nzcv=4 sp=0x20000 => r1=1
