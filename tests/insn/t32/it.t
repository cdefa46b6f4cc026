# IT blocks: every position, both branches, faults and traps within one.
itete eq ; moveq r0, #1 ; movne r1, #2 ; moveq r2, #3 ; movne r3, #4 | nzcv=4 => r0=1 r2=3
itete eq ; moveq r0, #1 ; movne r1, #2 ; moveq r2, #3 ; movne r3, #4 | nzcv=0 => r1=2 r3=4
itt eq ; addeq r0, #1 ; addeq r0, #1 | nzcv=4 => r0=2
itt ne ; cmpne r0, #0 ; movne r1, #1 | nzcv=0 => nzcv=6
ite gt ; ldrgt r0, [r1] ; strle r2, [r1] | nzcv=4 r1=0x20000 r2=5 => m32[0x20000]=5
itt ne ; ldrne r0, [r1] ; movne r2, #1 | r1=0x90000000 => trap=fault at=2
itt eq ; ldreq r0, [r1] ; moveq r2, #1 | r1=0x90000000 => r0=0
itt ne ; movne r0, #1 ; udfne #0   | => r0=1 trap=undefined at=4
itt eq ; moveq r0, #1 ; udfeq #0 | => r0=0
it ne ; bne 1f ; movs r0, #1 ; 1: nop  | => r0=0
it eq ; beq 1f ; movs r0, #1 ; 1: nop  | => r0=1
it ne ; bxne r0 ; movs r1, #1      | r0=0x10005 => r1=1
it eq ; popeq {r0, pc} ; movs r1, #1 | => r1=1
ittt ne ; addne.w r0, r1, r2 ; vaddne.f32 s0, s1, s2 ; vaddne.i8 d1, d2, d3 | nzcv=4 r1=1 => r0=0
ittt ne ; addne.w r0, r1, r2 ; vaddne.f32 s0, s1, s1 ; vaddne.i8 d1, d2, d2 | r1=1 s1=0x3f800000 d2=1 => r0=1 s0=0x40000000 d1=2
