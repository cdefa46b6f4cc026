; Forwarding of guest state. `forward, simplify, dead` shows what is left.

== get after put: forward, simplify, dead
%1:i64 = const 0x5
put x[0], %1
%2:i64 = get x[0]
put x[1], %2
exit_next 0x1000
=>
%1:i64 = const 0x5
put x[0], %1
put x[1], %1
exit_next 0x1000

== low half of a wide put: forward, simplify, dead
%1:i64 = get x[3]
put x[0], %1
%2:i32 = get x[0]
%3:i32 = not %2
%4:i64 = zext %3
put x[1], %4
exit_next 0x1000
=>
%1:i64 = get x[3]
put x[0], %1
%3:i32 = trunc %1
%4:i32 = not %3
%5:i64 = zext %4
put x[1], %5
exit_next 0x1000

== trunc of a zext disappears: forward, simplify, dead
%1:i32 = get x[3]
%2:i64 = zext %1
put x[0], %2
%3:i32 = get x[0]
%4:i32 = not %3
%5:i64 = zext %4
put x[0], %5
exit_next 0x1000
=>
%1:i32 = get x[3]
%2:i32 = not %1
%3:i64 = zext %2
put x[0], %3
exit_next 0x1000

== upper half is not known from the lower: forward, simplify, dead
%1:i32 = get x[3]
put x[0], %1
%2:i64 = get x[0]
put x[1], %2
exit_next 0x1000
=>
%1:i32 = get x[3]
put x[0], %1
%3:i64 = get x[0]
put x[1], %3
exit_next 0x1000

== scalar in a vector register: forward, simplify, dead
%1:f64 = get v[0]
%2:f64 = fadd %1, %1
%3:v128 = vec %2
put v[0], %3
%4:f64 = get v[0]
%5:f64 = fmul %4, %4
%6:v128 = vec %5
put v[0], %6
exit_next 0x1000
=>
%1:f64 = get v[0]
%2:f64 = fadd %1, %1
%3:f64 = fmul %2, %2
%4:v128 = vec %3
put v[0], %4
exit_next 0x1000

== flags as a word: forward, simplify, dead
%1:i32 = get x[0]
%2:flags = flags_sub %1, %1
put nzcv, %2
%3:i32 = get nzcv
%4:i64 = zext %3
put x[1], %4
exit_next 0x1000
=>
%1:i32 = get x[0]
%2:flags = flags_sub %1, %1
put nzcv, %2
%4:i32 = flags_word %2
%5:i64 = zext %4
put x[1], %5
exit_next 0x1000

== a partial put hides what was known: forward, simplify, dead
%1:i64 = get x[1]
put x[0], %1
%2:i32 = const 0x7
put x[0]+4, %2
%3:i64 = get x[0]
put x[2], %3
exit_next 0x1000
=>
%1:i64 = get x[1]
put x[0], %1
%3:i32 = const 0x7
put x[0]+4, %3
%5:i64 = get x[0]
put x[2], %5
exit_next 0x1000

== a narrow put inside a granule: forward, simplify, dead
%1:f16 = get v[1]
%2:v128 = get v[2]
put v[0], %2
put v[0], %1
%3:f32 = get v[0]
%4:v128 = vec %3
put v[3], %4
exit_next 0x1000
=>
%1:f16 = get v[1]
%2:v128 = get v[2]
put v[0], %2
put v[0], %1
%5:f32 = get v[0]
%6:v128 = vec %5
put v[3], %6
exit_next 0x1000

== two gets are one: forward, simplify, dead
%1:i64 = get x[0]
%2:i64 = get x[0]
%3:i64 = add %1, %2
put x[1], %3
exit_next 0x1000
=>
%1:i64 = get x[0]
%2:i64 = add %1, %1
put x[1], %2
exit_next 0x1000

== a call may change everything: forward, simplify, dead
%1:i64 = const 0x5
put x[0], %1
call icache_invalidate(%1, %1)
%2:i64 = get x[0]
put x[1], %2
exit_next 0x1000
=>
%1:i64 = const 0x5
put x[0], %1
call icache_invalidate(%1, %1)
%4:i64 = get x[0]
put x[1], %4
exit_next 0x1000

== not across blocks: forward, simplify, dead
%1:i64 = const 0x5
put x[0], %1
jump block1()
block1:
%2:i64 = get x[0]
put x[1], %2
exit_next 0x1000
=>
%1:i64 = const 0x5
put x[0], %1
jump block1()
block1:
%4:i64 = get x[0]
put x[1], %4
exit_next 0x1000

== fields of cpu_common are left alone: forward, simplify, dead
%1:i32 = const 0x5
put fp_mode, %1
%2:i32 = get fp_mode
put fp_mode, %2
exit_next 0x1000
=>
%1:i32 = const 0x5
put fp_mode, %1
%3:i32 = get fp_mode
put fp_mode, %3
exit_next 0x1000
