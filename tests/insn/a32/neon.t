# Advanced SIMD: flushes to zero, default NaNs, rounds to nearest whatever FPSCR says; flags accumulate.
vadd.i8 q0, q1, q2                 | q1=0xff010203 q2=0x01010101 => q0=0x00020304
vqadd.s16 d0, d1, d2               | d1=0x7fff7fff d2=0x00010001 => d0=0x7fff7fff fpscr=0x8000000
vshl.s8 d0, d1, d2                 | d1=0x80 d2=0xff => d0=0xc0
vrshr.u8 d0, d1, #1                | d1=0x0301 => d0=0x0201
vsli.32 d0, d1, #16                | d0=0x0000ffff0000aaaa d1=0x0000123400005678 => d0=0x1234ffff5678aaaa
vmull.u8 q0, d2, d3                | d2=0xff d3=0xff => q0=0xfe01
vqmovun.s16 d0, q1                 | q1=0xffff0100 => d0=0xff fpscr=0x8000000
vpaddl.u8 d0, d1                   | d1=0x01ff => d0=0x100
vtbl.8 d0, {d1, d2}, d3            | d1=0x0706050403020100 d2=0x0f0e0d0c0b0a0908 d3=0x100f0800 => d0=0x000f0800
vtbx.8 d0, {d1}, d3                | d0=-1 d1=0x55 d3=0x0808080808080800 => d0=0xffffffffffffff55
vext.8 d0, d1, d2, #4              | d1=0x1111111122222222 d2=0x3333333344444444 => d0=0x4444444411111111
vzip.16 d0, d1                     | d0=0x0004000300020001 d1=0x0040003000200010 => d0=0x0020000200100001 d1=0x0040000400300003
vrev64.8 d0, d1                    | d1=0x0807060504030201 => d0=0x0102030405060708
vdup.16 q0, d1[1]                  | d1=0x00050000 => q0=0x00050005000500050005000500050005
vmov.i32 q0, #0xff00               | => q0=0x0000ff000000ff000000ff000000ff00
vadd.f32 d0, d1, d2                | d1=0x00000001 fpscr=0 => fpscr=0x80
vadd.f32 d0, d1, d2                | d1=0x7f800001 => d0=0x7fc00000 fpscr=1
vadd.f32 d0, d1, d2                | d1=0x3f800000 d2=0x33000000 fpscr=0x400000 => d0=0x3f800000 fpscr=0x400010
vcge.f32 q0, q1, q1                | => q0=-1
vrecpe.f32 d0, d1                  | d1=0x3f800000 => d0=0x7f8000003f7f8000 fpscr=2
vcvt.s32.f32 d0, d1, #4            | d1=0x3fc00000 => d0=0x18
vmla.f32 d0, d1, d2[0]             | d1=0x40000000 d2=0x40400000 => d0=0x40c00000
vld1.8 {d0, d1}, [r0]!             | r0=0x20001 m64[0x20001]=1 m64[0x20009]=2 => d0=1 d1=2 r0=0x20011
vld1.8 {d0}, [r0:64]               | r0=0x20004 => trap=alignment
vld2.16 {d0, d1}, [r0], r1         | r0=0x20000 r1=4 m64[0x20000]=0x0004000300020001 => d0=0x30001 d1=0x40002 r0=0x20004
vld3.8 {d0[2], d1[2], d2[2]}, [r0] | r0=0x20000 m32[0x20000]=0x030201 => d0=0x10000 d1=0x20000 d2=0x30000
vld1.32 {d0[], d1[]}, [r0]         | r0=0x20000 m32[0x20000]=7 => d0=0x700000007 d1=0x700000007
vst4.8 {d0-d3}, [r0]               | r0=0x20000 d0=1 d1=2 d2=3 d3=4 => m32[0x20000]=0x04030201
vsdot.s8 d0, d1, d2                | d0=1 d1=0x01020304 d2=0x01010101 => d0=11
vusdot.s8 d0, d1, d2[1]            | d1=0xff d2=0xff00000000 => d0=0xffffff01
vcmla.f32 d0, d1, d2, #0           | d1=0x40000000 d2=0x404000003f800000 => d0=0x40c0000040000000
vdot.bf16 d0, d1, d2               | d1=0x3f803f80 d2=0x40004000 => d0=0x40800000
vfmal.f16 d0, s2, s4               | s2=0x3c00 s4=0x4000 => d0=0x40000000
aese.8 q0, q1                      | => q0=0x63636363636363636363636363636363
vmull.p64 q0, d2, d3               | d2=3 d3=3 => q0=5
vrecps.f16 d0, d1, d2              | d1=0x7c00 d2=0x0001 => d0=0x400040004000fc00
vrsqrts.f32 d0, d1, d2             | d1=0xff800000 d2=0x003b7c00 => d0=0x3fc000003fc00000 fpscr=0x80
vrecps.f32 d0, d1, d2              | d2=0xff800000 => d0=0x4000000040000000
