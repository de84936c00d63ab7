/*
 * Sends a batch from standard input, a JSON list of calls, and prints its rows. Ctrl-C lets what is in flight end:
 *
 *     echo '[{"module":"Email","func":"listpops"}]' | ./batch '{"in_flight":32}'
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <liveapi.h>

static struct LiveapiClient *client;

static void stop(int signal)
{
    (void)signal;
    liveapi_client_batch_stop(client);
}

/* All of standard input as a text, or NULL. */
static char *input(void)
{
    size_t length = 0, room = 65536, got;
    char *text = malloc(room);
    while (text != NULL && (got = fread(text + length, 1, room - length - 1, stdin)) > 0) {
        length += got;
        if (room - length == 1) {
            char *larger = realloc(text, room *= 2);
            if (larger == NULL) {
                free(text);
            }
            text = larger;
        }
    }
    if (text != NULL) {
        text[length] = '\0';
    }
    return text;
}

int main(int argc, char **argv)
{
    char *items = input(), *rows = NULL;
    client = liveapi_client_new("{}");
    if (items != NULL && client != NULL) {
        signal(SIGINT, stop);
        rows = liveapi_client_batch(client, items, argc > 1 ? argv[1] : "{}");
    }
    if (rows == NULL) {
        fprintf(stderr, "%s\n", items == NULL ? "out of memory" : liveapi_last_error_message());
    } else {
        puts(rows);
    }
    int failed = rows == NULL;
    signal(SIGINT, SIG_DFL);
    liveapi_free(rows);
    liveapi_client_free(client);
    free(items);
    return failed;
}
