/*
 * 10,000 forks (or as many as the first argument says), half of them while threads are inside calls.
 * Each child calls the default client and an inherited one. Prints how many children were wrong, and
 * how many hung or died.
 */
#include <liveapi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 16, THREADS = 3 };

static const char missing[] = "{\"domain\":\"example.com\",\"email\":\"nosuch\",\"password\":\"12345luggage\"}";
static struct LiveapiClient *client;
static atomic_int stop;

static int asks(const struct LiveapiClient *which)
{
    const char *answer = liveapi_client_call_borrowed(which, LIVEAPI_API2, "Email", "passwdpop", missing);
    return strstr(answer, "You do not have an email account named") != NULL;
}

static void *caller(void *unused)
{
    while (!atomic_load(&stop)) {
        if (!asks(client)) {
            return "a wrong answer";
        }
    }
    return unused;
}

/* Children that make the first call of all; 1 if each was right. */
static int before_first_use(void)
{
    int good = 1, status;
    for (int i = 0; i < AT_ONCE; i++) {
        if (fork() == 0) {
            alarm(30);
            _exit(asks(NULL) ? 0 : 1);
        }
    }
    for (int i = 0; i < AT_ONCE && wait(&status) > 0; i++) {
        good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return good;
}

int main(int argc, char **argv)
{
    int forks = argc > 1 ? atoi(argv[1]) : 10000, wrong = 0, dead = 0, status;
    pthread_t threads[THREADS];
    void *result;
    wrong += !before_first_use();
    client = liveapi_client_new("{}");
    if (client == NULL || !asks(NULL)) {
        printf("%s\n", liveapi_last_error_message());
        return 2;
    }
    for (int done = 0; done < forks; done += AT_ONCE) {
        if (done >= forks / 2 && done - AT_ONCE < forks / 2) {
            for (int i = 0; i < THREADS; i++) {
                pthread_create(&threads[i], NULL, caller, NULL);
            }
        }
        for (int i = 0; i < AT_ONCE; i++) {
            if (fork() == 0) {
                alarm(30);
                _exit(asks(NULL) && asks(client) ? 0 : 1);
            }
        }
        for (int i = 0; i < AT_ONCE && wait(&status) > 0; i++) {
            wrong += WIFEXITED(status) && WEXITSTATUS(status) != 0;
            dead += !WIFEXITED(status);
        }
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        wrong += result != NULL;
    }
    printf("%d wrong, %d hung or dead\n", wrong, dead);
    liveapi_client_free(client);
    return wrong + dead != 0;
}
