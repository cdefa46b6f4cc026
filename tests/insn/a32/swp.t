# SWP and SWPB: Linux emulates them where the processor has none.
.inst 0xe1020091 @ swp r0, r1, [r2]   | r1=5 r2=0x20000 m32[0x20000]=7     => r0=7 m32[0x20000]=5
.inst 0xe1011091 @ swp r1, r1, [r1]   | r1=0x20000 m32[0x20000]=7          => r1=7 m32[0x20000]=0x20000
.inst 0xe1420091 @ swpb r0, r1, [r2]  | r1=0x1ff r2=0x20001 m32[0x20000]=0x11223344 => r0=0x33 m32[0x20000]=0x1122ff44
.inst 0xe1020091                      | r1=5 r2=0x20002                    => trap=alignment
.inst 0xe1020091                      | r2=0x24000                         => trap=fault addr=0x24000
.inst 0x11020091                      | nzcv=4 r2=0x90000000               => r0=0
