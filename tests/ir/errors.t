; What the parser and the verifier say.

== unknown operation: none
%1:i64 = gett x[0]
exit_next 0x0
=>
error: line 1: unknown operation 'gett'

== unknown register: none
%1:i64 = get x[31]
exit_next 0x0
=>
error: line 1: unknown register 'x[31]'

== undefined value: none
put x[0], %7
exit_next 0x0
=>
error: line 1: %7 is not defined

== defined twice: none
%1:i64 = get x[0]
%1:i64 = get x[1]
exit_next 0x0
=>
error: line 2: %1 is defined twice

== no end: none
%1:i64 = get x[0]
=>
error: line 1: block0 does not end

== after the end: none
exit_next 0x0
exit_next 0x0
=>
error: line 2: the block has ended

== wrong types: none
%1:i64 = get x[0]
%2:i32 = get x[0]
%3:i64 = add %1, %2
exit_next 0x0
=>
error: %3 add: operand b is i32

== wrong result: none
%1:i64 = get x[0]
%2:i32 = add %1, %1
exit_next 0x0
=>
error: %2 add: result type i32

== missing operand: none
%1:i64 = get x[0]
%2:i64 = add %1, _
exit_next 0x0
=>
error: %2 add: operand b is missing

== value of another block: none
%1:i64 = get x[0]
jump block1()
block1:
put x[1], %1
exit_next 0x0
=>
error: %3 put: operand %1 is not defined before it in its block

== no such block: none
jump block3()
=>
error: %1 jump: no block3

== number of parameters: none
jump block1()
block1:
%1:i64 = param 0x0
exit_next 0x0
=>
error: %1 jump: block1 has 1 parameters

== late parameter: none
%1:i64 = get x[0]
%2:i64 = param 0x0
exit_next 0x0
=>
error: line 2: parameters come first, in order

== size of a load: none
%1:i64 = get x[0]
%2:i32 = load.8 %1, 0x0
exit_next 0x0
=>
error: %2 load: 8 bytes as i32

== constant too wide: none
%1:i32 = const 0x100000000
exit_next 0x0
=>
error: line 1: the constant does not fit its type

== lane that an operation does not have: none
%1:v128 = get v[0]
%2:v128 = vfadd.16b %1, %1
exit_next 0x0
=>
error: %2 vfadd: no evaluator for v128.4

== target of a branch: none
%1:i32 = get x[0]
%2:i64 = get x[0]
exit_branch %1, %2, %2
=>
error: %3 exit_branch: targets are constants

== unknown helper: none
call frobnicate()
exit_next 0x0
=>
error: line 1: unknown helper 'frobnicate'

== helper's operands: none
%1:i32 = get x[0]
call icache_invalidate(%1, %1)
exit_next 0x0
=>
error: %2 call: icache_invalidate: type of operand 0

== constant without result: none
const 0x1
exit_next 0x0
=>
error: line 1: a constant needs a result

== target without an instruction: none
exit_next 0x0
block1, target:
exit_next 0x0
=>
error: block1 cannot be a target
