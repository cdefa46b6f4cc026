# Branches and exceptions. Code starts at 0x10000.
b 1f ; mov x0, #1 ; 1: mov x1, #2                        | => x1=2
bl 1f ; mov x0, #1 ; 1: mov x1, #2                       | => x1=2 x30=0x10004
cbz w1, 1f ; mov x0, #1 ; 1: nop                         | x1=0x100000000 => x1=0x100000000
cbz x1, 1f ; mov x0, #1 ; 1: nop                         | x1=0x100000000 => x0=1
cbnz w1, 1f ; mov x0, #1 ; 1: nop                        | x1=0x100000000 => x0=1
tbz x1, #63, 1f ; mov x0, #1 ; 1: nop                    | x1=0x8000000000000000 => x0=1
tbnz w1, #31, 1f ; mov x0, #1 ; 1: nop                   | x1=0x80000000 => x1=0x80000000
b.hi 1f ; mov x0, #1 ; 1: nop                            | nzcv=6 => x0=1
b.hi 1f ; mov x0, #1 ; 1: nop                            | nzcv=2 => nzcv=2
b.nv 1f ; mov x0, #1 ; 1: nop                            | => x0=0
1: add x0, x0, #1 ; cmp x0, #10 ; b.ne 1b                | => x0=10 nzcv=6
adr x1, 1f ; adr x2, 2f ; br x1 ; mov x0, #1 ; 1: ret x2 ; mov x0, #2 ; 2: nop       | => x1=0x10010 x2=0x10018 btype=1 btype_pc=0x10010
adr x30, 1f ; adr x2, 2f ; blr x30 ; mov x0, #1 ; 1: ret x2 ; 2: nop                 | => x30=0x1000c x2=0x10014 btype=2 btype_pc=0x10010
brk #0x1234                                              | => trap=breakpoint
hlt #1                                                   | => trap=undefined
udf #65535                                               | => trap=undefined
hvc #0                                                   | => trap=undefined
smc #0                                                   | => trap=undefined
eret                                                     | => trap=undefined
