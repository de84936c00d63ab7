/*
 * Looks for a password in the process's own memory after it was changed. The caller's text holds it
 * escaped, as every JSON encoder may, so its plain form was only ever made inside the library. Prints
 * where it is still found.
 */
#include <liveapi.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "W1ped-Away-2026" behind a mask, so that this program does not hold it either. */
static const unsigned char masked[] = {0x0d, 0x6b, 0x2a, 0x3f, 0x3e, 0x77, 0x1b, 0x2d, 0x3b, 0x23, 0x77, 0x68, 0x6a, 0x68, 0x6c};
enum { MASK = 0x5a, LENGTH = sizeof masked };

/* Compares byte by byte, unmasking on the way. */
static int is_here(const unsigned char *at)
{
    for (int i = 0; i < LENGTH; i++) {
        if ((at[i] ^ MASK) != masked[i]) {
            return 0;
        }
    }
    return 1;
}

static int search(const char *from, const char *to, const char *name)
{
    int found = 0;
    for (const char *at = from; at + LENGTH <= to; at++) {
        if (is_here((const unsigned char *)at)) {
            printf("found in %s", name);
            found++;
        }
    }
    return found;
}

/* All writable memory of the process: stacks, heap, data. */
static int search_everywhere(void)
{
    static char line[512];
    unsigned long from, to;
    char rights[8];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && rights[0] == 'r' && rights[1] == 'w') {
            found += search((const char *)from, (const char *)to, line);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return found;
}

int main(int argc, char **argv)
{
    static char params[512], items[640], escaped[LENGTH * 6 + 1];
    char *answer;
    int found;
    for (int i = 0; i < LENGTH; i++) {
        sprintf(escaped + 6 * i, "\\u%04x", masked[i] ^ MASK);
    }
    /* The part that is looked for comes late: an allocator overwrites the beginning of what is freed. */
    snprintf(params, sizeof params, "{\"email\":\"user@example.com\",\"password\":\"a beginning of thirty-two bytes %s\"}",
        escaped);
    if (argc > 1 && strcmp(argv[1], "batch") == 0) {
        snprintf(items, sizeof items, "[{\"module\":\"Email\",\"func\":\"passwdpop\",\"params\":%s}]", params);
        answer = liveapi_client_batch(NULL, items, "{}");
    } else {
        answer = argc > 1 ? uapi("Email", argv[1], params) : api2("Email", "passwdpop", params);
    }
    puts(answer);
    free(answer);
    found = search_everywhere();
    printf("%d copies\n", found);
    return found != 0;
}
