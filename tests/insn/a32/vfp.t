# VFP; FPSCR is compared as a whole.
vmov.f32 s0, #1.0 ; vadd.f32 s1, s0, s0    | => s0=0x3f800000 s1=0x40000000
vadd.f64 d0, d1, d2                | d1=0x3ff0000000000000 d2=0x4000000000000000 => d0=0x4008000000000000
vmul.f32 s0, s1, s2                | s1=0x7f800000 => s0=0x7fc00000 fpscr=1
vdiv.f32 s0, s1, s2                | s1=0x3f800000 => s0=0x7f800000 fpscr=2
vadd.f32 s0, s1, s2                | s1=0x7f800001 s2=0 => s0=0x7fc00001 fpscr=1
vadd.f32 s0, s1, s2                | s1=0x7f800001 fpscr=0x2000000 => s0=0x7fc00000 fpscr=0x2000001
vmul.f32 s0, s1, s2                | s1=0x00800000 s2=0x3f000000 fpscr=0x1000000 => s0=0 fpscr=0x1000008
vfma.f32 s0, s1, s2                | s0=0x3f800000 s1=0x40000000 s2=0x40400000 => s0=0x40e00000
vnmla.f32 s0, s1, s2               | s0=0x3f800000 s1=0x40000000 s2=0x40400000 => s0=0xc0e00000
vsqrt.f64 d0, d1                   | d1=0x4010000000000000 => d0=0x4000000000000000
vcmp.f32 s0, s1 ; vmrs APSR_nzcv, fpscr    | s0=0x3f800000 => fpscr=0x20000000 nzcv=2
vcmpe.f64 d0, #0.0                 | d0=0x7ff8000000000000 => fpscr=0x30000001
vcvt.s32.f32 s0, s1                | s1=0xbfc00000 => s0=-1 fpscr=0x10
vcvtr.s32.f32 s0, s1               | s1=0x3fc00000 => s0=2 fpscr=0x10
vcvt.u32.f64 s0, d1                | d1=0xbff0000000000000 => fpscr=1
vcvt.f32.u32 s0, s1                | s1=-1 => s0=0x4f800000 fpscr=0x10
vcvt.s16.f32 s0, s0, #8            | s0=0x3fc00000 => s0=0x180
vcvt.f64.u32 d0, d0, #32           | d0=0x80000000 => d0=0x3fe0000000000000
vcvtb.f32.f16 s0, s1 ; vcvtt.f16.f32 s1, s0 | s1=0x3c00 => s0=0x3f800000 s1=0x3c003c00
vcvta.s32.f32 s0, s1               | s1=0x3f000000 => s0=1 fpscr=0x10
vrintm.f32 s0, s1                  | s1=0xbf000000 => s0=0xbf800000
vrintx.f64 d0, d1                  | d1=0x3fe0000000000000 => fpscr=0x10
vmaxnm.f32 s0, s1, s2              | s1=0x7fc00000 s2=0x3f800000 => s0=0x3f800000
vselge.f32 s0, s1, s2              | s1=1 s2=2 nzcv=8 => s0=2
vjcvt.s32.f64 s0, d1               | d1=0x41f0000000100000 => s0=1 fpscr=1
vjcvt.s32.f64 s0, d1               | d1=0xc008000000000000 => s0=-3 fpscr=0x40000000
vadd.f16 s0, s1, s2                | s0=-1 s1=0x3c00 s2=0x3c00 => s0=0x4000
vmov r0, r1, d16 ; vmov d0, r1, r0 | d16=0x1122334455667788 => r0=0x55667788 r1=0x11223344 d0=0x5566778811223344
vmov.16 d0[1], r0 ; vmov.s16 r1, d0[1] | r0=0x8000 => d0=0x80000000 r1=0xffff8000
vpush {d8, d9}                     | d8=1 d9=2 => sp=0x20ff0 m64[0x20ff0]=1 m64[0x20ff8]=2
vldmia r0!, {s1-s3}                | r0=0x20000 m64[0x20000]=0x200000001 m32[0x20008]=3 => r0=0x2000c s1=1 s2=2 s3=3
vldr s0, [r0, #-4]                 | r0=0x20004 m32[0x20000]=5 => s0=5
vldr d0, [r0]                      | r0=0x20001 => trap=alignment
vldm r0, {d0, d1}                  | r0=0x20002 => trap=alignment
fstmiax r0!, {d0, d1}              | r0=0x20000 d0=1 d1=2 => r0=0x20014 m64[0x20000]=1 m64[0x20008]=2
vaddne.f32 s0, s1, s2              | s1=0x7f800001 nzcv=4 => s0=0
vmsr fpscr, r0 ; vmrs r1, fpscr    | r0=0xf7c0009f => r1=0xf7c0009f fpscr=0xf7c0009f
