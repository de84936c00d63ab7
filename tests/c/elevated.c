/*
 * A host with more rights than whoever starts it, as an administrator may write one. Arguments: the options of its
 * client; and, if it shall take another effective user by itself, that user's number. Prints what the kernel says of
 * its start, the answer or the complaint, and what became of its debug log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <liveapi.h>

int main(int count, char **words)
{
    struct LiveapiClient *client;
    if (count > 2 && seteuid((uid_t)atoi(words[2])) != 0) {
        perror("seteuid");
        return 2;
    }
    printf("secure %lu ids %d %d\n", getauxval(AT_SECURE), (int)getuid(), (int)geteuid());
    client = liveapi_client_new(count > 1 ? words[1] : "{}");
    if (client == NULL) {
        printf("refused %d %s\n", liveapi_last_error_code(), liveapi_last_error_message());
        return 0;
    }
    printf("answer %s\n", liveapi_client_call_borrowed(client, LIVEAPI_API2, "Email", "listpops", "{}"));
    liveapi_client_set_debug(client, 1);
    printf("log %s wrote %d\n", liveapi_client_debug_file(client), liveapi_client_debug_write(client, 1, "line", 0));
    liveapi_client_free(client);
    return 0;
}
