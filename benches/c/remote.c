/*
 * Calls to a server by the library. `remote loop|large` and `remote loop threads NUMBER` are subjects of
 * benches/remote.rs: they read numbers of calls and answer the nanoseconds of one. `remote first` makes one call
 * of a fresh process. `remote idle ROW` and `remote forks ROW` print rows themselves.
 */
#include <pthread.h>
#include <signal.h>

#include "../../include/liveapi.h"
#include "bench.h"

#define PARAMS "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}"
#define LARGE 1000000
#define MOST_THREADS 64

static int threads = 1, calls_each;

static char *call(const char *func) {
    char *answer = api2("Email", func, PARAMS);
    if (!strstr(answer, "\"result\":1")) {
        give_up(func, answer);
    }
    return answer;
}

static void *calls(void *func) {
    for (int i = 0; i < calls_each; i++) {
        liveapi_free(call(func));
    }
    return NULL;
}

static void at_once(char *func) {
    pthread_t started[MOST_THREADS];
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&started[i], NULL, calls, func)) {
            give_up("pthread_create", func);
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
    }
}

static void answer_numbers(char *func) {
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        calls_each = atoi(line);
        double start = now_ns();
        if (threads == 1) {
            calls(func);
        } else {
            at_once(func);
        }
        printf("%.1f\n", (now_ns() - start) / calls_each / threads);
        fflush(stdout);
    }
}

/* How many children of a group ended badly. A hanging one is ended by its alarm. */
static int wait_for(int children) {
    int bad = 0, status;
    while (children--) {
        bad += wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    return bad;
}

/* The server closes what is idle for a second. Calls that are not repeated, 1.3 s apart, by 100 hosts; each
 * lost call and each host that died counts. */
static void idle(const char *row) {
    enum { HOSTS = 100, CALLS = 10 };
    int lost = 0, status;
    for (int i = 0; i < HOSTS; i++) {
        if (fork() == 0) {
            int wrong = 0;
            alarm(60);
            signal(SIGPIPE, SIG_DFL);
            for (int j = 0; j < CALLS; j++) {
                char *answer = api2("Email", "addpop", PARAMS);
                wrong += !strstr(answer, "\"result\":1");
                liveapi_free(answer);
                usleep(1300000);
            }
            _exit(wrong);
        }
    }
    for (int i = 0; i < HOSTS; i++) {
        lost += wait(&status) < 0 || !WIFEXITED(status) ? CALLS : WEXITSTATUS(status);
    }
    printf("%s\t%d\t%d\n", row, lost, HOSTS * CALLS);
}

/* Whether the server saw this call on that connection (or any, for 0) as its request of that number. */
static int is_own(long *connection, long request) {
    long on = 0, number = 0;
    char *answer = call("passwdpop"), *found = strstr(answer, "\"connection\":\"");
    if (!found || sscanf(found, "\"connection\":\"%ld-%ld", &on, &number) != 2) {
        give_up("no number of a connection", answer);
    }
    liveapi_free(answer);
    if (*connection == 0) {
        *connection = on;
    }
    return on == *connection && number == request;
}

/* 10,000 children of a process with an open connection, 8 at a time, each with two calls, while the parent goes
 * on. Each connection's requests are counted by the server, so one that two processes share is seen. */
static void forks(const char *row) {
    enum { FORKS = 10000, AT_ONCE = 8 };
    long connection = 0, request = 0;
    int bad = !is_own(&connection, ++request);
    for (int i = 0; i < FORKS; i += AT_ONCE) {
        for (int j = 0; j < AT_ONCE; j++) {
            if (fork() == 0) {
                long own = 0;
                alarm(20);
                _exit(!is_own(&own, 1) || !is_own(&own, 2) || own == connection);
            }
        }
        bad += !is_own(&connection, ++request);
        bad += wait_for(AT_ONCE);
    }
    printf("%s\t%d\t%d\n", row, bad, FORKS);
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (argc > 3 && strcmp(argv[2], "threads") == 0) {
        threads = atoi(argv[3]);
    }
    if (threads < 1 || threads > MOST_THREADS) {
        give_up("so many threads there are not", argv[3]);
    }
    if (strcmp(mode, "large") == 0) {
        char *answer = call("listpops");
        if (strlen(answer) < LARGE) {
            give_up("not the large answer", answer);
        }
        liveapi_free(answer);
        answer_numbers("listpops");
    } else if (strcmp(mode, "idle") == 0) {
        idle(argv[2]);
    } else if (strcmp(mode, "forks") == 0) {
        forks(argv[2]);
    } else {
        answer_numbers("passwdpop");
    }
    return 0;
}
