# add and subtract, immediate and register
add x0, x1, #1, lsl #12 | x1=0x1                => x0=0x1001
add w0, w1, #1          | x1=0xffffffffffffffff => x0=0
subs w0, w1, #1         | x1=0x100000000        => x0=0xffffffff nzcv=8
adds x0, x1, x2         | x1=0x7fffffffffffffff x2=1 => x0=0x8000000000000000 nzcv=9
cmp x1, x2              | x1=5 x2=5             => nzcv=6
add sp, sp, #16         | => sp=0x21010
ldr x0, [x1], #8        | x1=0x20010 m64[0x20010]=0x1122334455667788 => x0=0x1122334455667788 x1=0x20018
ldr x0, [x1]            | x1=0x90000000 => trap=fault
udf #0                  | => trap=undefined
