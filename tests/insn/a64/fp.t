# Scalar floating point. Values are bit patterns; fpsr: IOC 1, DZC 2, OFC 4, UFC 8, IXC 10, IDC 80.
fadd d0, d1, d2 | d1=0x3ff0000000000000 d2=0x4000000000000000 => d0=0x4008000000000000
fadd s0, s1, s2 | s1=0x3f800000 s2=0x33800000 => s0=0x3f800000 fpsr=0x10
fadd s0, s1, s2 | s1=0x3f800000 s2=0x33800000 fpcr=0x400000 => s0=0x3f800001 fpsr=0x10
fsub d0, d1, d1 | d1=0x3ff0000000000000 => d0=0
fsub d0, d1, d1 | d1=0x3ff0000000000000 fpcr=0x800000 => d0=0x8000000000000000
fdiv d0, d1, d2 | d1=0x3ff0000000000000 => d0=0x7ff0000000000000 fpsr=2
fdiv d0, d1, d1 | => d0=0x7ff8000000000000 fpsr=1
fsqrt s0, s1 | s1=0xbf800000 => s0=0x7fc00000 fpsr=1
fmul h0, h1, h2 | h1=0x7bff h2=0x4000 => h0=0x7c00 fpsr=0x14
# tiny before rounding, though it rounds to the smallest normal number
fmul s0, s1, s2 | s1=0x3f7fffff s2=0x00800000 => s0=0x00800000 fpsr=0x18
# a signalling NaN is chosen first, then the first operand; the multiply-add looks at the addend first
fadd s0, s1, s2 | s1=0x7fc00001 s2=0x7f800002 => s0=0x7fc00002 fpsr=1
fadd s0, s1, s2 | s1=0xffc00001 s2=0x7fc00002 => s0=0xffc00001
fadd s0, s1, s2 | s1=0xffc00001 s2=0x7fc00002 fpcr=0x2000000 => s0=0x7fc00000
fmadd s0, s1, s2, s3 | s1=0x7f800000 s3=0x7fc00003 => s0=0x7fc00000 fpsr=1
fnmsub s0, s1, s2, s3 | s3=0x7fc00003 => s0=0xffc00003
fmsub s0, s1, s2, s3 | s1=0x7fc00001 => s0=0xffc00001
fnmul s0, s1, s2 | s1=0x7fc00001 => s0=0xffc00001
fmadd d0, d1, d1, d2 | d1=0x3ff0000000000001 d2=0xbff0000000000000 => d0=0x3cc0000000000000 fpsr=0x10
# flushing
fadd s0, s1, s2 | s1=1 fpcr=0x1000000 => s0=0 fpsr=0x80
fmul s0, s1, s2 | s1=0x00800000 s2=0x3f000000 fpcr=0x1000000 => s0=0 fpsr=8
fadd h0, h1, h2 | h1=1 fpcr=0x1000000 => h0=1
fadd h0, h1, h2 | h1=1 fpcr=0x80000 => h0=0
# minimum and maximum
fmax d0, d1, d2 | d2=0x8000000000000000 => d0=0
fminnm s0, s1, s2 | s1=0x7fc00001 s2=0x3f800000 => s0=0x3f800000
fmin s0, s1, s2 | s1=0x7fc00001 s2=0x3f800000 => s0=0x7fc00001
# comparison: quiet and signalling; a conditional one that is not made raises nothing
fcmp d1, d2 | d1=0x3ff0000000000000 d2=0x4000000000000000 => nzcv=8
fcmp d1, #0.0 | d1=0x8000000000000000 => nzcv=6
fcmp s1, s2 | s1=0x7fc00000 => nzcv=3
fcmpe s1, s2 | s1=0x7fc00000 => nzcv=3 fpsr=1
fccmpe s1, s2, #5, eq | s1=0x7fc00000 => nzcv=5
fccmpe s1, s2, #5, ne | s1=0x7fc00000 => nzcv=3 fpsr=1
fcsel d0, d1, d2, eq | d1=1 d2=2 nzcv=4 => d0=1
# rounding
frinta d0, d1 | d1=0x4004000000000000 => d0=0x4008000000000000
frintn d0, d1 | d1=0x4004000000000000 => d0=0x4000000000000000
frintx d0, d1 | d1=0x4004000000000000 => d0=0x4000000000000000 fpsr=0x10
frintm s0, s1 | s1=0xbf000000 => s0=0xbf800000
frintp s0, s1 | s1=0xbf000000 => s0=0x80000000
frint32z d0, d1 | d1=0x41e0000000000000 => d0=0xc1e0000000000000 fpsr=1
# conversions
fcvtzs w0, d1 | d1=0x41e0000000000000 => x0=0x7fffffff fpsr=1
fcvtzs x0, d1 | d1=0xc00c000000000000 => x0=0xfffffffffffffffd fpsr=0x10
fcvtzu w0, s1 | s1=0xbf000000 => x0=0 fpsr=0x10
fcvtzu x0, d1 | d1=0x43efffffffffffff => x0=0xfffffffffffff800
fcvtas w0, s1 | s1=0x40200000 => x0=3 fpsr=0x10
fcvtns w0, s1 | s1=0x40200000 => x0=2 fpsr=0x10
fcvtzs w0, s1, #4 | s1=0x40200000 => x0=40
scvtf s0, w1 | x1=0x1000001 => s0=0x4b800000 fpsr=0x10
ucvtf d0, x1 | x1=0xffffffffffffffff => d0=0x43f0000000000000 fpsr=0x10
scvtf d0, w1, #1 | x1=0xffffffff => d0=0xbfe0000000000000
fcvt s0, d1 | d1=0x7ff0000000000001 => s0=0x7fc00000 fpsr=1
fcvt h0, s1 | s1=0x47800000 => h0=0x7c00 fpsr=0x14
fcvt h0, s1 | s1=0x47800000 fpcr=0x4000000 => h0=0x7c00
fcvt h0, s1 | s1=0x7f800000 fpcr=0x4000000 => h0=0x7fff fpsr=1
bfcvt h0, s1 | s1=0x3f808001 => h0=0x3f81 fpsr=0x10
fjcvtzs w0, d1 | d1=0x41e0000000000000 => x0=0x80000000 fpsr=1
fjcvtzs w0, d1 | d1=0x4000000000000000 => x0=2 nzcv=4
# moves
fmov d0, #-0.5 | => d0=0xbfe0000000000000
fmov h0, #31.0 | => h0=0x4fc0
fmov x0, v1.d[1] | v1=0x112233445566778899 => x0=0x11
fmov v0.d[1], x1 | x1=5 d0=7 => v0=0x50000000000000007
fmov w0, h1 | s1=0x12348765 => x0=0x8765
