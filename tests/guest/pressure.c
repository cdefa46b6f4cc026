/* More values than registers, in a loop: a narrow register is copied, the copy changed, and the register itself looked at
 * again after its value had to leave the host's registers. */
#include "t.h"

static uint64_t loop(uint64_t *m, uint64_t n, uint64_t key)
{
    uint64_t sum = 1;
#ifdef __aarch64__
    __asm__ volatile("mov x11, %[key]\n"
                     "mov x10, %[sum]\n"
                     "mov x9, %[n]\n"
                     "mov x0, %[m]\n"
                     "1:\n"
                     "mov w1, w11\n"
                     "add x1, x1, x10, lsl #3\n"
                     "ldp x3, x4, [x0]\n"
                     "ldp x5, x6, [x0, #16]\n"
                     "ldr x7, [x0, #32]\n"
                     "ldr x8, [x0, #40]\n"
                     "add x12, x3, x4\n"
                     "add x13, x5, x6\n"
                     "add x14, x7, x8\n"
                     "add x1, x1, x3\n"
                     "str x1, [x0, #48]\n"
                     "ldr x1, [x0, #56]\n"
                     "cmp w11, #7\n"
                     "eor x12, x12, x13\n"
                     "eor x14, x14, x12\n"
                     "add x3, x3, x5\n"
                     "add x4, x4, x6\n"
                     "add x7, x7, x8\n"
                     "b.ls 2f\n"
                     "add x10, x10, x1\n"
                     "eor x10, x10, x14\n"
                     "str x10, [x0, #56]\n"
                     "cbz x1, 4f\n"
                     "b 3f\n"
                     "2: sub x10, x10, x1\n"
                     "eor x10, x10, x3\n"
                     "cbz x1, 3f\n"
                     "4: add x10, x10, x1\n"
                     "3: subs x9, x9, #1\n"
                     "b.ne 1b\n"
                     "mov %[sum], x10\n"
                     : [sum] "+r"(sum)
                     : [m] "r"(m), [n] "r"(n), [key] "r"(key)
                     : "x0", "x1", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "cc", "memory");
#else
    for (; n; n--) {
        uint64_t copy = (uint32_t)key + (sum << 3);
        m[6] = copy + m[0];
        copy = m[7];
        if ((uint32_t)key > 7) {
            sum = (sum + copy) ^ ((m[4] + m[5]) ^ (m[0] + m[1]) ^ (m[2] + m[3]));
            m[7] = sum;
            sum += copy ? 0 : copy;
        } else {
            sum = (sum - copy) ^ (m[0] + m[2]);
            sum += copy;
        }
    }
#endif
    return sum;
}

int main(void)
{
    uint64_t m[8] = {3, 0x123456789, 5, 7, 0xfedcba987654321, 11, 13, 17};
    for (unsigned i = 0; i < 8; i++) {
        uint64_t sum = loop(m, 100000 + i, 2 * i);
        printf("%llx %llx %llx\n", (unsigned long long)sum, (unsigned long long)m[6], (unsigned long long)m[7]);
    }
    return 0;
}
