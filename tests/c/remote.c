/*
 * A host that calls a server; `remote MODE COUNT`. Each caller sends its own name as email and wants it back.
 * Prints "N wrong, T threads" of the first process, or dies. `remote code FUNC` prints number and sentence of
 * a failure.
 */
#include <liveapi.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "threads.h"

enum { CHILDREN = 4, THREADS = 8 };

static int count;
/* NULL is the process's default client. */
static struct LiveapiClient *client;
/* One that may be repeated if it got lost, and one that may not. */
static const char *func = "passwdpop";

/* Calls `count` times and returns how many answers were wrong. */
static int calls(const char *who, useconds_t pause)
{
    char params[128], echo[64];
    int wrong = 0;
    snprintf(params, sizeof params, "{\"domain\":\"example.com\",\"email\":\"%s\",\"password\":\"12345luggage\"}", who);
    snprintf(echo, sizeof echo, "\"echo\":\"%s\"", who);
    for (int i = 0; i < count; i++) {
        char *answer = liveapi_client_call(client, LIVEAPI_API2, "Email", func, params);
        if (strstr(answer, echo) == NULL) {
            fprintf(stderr, "%s: %s\n", who, answer);
            wrong++;
        }
        liveapi_free(answer);
        usleep(pause);
    }
    return wrong;
}

static void *thread(void *who)
{
    return calls(who, 0) == 0 ? NULL : "wrong";
}

/* Parent and children call at once; `raw` forks as no library hears of. Children release an inherited client. */
static int forks(int raw)
{
    char name[16];
    int wrong = 0, status;
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = raw ? (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) : fork();
        if (child == 0) {
            alarm(30);
            snprintf(name, sizeof name, "child%d", i);
            if (client != NULL) {
                liveapi_client_free(client);
                client = liveapi_client_new("{}");
            }
            _exit(calls(name, 0) != 0);
        }
    }
    wrong += calls("parent", 0);
    while (wait(&status) > 0) {
        wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    return wrong;
}

/* Each process calls, makes the next one, waits for it, and calls again. */
static int chain(int generation)
{
    char name[24];
    int wrong, status;
    snprintf(name, sizeof name, "generation%d", generation);
    wrong = calls(name, 0);
    if (generation < CHILDREN) {
        if (fork() == 0) {
            alarm(30);
            _exit(chain(generation + 1) != 0);
        }
        wrong += wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        wrong += calls(name, 0);
    }
    return wrong;
}

static atomic_int stop;

static void *caller(void *who)
{
    int wrong = 0;
    while (!atomic_load(&stop)) {
        wrong += calls(who, 0);
    }
    return wrong == 0 ? NULL : "wrong";
}

/* Children are made while other threads are inside calls; each makes two. */
static int busy_forks(int children)
{
    static char names[3][16];
    pthread_t started[3];
    char name[16];
    void *result;
    int wrong = 0, status;
    count = 2;
    for (int i = 0; i < 3; i++) {
        snprintf(names[i], sizeof names[i], "thread%d", i);
        pthread_create(&started[i], NULL, caller, names[i]);
    }
    for (int i = 0; i < children; i += CHILDREN) {
        for (int j = i; j < i + CHILDREN; j++) {
            if (fork() == 0) {
                alarm(30);
                snprintf(name, sizeof name, "child%d", j);
                _exit(calls(name, 0) != 0);
            }
        }
        while (wait(&status) > 0) {
            wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        }
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 3; i++) {
        pthread_join(started[i], &result);
        wrong += result != NULL;
    }
    return wrong;
}

/* Whether SIGPIPE still ends a process that writes to a pipe without a reader. */
static int sigpipe_kills(void)
{
    int ends[2], status;
    if (pipe(ends) != 0 || close(ends[0]) != 0) {
        return 0;
    }
    if (fork() == 0) {
        _exit(write(ends[1], "x", 1) == 1);
    }
    close(ends[1]);
    return wait(&status) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "reuse";
    int wrong = 0;
    count = argc > 2 ? atoi(argv[2]) : 50;
    if (strcmp(mode, "code") == 0) {
        liveapi_free(api2("Email", argv[2], "{\"email\":\"user@example.com\"}"));
        printf("%d %s\n", (int)liveapi_last_error_code(), liveapi_last_error_message());
        return 0;
    }
    if (strcmp(mode, "idle") == 0) {
        func = "addpop";
        wrong += calls("parent", 150000);
    } else if (strcmp(mode, "threads") == 0) {
        wrong += run_threads(THREADS, thread);
    } else if (strcmp(mode, "busyfork") == 0) {
        wrong += busy_forks(count);
    } else if (strcmp(mode, "forkfirst") == 0) {
        wrong += forks(0);
    } else if (strcmp(mode, "forkdrop") == 0) {
        client = liveapi_client_new("{}");
        wrong += calls("parent", 0);
        wrong += forks(0);
    } else if (strcmp(mode, "chain") == 0) {
        wrong += chain(0);
    } else {
        wrong += calls("parent", 0);
        wrong += strcmp(mode, "fork") == 0 ? forks(0) : strcmp(mode, "rawfork") == 0 ? forks(1) : 0;
    }
    wrong += !sigpipe_kills();
    printf("%d wrong, %d threads\n", wrong, own_threads());
    return wrong != 0;
}
