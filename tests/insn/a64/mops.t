# Memory copy and memory set, by option A.
setp [x0]!, x1!, x2 ; setm [x0]!, x1!, x2 ; sete [x0]!, x1!, x2 | x0=0x20000 x1=11 x2=0x1ab nzcv=15 => x0=0x2000b x1=0 nzcv=0 m64[0x20000]=0xabababababababab m32[0x20007]=0xabababab
setp [x0]!, x1!, xzr ; setm [x0]!, x1!, xzr ; sete [x0]!, x1!, xzr | x0=0x20ffc x1=8 m64[0x20ffc]=-1 m64[0x21004]=-1 => x0=0x21004 x1=0 m64[0x20ffc]=0
setp [x0]!, x1!, x2           | x0=0x20ffc x1=8 x2=1 => x0=0x21004 x1=-4 m32[0x20ffc]=0x01010101
setp [x0]!, x1!, x2           | x0=0x20000 x1=0 x2=1 nzcv=15 => nzcv=0
setp [x0]!, x1!, x2 ; setm [x0]!, x1!, x2 | x0=0x21ffe x1=8192 x2=0 => x0=0x23ffe x1=-8190 trap=fault
cpyfp [x0]!, [x1]!, x2! ; cpyfm [x0]!, [x1]!, x2! ; cpyfe [x0]!, [x1]!, x2! | x0=0x20100 x1=0x20000 x2=12 m64[0x20000]=0x0102030405060708 m32[0x20008]=9 => x0=0x2010c x1=0x2000c x2=0 m64[0x20100]=0x0102030405060708 m32[0x20108]=9
# the source begins below the destination and reaches into it: downwards
cpyp [x0]!, [x1]!, x2! ; cpym [x0]!, [x1]!, x2! ; cpye [x0]!, [x1]!, x2! | x0=0x20002 x1=0x20000 x2=8 m64[0x20000]=0x0807060504030201 nzcv=15 => x2=0 nzcv=0 m64[0x20000]=0x0605040302010201 m16[0x20008]=0x0807
cpyp [x0]!, [x1]!, x2! ; cpym [x0]!, [x1]!, x2! ; cpye [x0]!, [x1]!, x2! | x0=0x20000 x1=0x20002 x2=8 m64[0x20000]=0x0807060504030201 m16[0x20008]=0x0a09 => x0=0x20008 x1=0x2000a x2=0 m64[0x20000]=0x0a09080706050403
cpyp [x0]!, [x1]!, x2! ; cpym [x0]!, [x1]!, x2! ; cpye [x0]!, [x1]!, x2! | x0=0x20ffe x1=0x20ffc x2=8 m64[0x20ffc]=0x0807060504030201 m32[0x21004]=0x11111111 => x2=0 m64[0x20ffe]=0x0807060504030201
cpyp [x0]!, [x1]!, x2!        | x0=0x20000 x1=0x90000000 x2=-1 => x2=0x7fffffffffffff trap=fault
# PSTATE.C: the registers are those of option B
setm [x0]!, x1!, x2           | x0=0x20000 x1=8 nzcv=2 => trap=mops
sete [x0]!, x1!, x2           | x0=0x20000 x1=8 nzcv=15 => trap=mops
cpyfm [x0]!, [x1]!, x2!       | x0=0x20000 x1=0x20100 x2=0 nzcv=2 => trap=mops
cpye [x0]!, [x1]!, x2!        | x0=0x20000 x1=0x20100 x2=8 nzcv=10 => trap=mops
setm [x0]!, x1!, x2           | x0=0x20000 x1=0 nzcv=13 =>
