/* Expands EVAL_<kind>(name, value) for every row of ops.def; a kind whose macro the includer has not defined expands to
 * nothing. May be included several times. */
#ifndef EVAL_SPECIAL
#define EVAL_SPECIAL(name, value)
#endif
#ifndef EVAL_INT1
#define EVAL_INT1(name, value)
#endif
#ifndef EVAL_INT2
#define EVAL_INT2(name, value)
#endif
#ifndef EVAL_CMP2
#define EVAL_CMP2(name, value)
#endif
#ifndef EVAL_FLAGS2
#define EVAL_FLAGS2(name, value)
#endif
#ifndef EVAL_FLAGS3
#define EVAL_FLAGS3(name, value)
#endif
#ifndef EVAL_F1
#define EVAL_F1(name, value)
#endif
#ifndef EVAL_F2
#define EVAL_F2(name, value)
#endif
#ifndef EVAL_F3
#define EVAL_F3(name, value)
#endif
#ifndef EVAL_CUSTOM
#define EVAL_CUSTOM(name, value)
#endif
#ifndef EVAL_VL1
#define EVAL_VL1(name, value)
#endif
#ifndef EVAL_VL2
#define EVAL_VL2(name, value)
#endif
#ifndef EVAL_VL3
#define EVAL_VL3(name, value)
#endif
#ifndef EVAL_VF1
#define EVAL_VF1(name, value)
#endif
#ifndef EVAL_VF2
#define EVAL_VF2(name, value)
#endif
#ifndef EVAL_VF3
#define EVAL_VF3(name, value)
#endif
#ifndef EVAL_V
#define EVAL_V(name, value)
#endif
#define OP(name, kind, effects, value, doc) EVAL_##kind(name, value)
#include "ir/ops.def"
#undef OP
