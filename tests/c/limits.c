/*
 * What limits and signals do to a host's calls. First argument: what to try. Expects the account bob with the mailbox
 * user@example.com in the store that LIVEAPI_URL names. Prints the answers; what is wrong with the host's own signals
 * is printed as FAILED.
 *
 *   fsize       a change with a limit of 100 bytes on files, then without
 *   nofile      a change with no descriptor left, then with all
 *   as          calls while the room that is left shrinks to nothing, then without a limit
 *   handler     calls that a handler interrupts, which calls what a handler may call
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <liveapi.h>

static volatile sig_atomic_t handled, wrong;

static void expect(int good, const char *what)
{
    if (!good) {
        printf("FAILED %s\n", what);
    }
}

static void change(const char *password)
{
    char params[200];
    char *answer;
    snprintf(params, sizeof params, "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"%s\"}", password);
    answer = api2("Email", "passwdpop", params);
    printf("%d %s\n", liveapi_last_error_code(), answer != NULL ? answer : "NULL");
    fflush(stdout);
    liveapi_free(answer);
}

static struct rlimit set(int resource, rlim_t soft)
{
    struct rlimit before, now;
    getrlimit(resource, &before);
    now = before;
    now.rlim_cur = soft;
    if (setrlimit(resource, &now) != 0) {
        perror("setrlimit");
    }
    return before;
}

/* The signal kills as before, waits nowhere, and is held back nowhere. */
static void expect_own_signal(int signal)
{
    struct sigaction action;
    sigset_t set;
    sigaction(signal, NULL, &action);
    expect(action.sa_handler == SIG_DFL, "the disposition is the host's");
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    expect(!sigismember(&set, signal), "the mask is the host's");
    sigpending(&set);
    expect(!sigismember(&set, signal), "no signal waits");
}

static void fsize(void)
{
    struct rlimit before = set(RLIMIT_FSIZE, 100);
    sigset_t own;
    change("Fsize-Password-1");
    expect_own_signal(SIGXFSZ);
    /* One that the host holds back, and that waits for it, goes on waiting. */
    sigemptyset(&own);
    sigaddset(&own, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &own, NULL);
    raise(SIGXFSZ);
    change("Fsize-Password-2");
    sigpending(&own);
    expect(sigismember(&own, SIGXFSZ), "the host's own signal goes on waiting");
    setrlimit(RLIMIT_FSIZE, &before);
    change("Fsize-Password-3");
}

static void nofile(void)
{
    struct rlimit before = set(RLIMIT_NOFILE, 64);
    int last = -1, next;
    while ((next = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) {
        last = next;
    }
    change("Nofile-Password-1");
    /* A few are left: enough to begin, and not enough to end. */
    for (int more = 0; more < 6; more++) {
        close(last--);
        change("Nofile-Password-2");
    }
    setrlimit(RLIMIT_NOFILE, &before);
    change("Nofile-Password-3");
}

static long address_space(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld", &pages) != 1) {
        perror("statm");
    }
    if (file != NULL) {
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

static void as(void)
{
    static const long rooms[] = {256L << 20, 65L << 20, 32L << 20, 1L << 20, 64L << 10, 0};
    struct rlimit before;
    long taken = address_space();
    getrlimit(RLIMIT_AS, &before);
    for (size_t index = 0; index < sizeof rooms / sizeof *rooms; index++) {
        set(RLIMIT_AS, (rlim_t)(taken + rooms[index]));
        change("As-Password-1");
        setrlimit(RLIMIT_AS, &before);
    }
    /* And with a heap of which every byte is in use. */
    set(RLIMIT_AS, (rlim_t)address_space());
    {
        size_t size = 1 << 20;
        void **chain = NULL;
        const char *answer;
        while (size >= sizeof(void *)) {
            void **next = malloc(size);
            if (next == NULL) {
                size /= 2;
            } else {
                *next = chain;
                chain = next;
            }
        }
        answer = liveapi_client_call_borrowed(NULL, LIVEAPI_API2, "Email", "listpops", "{}");
        expect(liveapi_last_error_code() == LIVEAPI_LIMIT, "the code names a limit");
        expect(strstr(answer, "RLIMIT_AS") != NULL, "the answer names the limit");
        expect(strstr(liveapi_last_error_message(), "RLIMIT_AS") != NULL, "the message names the limit");
        expect(liveapi_client_new("{}") == NULL, "no client without memory");
        answer = api2("Email", "listpops", "{}");
        expect(answer == NULL || strstr(answer, "RLIMIT_AS") != NULL, "an owned answer is none, or says it");
        while (chain != NULL) {
            void **next = *chain;
            free(chain);
            chain = next;
        }
    }
    setrlimit(RLIMIT_AS, &before);
    change("As-Password-2");
}

static void handler(int signal)
{
    (void)signal;
    handled++;
    liveapi_client_batch_stop(NULL);
    wrong |= liveapi_version()[0] == 0 || liveapi_abi_version() != LIVEAPI_ABI_REVISION;
}

static void interrupted(void)
{
    struct sigaction action = {.sa_handler = handler};
    struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    int good = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int count = 0; count < 2000; count++) {
        char *answer = api2("Email", "listpops", "{}");
        good += answer != NULL && strstr(answer, "user@example.com") != NULL;
        liveapi_free(answer);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    expect(good == 2000 && handled > 10 && !wrong, "calls and handler do not disturb each other");
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "fsize") == 0) {
        fsize();
    } else if (strcmp(what, "nofile") == 0) {
        nofile();
    } else if (strcmp(what, "as") == 0) {
        as();
    } else if (strcmp(what, "handler") == 0) {
        interrupted();
    } else {
        return 2;
    }
    puts("end");
    return 0;
}
