# VFP short vectors: FPSCR.LEN + 1 registers, STRIDE 1 or (3) 2, round in a bank; the first bank and operands in it are scalars.
vadd.f32 s8, s16, s24              | fpscr=0x20000 s16=0x3f800000 s17=0x40000000 s18=0x40400000 s24=0x3f800000 s25=0x3f800000 s26=0x3f800000 => s8=0x40000000 s9=0x40400000 s10=0x40800000
vadd.f32 s8, s16, s0               | fpscr=0x10000 s16=0x3f800000 s17=0x40000000 s0=0x3f800000 => s8=0x40000000 s9=0x40400000
vadd.f32 s0, s16, s24              | fpscr=0x30000 s16=0x3f800000 s17=1 s24=0x3f800000 => s0=0x40000000
vmov.f32 s14, s16                  | fpscr=0x310000 s16=1 s18=2 => s14=1 s8=2
vneg.f64 d6, d8                    | fpscr=0x20000 d8=1 d9=2 d10=3 => d6=0x8000000000000001 d7=0x8000000000000002 d4=0x8000000000000003
vmul.f64 d4, d8, d16               | fpscr=0x10000 d8=0x4000000000000000 d9=0x4008000000000000 d16=0x4000000000000000 => d4=0x4010000000000000 d5=0x4018000000000000
vcmp.f32 s8, s16                   | fpscr=0x30000 => fpscr=0x60030000
vmsr fpscr, r0 ; vadd.f32 s8, s16, s24 | r0=0x10000 s16=0x3f800000 s17=0x40000000 => s8=0x3f800000 s9=0x40000000 fpscr=0x10000
