/*
 * 100,000 calls, owned and borrowed, answered, refused and failed, and new clients: the memory of the
 * process must not grow. Prints its growth in kB after the first tenth.
 */
#include <liveapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long resident_kb(void)
{
    long size, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL || fscanf(statm, "%ld %ld", &size, &resident) != 2) {
        exit(2);
    }
    fclose(statm);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
    const char *missing = "{\"domain\":\"example.com\",\"email\":\"nosuch\",\"password\":\"1\\u0032345luggage\"}";
    int calls = argc > 1 ? atoi(argv[1]) : 100000;
    struct LiveapiClient *client = liveapi_client_new("{}");
    long start = 0;
    for (int i = 0; i < calls; i++) {
        if (i == calls / 10) {
            start = resident_kb();
        }
        switch (i % 5) {
        case 0: liveapi_free(api2("Email", "passwdpop", missing)); break;
        case 1: liveapi_free(uapi("PasswdStrength", "get_required_strength", "{\"app\":\"pop\"}")); break;
        case 2: liveapi_client_call_borrowed(client, LIVEAPI_API2, "Email", "passwdpop", missing); break;
        case 3: liveapi_client_call_borrowed(client, LIVEAPI_API2, "Email", "passwdpop", "{\"broken"); break;
        default: liveapi_client_free(liveapi_client_new("{\"user\":\"bob\"}")); break;
        }
    }
    printf("%ld\n", resident_kb() - start);
    liveapi_client_free(client);
    return 0;
}
