# Thumb data processing: T16 sets flags outside of IT blocks only.
movs r0, #255 ; adds r0, #1        | => r0=256
subs r0, r1, r2                    | r1=1 r2=2 => r0=-1 nzcv=8
lsls r0, r1, #1                    | r1=0x80000000 => nzcv=6
lsrs r0, r1, #32                   | r1=0x80000000 => nzcv=6
rsbs r0, r1, #0                    | r1=1 => r0=-1 nzcv=8
add r8, r9                         | r8=1 r9=2 => r8=3
mov r8, pc                         | => r8=0x10004
adr r0, 1f ; nop ; 1: nop          | => r0=0x10004
and.w r0, r1, #0x00ff00ff          | r1=-1 => r0=0xff00ff
orn r0, r1, r2, lsl #8             | r1=0 r2=1 => r0=0xfffffeff
adds.w r0, r1, #0xff000000         | r1=0x01000000 => r0=0 nzcv=6
teq.w r1, #0x80000000              | r1=0x80000000 => nzcv=6
sub.w r0, sp, #8                   | => r0=0x20ff8
addw r0, pc, #4                    | => r0=0x10008
lsl.w r0, r1, r2                   | r1=1 r2=31 => r0=0x80000000
sdiv r0, r1, r2                    | r1=-7 r2=2 => r0=-3
smull r0, r1, r2, r3               | r2=-1 r3=2 => r0=-2 r1=-1
ssub8 r0, r1, r2                   | r1=0x00000001 r2=0x00000002 => r0=0xff ge=14
bfc r0, #4, #8                     | r0=-1 => r0=0xfffff00f
vadd.f32 s0, s1, s2                | s1=0x3f800000 => s0=0x3f800000
vadd.i8 d0, d1, d2                 | d1=1 d2=1 => d0=2
