/*
 * Changes the password of a mailbox:
 *
 *     printf %s 'new password' | ./passwdpop user@example.com
 *
 * The password comes from standard input, because every user of a machine can read the arguments of
 * its processes. Exit status: 0 changed, 1 refused or failed (the answer says why), 2 wrong usage.
 *
 * Build, from this folder, with the library installed:  cc -o passwdpop passwdpop.c -lliveapi
 */
#include <stdio.h>
#include <string.h>

#include <liveapi.h>

/* Longest password that a mail server checks, and what it may grow to when every byte is escaped. */
enum { PASSWORD_MAX = 511, ESCAPED_MAX = 6 * 1024 };

/* Writes text as a JSON string into out; returns 0 if it does not fit. */
static int json_string(char *out, size_t size, const char *text)
{
    size_t used = 0;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (used + 7 > size) {
            return 0;
        }
        if (c < 0x20 || c == '"' || c == '\\') {
            used += (size_t)sprintf(out + used, "\\u%04x", c);
        } else {
            out[used++] = (char)c;
        }
    }
    out[used] = '\0';
    return 1;
}

int main(int argc, char **argv)
{
    char password[PASSWORD_MAX + 2], escaped[ESCAPED_MAX], address[1024], params[ESCAPED_MAX + 1100];
    size_t length;
    char *answer;
    int changed;

    if (argc != 2 || !json_string(address, sizeof address, argv[1])) {
        fprintf(stderr, "usage: %s ADDRESS, with the new password on standard input\n", argv[0]);
        return 2;
    }
    length = fread(password, 1, sizeof password - 1, stdin);
    password[length] = '\0';
    if (strlen(password) != length || !json_string(escaped, sizeof escaped, password)) {
        fprintf(stderr, "%s: the password is too long or holds a NUL byte\n", argv[0]);
        return 2;
    }
    snprintf(params, sizeof params, "{\"email\":\"%s\",\"password\":\"%s\"}", address, escaped);
    memset(password, 0, sizeof password);
    memset(escaped, 0, sizeof escaped);

    answer = api2("Email", "passwdpop", params);
    memset(params, 0, sizeof params);
    if (answer == NULL) {
        fprintf(stderr, "%s: out of memory\n", argv[0]);
        return 1;
    }
    puts(answer);
    changed = strstr(answer, "\"result\":1}]") != NULL;
    liveapi_free(answer);
    return changed ? 0 : 1;
}
