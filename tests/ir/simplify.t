; Folding of constants and identities, equal operations.

== constants: simplify, dead
%1:i32 = const 0xffffffff
%2:i32 = const 0x2
%3:i32 = add %1, %2
%4:i64 = sext %1
%5:i64 = zext %3
put x[0], %4
put x[1], %5
%6:flags = flags_sub %2, %2
put nzcv, %6
%7:i32 = cond.eq %6
%8:i64 = zext %7
put x[2], %8
exit_next 0x1000
=>
%1:i64 = const 0xffffffffffffffff
%2:i64 = const 0x1
put x[0], %1
put x[1], %2
%3:flags = const 0x60000000
put nzcv, %3
put x[2], %2
exit_next 0x1000

== identities: simplify, dead
%1:i64 = get x[0]
%2:i64 = const 0x0
%3:i64 = add %1, %2
%4:i64 = or %2, %3
%5:i64 = const 0x40
%6:i64 = shl %4, %5
put x[1], %6
%7:i64 = xor %1, %4
put x[2], %7
%8:i64 = sub %2, %1
%9:i64 = neg %8
put x[3], %9
exit_next 0x1000
=>
%1:i64 = get x[0]
%2:i64 = const 0x0
put x[1], %1
put x[2], %2
put x[3], %1
exit_next 0x1000

== division by zero has a result: simplify, dead
%1:i64 = const 0x0
%2:i64 = const 0x8000000000000000
%3:i64 = const 0xffffffffffffffff
%4:i64 = udiv %2, %1
%5:i64 = sdiv %2, %3
put x[0], %4
put x[1], %5
exit_next 0x1000
=>
%1:i64 = const 0x0
%2:i64 = const 0x8000000000000000
put x[0], %1
put x[1], %2
exit_next 0x1000

== equal operations, constants to the right: simplify, dead
%1:i64 = get x[0]
%2:i64 = const 0x3
%3:i64 = add %1, %2
%4:i64 = add %2, %1
put x[1], %3
put x[2], %4
exit_next 0x1000
=>
%1:i64 = get x[0]
%2:i64 = const 0x3
%3:i64 = add %1, %2
put x[1], %3
put x[2], %3
exit_next 0x1000

== floating point is neither folded nor merged: simplify, dead
%1:f64 = const 0x3ff0000000000000
%2:f64 = fadd %1, %1
%3:f64 = fadd %1, %1
%4:v128 = vec %2
%5:v128 = vec %3
put v[0], %4
put v[1], %5
exit_next 0x1000
=>
%1:f64 = const 0x3ff0000000000000
%2:f64 = fadd %1, %1
%3:f64 = fadd %1, %1
%4:v128 = vec %2
%5:v128 = vec %3
put v[0], %4
put v[1], %5
exit_next 0x1000

== selects and traps on constants: simplify, dead
%1:i32 = const 0x0
%2:i64 = get x[0]
%3:i64 = get x[1]
%4:i64 = select %1, %2, %3
trap_if %1, undefined, 0x0, _
put x[2], %4
exit_next 0x1000
=>
%3:i64 = get x[1]
put x[2], %3
exit_next 0x1000

== vector constants: simplify, dead
%1:v128 = const 0x000000010000000200000003ffffffff
%2:v128 = vadd.4s %1, %1
%3:v128 = vadd.2s %1, %1
put v[0], %2
put v[1], %3
exit_next 0x1000
=>
%1:v128 = const 0x000000020000000400000006fffffffe
%2:v128 = const 0x000000000000000000000006fffffffe
put v[0], %1
put v[1], %2
exit_next 0x1000

== operands of calls and edges: all
%1:i64 = get x[0]
%2:i64 = const 0x0
%3:i64 = add %1, %2
call icache_invalidate(%3, %3)
jump block1(%3)
block1:
%4:i64 = param 0x0
put x[1], %4
exit_indirect %4, return, 0x0
=>
%1:i64 = get x[0]
call icache_invalidate(%1, %1)
jump block1(%1)
block1:
%4:i64 = param 0x0
put x[1], %4
exit_indirect %4, return, 0x0

== leading zeros of reversed bits: simplify, dead
%1:i64 = get x[0]
%2:i64 = bitrev %1
%3:i64 = clz %2
put x[1], %3
exit_next 0x1000
=>
%1:i64 = get x[0]
%2:i64 = ctz %1
put x[1], %2
exit_next 0x1000

== a branch on a constant is an exit: simplify, dead
%1:i32 = const 0x5
%2:i32 = const 0x5
%3:i32 = ne %1, %2
%4:i64 = const 0x1000
%5:i64 = const 0x2000
exit_branch %3, %4, %5
=>
exit_next 0x2000
