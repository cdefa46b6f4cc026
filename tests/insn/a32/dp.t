# Data processing: shifter operands, carry out of the shifter, conditions.
add r0, r1, #1                     | r1=0xffffffff           => r0=0
adds r0, r1, #1                    | r1=0xffffffff           => r0=0 nzcv=6
adds r0, r1, r2                    | r1=0x7fffffff r2=1      => r0=0x80000000 nzcv=9
adc r0, r1, r2                     | r1=1 r2=2 nzcv=2        => r0=4
sbcs r0, r1, r2                    | r1=1 r2=1 nzcv=0        => r0=-1 nzcv=8
rscs r0, r1, #0                    | r1=1 nzcv=2             => r0=-1 nzcv=8
subs r0, r1, #1                    | r1=0x80000000           => r0=0x7fffffff nzcv=3
cmp r1, r2, lsl #4                 | r1=0x10 r2=1            => nzcv=6
ands r0, r1, r2, lsr #1            | r1=-1 r2=3 nzcv=1       => r0=1 nzcv=3
movs r0, r1, lsr #32               | r1=0x80000000 nzcv=1    => r0=0 nzcv=7
movs r0, r1, asr #32               | r1=0x80000000           => r0=-1 nzcv=10
movs r0, r1, rrx                   | r1=1 nzcv=2             => r0=0x80000000 nzcv=10
movs r0, r1, lsl r2                | r1=3 r2=32 nzcv=0       => r0=0 nzcv=6
movs r0, r1, lsl r2                | r1=3 r2=33 nzcv=2       => r0=0 nzcv=4
movs r0, r1, ror r2                | r1=0x80000000 r2=0x120  => r0=0x80000000 nzcv=10
movs r0, r1, lsl r2                | r1=1 r2=0x100 nzcv=2    => r0=1 nzcv=2
teq r1, #0x80000000                | r1=0x80000000           => nzcv=6
tst r1, #0xff000000                | r1=0x80000000           => nzcv=10
mvn r0, #0                         | => r0=-1
movw r0, #0xffff ; movt r0, #0x1234 | => r0=0x1234ffff
add r0, pc, #0                     | => r0=0x10008
add r0, r1, pc, lsl #1             | => r0=0x20010
# conditions
moveq r0, #1 ; movne r0, #2        | nzcv=4                  => r0=1
movhi r0, #1 ; movls r0, #2        | nzcv=6                  => r0=2
movgt r0, #1 ; movle r0, #2        | nzcv=9                  => r0=1
movcs r0, #1 ; movmi r1, #2 ; movvs r2, #3 ; movpl r3, #4 | nzcv=10 => r0=1 r1=2
cmp r0, #1 ; addlt r1, r1, #1 ; subge r1, r1, #1 ; cmplt r2, #5 ; moveq r3, #9 | r2=5 => r1=1 r3=9 nzcv=6
ldrne r0, [r1] ; streq r2, [r1]    | nzcv=0 r1=0x20000 m32[0x20000]=7 => r0=7
ldrne r0, [r1] ; streq r2, [r1]    | nzcv=4 r1=0x20000 r2=5 => m32[0x20000]=5
