/*
 * What a host may do to a library that it loads at run time: look at it before the first call, call it
 * from many threads that come and go, close it, interrupt it by signals, and survive its defects. Prints
 * what failed. First argument: the path of the library. Expects the account bob with the mailbox
 * user@example.com in the store that LIVEAPI_URL names.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

typedef char *call(const char *, const char *, const char *);

static int failures;
static const char *path;
static const char missing[] = "{\"domain\":\"example.com\",\"email\":\"nosuch\",\"password\":\"12345luggage\"}";
static const char change[] = "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}";

static void check(int good, const char *what, const char *text)
{
    if (!good) {
        failures++;
        printf("FAILED %s: %s\n", what, text);
    }
}

static int entries(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    while (dir != NULL && readdir(dir) != NULL) {
        count++;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return count;
}

/* One call that reads the store; 1 if the answer is right. */
static int asks(call *api2)
{
    char *answer = api2("Email", "passwdpop", missing);
    int good = answer != NULL && strstr(answer, "You do not have an email account named") != NULL;
    free(answer);
    return good;
}

/* Loads, calls, unloads, and ends with thread-locals of the library alive. */
static void *visitor(void *unused)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    call *api2 = library != NULL ? (call *)dlsym(library, "api2") : NULL;
    int good = api2 != NULL && asks(api2);
    (void)unused;
    if (library != NULL) {
        dlclose(library);
    }
    return good ? NULL : "a wrong answer";
}

static void *caller(void *function)
{
    for (int i = 0; i < 100; i++) {
        if (!asks((call *)function)) {
            return "a wrong answer";
        }
    }
    return NULL;
}

static void run_threads(int count, void *(*body)(void *), void *argument, const char *what)
{
    pthread_t threads[32];
    void *wrong;
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i], NULL, body, argument);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], &wrong);
        check(wrong == NULL, what, wrong);
    }
}

static void nothing_at_load(void)
{
    int threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    check(library != NULL, "dlopen", dlerror());
    check(entries("/proc/self/task") == threads, "no thread at load", "");
    check(entries("/proc/self/fd") == files, "no file or socket at load", "");
    check(asks((call *)dlsym(library, "api2")), "the first call", "");
    check(entries("/proc/self/task") == threads, "no thread after a call", "");
    check(entries("/proc/self/fd") == files, "no file left open by a call", "");
    dlclose(library);
}

static void ticked(int signal)
{
    (void)signal;
}

/* A timer that interrupts system calls every 200 microseconds, and a SIGPIPE that would kill. */
static void signals(call *api2)
{
    struct sigaction action;
    struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    memset(&action, 0, sizeof action);
    action.sa_handler = ticked; /* without SA_RESTART */
    sigaction(SIGALRM, &action, NULL);
    signal(SIGPIPE, SIG_DFL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 20; i++) {
        char *answer = api2("Email", "passwdpop", change);
        check(strstr(answer, "\"result\":1}]") != NULL, "a change under a timer", answer);
        free(answer);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, NULL, &action);
    check(action.sa_handler == ticked, "the host's signal handler stays", "");
    sigaction(SIGPIPE, NULL, &action);
    check(action.sa_handler == SIG_DFL, "SIGPIPE stays as the host set it", "");
}

/* Only debug builds have a function that panics. */
static void defects(call *api2)
{
    char *answer = api2("LiveapiTest", "panic", "{}");
    check(strstr(answer, "Internal error in liveapi") != NULL && strstr(answer, "\"result\":0}]") != NULL, "a panic is answered", answer);
    free(answer);
    check(asks(api2), "the call after a panic", "");
}

int main(int argc, char **argv)
{
    void *library;
    call *api2;
    path = argc > 1 ? argv[1] : "libliveapi.so.1";
    alarm(120);
    nothing_at_load();
    for (int i = 0; i < 1000; i++) {
        run_threads(1, visitor, NULL, "load, call, unload, thread exit");
    }
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    api2 = (call *)dlsym(library, "api2");
    run_threads(32, caller, (void *)api2, "32 threads at once");
    signals(api2);
    alarm(120);
    defects(api2);
    check(entries("/proc/self/task") == 3, "no thread of the library at the end", "");
    printf("%d failures\n", failures);
    return failures != 0;
}
