/* Random numbers for the generators of cases. See draw.h. */
#include "tests/fuzz/draw.h"

static u64 seed_state;

void draw_seed(u64 seed) { seed_state = seed; }

u64 next_random(void) /* splitmix64 */
{
    u64 z = seed_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

u32 below(u32 n) { return (u32)(next_random() % n); }
bool chance(u32 percent) { return below(100) < percent; }

u64 draw_floating(unsigned e, unsigned f)
{
    u64 sign = (u64)below(2) << (e + f), exponent = ones(e), fraction = next_random() & ones(f);
    if (chance(40)) /* few bits set, or nearly all: rounding boundaries */
        fraction = chance(50) ? 1ull << below(f) : ones(f) & ~(u64)below(4);
    switch (below(12)) {
    case 0:
        return sign;
    case 1:
        return sign | exponent << f;
    case 2:
        return sign | exponent << f | 1ull << (f - 1) | fraction;
    case 3:
        return sign | exponent << f | (fraction & ones(f - 1)) | 1;
    case 4:
        return sign | fraction;
    case 5:
        return sign | 1ull << f | (chance(50) ? 0 : fraction);
    case 6:
        return sign | (exponent - 1) << f | fraction;
    case 7:
        return sign | (exponent >> 1) << f;
    case 8: /* small and middling integers */
        return sign | ((exponent >> 1) + below(e < 8 ? 12 : 70)) << f | fraction;
    case 9: /* near 1 */
        return sign | ((exponent >> 1) - 2 + below(5)) << f | fraction;
    }
    return sign | (next_random() & exponent) << f | fraction;
}
