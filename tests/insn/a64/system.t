# Hints, barriers, PSTATE, system registers.
nop ; yield ; wfe ; wfi ; sev ; sevl ; esb ; csdb ; bti jc ; hint #127  | => x0=0
dmb ish ; dsb sy ; isb ; sb ; clrex                      | => x0=0
cfinv                                                    | nzcv=13 => nzcv=15
xaflag                                                   | nzcv=0 => nzcv=8
xaflag                                                   | nzcv=2 => nzcv=2
xaflag                                                   | nzcv=4 => nzcv=3
xaflag                                                   | nzcv=6 => nzcv=6
axflag                                                   | nzcv=9 => nzcv=4
axflag                                                   | nzcv=3 => nzcv=4
axflag                                                   | nzcv=10 => nzcv=2
axflag                                                   | nzcv=6 => nzcv=6
mrs x0, nzcv                                             | nzcv=10 => x0=0xa0000000
msr nzcv, x0                                             | x0=-1 => nzcv=15
mrs x0, fpcr                                             | fpcr=0x3c00000 => x0=0x3c00000
msr fpcr, x0 ; mrs x1, fpcr                              | x0=0x7c80000 => fpcr=0x7c80000 x1=0x7c80000
msr fpsr, x0 ; mrs x1, fpsr                              | x0=0xffffffffffffffff => fpsr=0x800009f x1=0x800009f
mrs x0, dczid_el0                                        | => x0=4
mrs x0, cntfrq_el0                                       | => x0=1000000000
mrs x0, tpidrro_el0                                      | x0=1 => x0=0
mrs x1, cntvct_el0 ; mrs x2, cntvct_el0 ; cmp x2, x1 ; cset x0, cs ; mov x1, #0 ; mov x2, #0 ; cmp x1, x2 | => x0=1 nzcv=6
msr dit, #1 ; mrs x0, dit ; msr dit, #0 ; mrs x1, dit    | => x0=0x1000000
msr dit, x1 ; mrs x0, dit ; msr dit, xzr                 | x1=-1 => x0=0x1000000
msr ssbs, #1 ; mrs x0, ssbs ; msr ssbs, #0               | => x0=0x1000
mrs x0, midr_el1                                         | => x0=0x000f0580
mrs x0, mpidr_el1                                        | => x0=0x80000000
mrs x0, id_aa64mmfr0_el1                                 | => x0=0xff000000
mrs x0, id_aa64zfr0_el1                                  | x0=1 => x0=0
mrs x0, ttbr0_el1                                        | => trap=undefined
mrs x0, daif                                             | => trap=undefined
mrs x0, pmccntr_el0                                      | => trap=undefined
mrs x0, cntpct_el0                                       | => trap=undefined
msr tpidrro_el0, x0                                      | => trap=undefined
msr daifset, #2                                          | => trap=undefined
msr pan, #1                                              | => trap=undefined
dc zva, x1                                               | x1=0x2007f m64[0x20078]=1 m64[0x20040]=2 m64[0x20080]=3 m64[0x20038]=4 => m64[0x20078]=0 m64[0x20040]=0
dc zva, x1                                               | x1=0x90000000 => trap=fault
dc cvau, x1 ; dc cvac, x1 ; dc civac, x1 ; dc cvap, x1   | x1=0x20001 => x0=0
dc cvac, x1                                              | x1=0x90000000 => trap=fault
dc ivac, x1                                              | x1=0x20000 => trap=undefined
ic ivau, x1 ; mov x0, #1                                 | x1=0x20000 => x0=1 btype_pc=0xffffffffffffffff
ic iallu                                                 | => trap=undefined
# code that changes itself: the store replaces `mov x0, #1` by `mov x0, #2`
adr x1, 1f ; str w2, [x1] ; dc cvau, x1 ; dsb ish ; ic ivau, x1 ; dsb ish ; isb ; 1: mov x0, #1 | x2=0xd2800040 => x0=2 x1=0x1001c btype_pc=0xffffffffffffffff
