/* libFuzzer target: any bytes as a program file. It must end with a program that is loaded or a sentence that says why it
 * is not; no crash, no hang, no leak. Build with the fuzz preset; run
 *
 *     build-fuzz/tests/fuzz/fuzz_loader -max_len=16384 CORPUS-DIRECTORY
 */
#define _GNU_SOURCE
#include "tests/fuzz/load_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct load_check check;
    struct load_result result;
    char message[256];
    load_bytes_init(64);
    load_bytes(data, bytes, &check, &result, message, sizeof message);
    load_bytes_clear();
    return 0;
}
