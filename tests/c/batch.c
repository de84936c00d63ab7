/*
 * A host that sends batches; `batch MODE COUNT`. Each caller sends its own name as email and wants it back in every
 * row. Prints "N wrong, T threads" of the first process, or of `stop` how many rows are done and unsent.
 */
#include <liveapi.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "threads.h"

enum { CALLERS = 4, ITEM = 160 };

static struct LiveapiClient *client;
static int count;

static int occurrences(const char *text, const char *word)
{
    int found = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word)) {
        found++;
    }
    return found;
}

/* The rows of a batch in that name. */
static char *batch(const char *who, const char *func)
{
    char *items = malloc((size_t)count * ITEM + 3), *rows;
    size_t length = 1;
    strcpy(items, "[");
    for (int i = 0; i < count; i++) {
        length += (size_t)snprintf(items + length, ITEM,
            "%s{\"module\":\"Email\",\"func\":\"%s\",\"params\":{\"domain\":\"e.example\",\"email\":\"%s\",\"password\":\"12345luggage\"}}",
            i == 0 ? "" : ",", func, who);
    }
    strcpy(items + length, "]");
    rows = liveapi_client_batch(client, items, "{\"in_flight\":8}");
    if (rows == NULL) {
        fprintf(stderr, "%s: %s\n", who, liveapi_last_error_message());
    }
    free(items);
    return rows;
}

/* Sends a batch and returns how many rows were wrong. */
static int wrong_rows(const char *who)
{
    char echo[64];
    char *rows = batch(who, "passwdpop");
    int wrong = count;
    snprintf(echo, sizeof echo, "\"echo\":\"bob/%s\"", who);
    if (rows != NULL && occurrences(rows, "\"status\":\"done\"") == count) {
        wrong = count - occurrences(rows, echo);
    }
    liveapi_free(rows);
    return wrong;
}

static void *thread(void *who)
{
    return wrong_rows(who) == 0 ? NULL : "wrong";
}

/* Children are forked while another thread is inside a batch, and send batches of their own. */
static int forks(void)
{
    pthread_t busy;
    char name[16];
    void *result;
    int wrong = 0, status;
    pthread_create(&busy, NULL, thread, "thread");
    usleep(20000);
    for (int i = 0; i < CALLERS; i++) {
        if (fork() == 0) {
            alarm(30);
            snprintf(name, sizeof name, "child%d", i);
            _exit(wrong_rows(name) != 0);
        }
    }
    wrong += wrong_rows("parent");
    while (wait(&status) > 0) {
        wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    pthread_join(busy, &result);
    return wrong + (result != NULL);
}

static void on_alarm(int signal)
{
    (void)signal;
    liveapi_client_batch_stop(client);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "once";
    int wrong;
    count = argc > 2 ? atoi(argv[2]) : 50;
    client = liveapi_client_new("{}");
    if (strcmp(mode, "stop") == 0) {
        signal(SIGALRM, on_alarm);
        alarm(1);
        char *rows = batch("parent", "addpop");
        printf("%d done, %d unsent\n", occurrences(rows, "\"status\":\"done\""), occurrences(rows, "\"status\":\"unsent\",\"code\":70"));
        liveapi_free(rows);
        liveapi_client_free(client);
        return 0;
    }
    wrong = wrong_rows("parent");
    wrong += strcmp(mode, "threads") == 0 ? run_threads(CALLERS, thread) : strcmp(mode, "fork") == 0 ? forks() : wrong_rows("parent");
    liveapi_client_free(client);
    printf("%d wrong, %d threads\n", wrong, own_threads());
    return wrong != 0;
}
