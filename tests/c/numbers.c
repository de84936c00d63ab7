/* Sets each line of standard input, which is JSON, as a password by the C ABI; prints the answer, a line each. */
#include <stdio.h>
#include <string.h>

#include "liveapi.h"

int main(void)
{
    char value[256], params[512];
    while (fgets(value, sizeof value, stdin)) {
        value[strcspn(value, "\n")] = '\0';
        snprintf(params, sizeof params, "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":%s}", value);
        char *answer = api2("Email", "passwdpop", params);
        puts(answer);
        liveapi_free(answer);
        fflush(stdout);
    }
    return 0;
}
