/* libFuzzer target: any bytes as a program file. It must end with a program that is loaded or a sentence that says why it
 * is not; no crash, no hang, no leak. Build with the fuzz preset; run fuzz_loader, or fuzz_loader_32 whose address space is
 * that of 32-bit programs, with programs of that kind in the folder:
 *
 *     build-fuzz/tests/fuzz/fuzz_loader -max_len=80000 -runs=1000000 FOLDER-OF-PROGRAMS
 */
#define _GNU_SOURCE
#include "tests/fuzz/load_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct load_check check;
    struct load_result result;
    char message[256];
    load_bytes_init(GUEST_BITS);
    load_bytes(data, bytes, &check, &result, message, sizeof message);
    load_bytes_clear();
    return 0;
}
