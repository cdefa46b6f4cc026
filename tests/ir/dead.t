; Dead puts and dead values.

== overwritten: dead
%1:i64 = const 0x1
%2:i64 = const 0x2
put x[0], %1
put x[0], %2
exit_next 0x1000
=>
%2:i64 = const 0x2
put x[0], %2
exit_next 0x1000

== a load may fault and show the first put: dead
%1:i64 = const 0x1
%2:i64 = const 0x2
put x[0], %1
%3:i64 = load.8 %1, 0x0
put x[0], %3
exit_next 0x1000
=>
%1:i64 = const 0x1
put x[0], %1
%3:i64 = load.8 %1, 0x0
put x[0], %3
exit_next 0x1000

== a trap may show it: dead
%1:i32 = get x[5]
%2:i64 = const 0x2
put x[0], %2
trap_if %1, breakpoint, 0x0, _
put x[0], %2
exit_next 0x1000
=>
%1:i32 = get x[5]
%2:i64 = const 0x2
put x[0], %2
trap_if %1, breakpoint, 0x0, _
put x[0], %2
exit_next 0x1000

== half overwritten is alive: dead
%1:i64 = const 0x1
%2:i32 = const 0x2
put x[0], %1
put x[0], %2
exit_next 0x1000
=>
%1:i64 = const 0x1
%2:i32 = const 0x2
put x[0], %1
put x[0], %2
exit_next 0x1000

== overwritten by two halves: dead
%1:i64 = const 0x1
%2:i32 = const 0x2
put x[0], %1
put x[0], %2
put x[0]+4, %2
exit_next 0x1000
=>
%2:i32 = const 0x2
put x[0], %2
put x[0]+4, %2
exit_next 0x1000

== overwritten by a wider one: dead
%1:v128 = get v[7]
%2:f32 = get v[8]
put v[0], %2
put v[0], %1
exit_next 0x1000
=>
%1:v128 = get v[7]
put v[0], %1
exit_next 0x1000

== a get in between keeps it: dead
%1:i64 = const 0x1
%2:i64 = const 0x2
put x[0], %1
%3:i32 = get x[0]+4
put x[0], %2
%4:i64 = zext %3
put x[1], %4
exit_next 0x1000
=>
%1:i64 = const 0x1
%2:i64 = const 0x2
put x[0], %1
%4:i32 = get x[0]+4
put x[0], %2
%6:i64 = zext %4
put x[1], %6
exit_next 0x1000

== unused values go, in chains: dead
%1:i64 = get x[0]
%2:i64 = add %1, %1
%3:flags = flags_add %2, %1
exit_next 0x1000
=>
exit_next 0x1000

== unused values with effects stay: dead
%1:i64 = get x[0]
%2:i64 = load.8 %1, 0x0
%3:f64 = get v[0]
%4:f64 = fadd %3, %3
exit_next 0x1000
=>
%1:i64 = get x[0]
%2:i64 = load.8 %1, 0x0
%3:f64 = get v[0]
%4:f64 = fadd %3, %3
exit_next 0x1000

== another block may see it: dead
%1:i64 = const 0x1
put x[0], %1
%2:i32 = get x[1]
br %2, block1, block2()
block1:
%3:i64 = const 0x2
put x[0], %3
exit_next 0x1000
block2:
exit_next 0x2000
=>
%1:i64 = const 0x1
put x[0], %1
%2:i32 = get x[1]
br %2, block1, block2()
block1:
%3:i64 = const 0x2
put x[0], %3
exit_next 0x1000
block2:
exit_next 0x2000
