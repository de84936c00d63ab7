/*
 * libxcrypt's SHA-512 crypt: for each line of standard input one hash, answered with the nanoseconds
 * it took. benches/hash.rs asks in turn with our own hash; the pipe is outside what is timed.
 */
#include <crypt.h>

#include "../c/bench.h"

int main(void) {
    static struct crypt_data data;
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        double start = now_ns();
        const char *hash = crypt_r("Bench-Secret-15", "$6$abcdefghijklmnop$", &data);
        double took = now_ns() - start;
        if (!hash || strlen(hash) != 106) {
            give_up("crypt_r", hash);
        }
        printf("%.0f\n", took);
        fflush(stdout);
    }
    return 0;
}
