/*
 * What loading costs: dlopen of the library in a fresh process whose pages are warm, against an empty
 * library; and the start of a program of ours, against an empty program.
 *
 * Not linked with the library, or dlopen would find it loaded.
 */
#include <dlfcn.h>

#include "bench.h"

#define ROUNDS 101

/* The time of one dlopen, taken by a forked child, since a library loads once per process. */
static double dlopen_ns(const char *path) {
    int ends[2];
    if (pipe(ends)) {
        give_up("pipe", path);
    }
    pid_t child = fork();
    if (child == 0) {
        double start = now_ns();
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        double took = library ? now_ns() - start : -1;
        _exit(write(ends[1], &took, sizeof took) != sizeof took);
    }
    double took = -1;
    close(ends[1]);
    ssize_t got = read(ends[0], &took, sizeof took);
    close(ends[0]);
    if (waitpid(child, NULL, 0) != child || got != sizeof took || took < 0) {
        give_up("dlopen", path);
    }
    return took;
}

static void our_program(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_CPAPI2"), "--version", NULL}, "liveapi");
    }
}

static void empty_program(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_NOTHING"), NULL}, "");
    }
}

/* A call that hashes nothing, from start to exit. */
static void our_call(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_CPAPI2"), "--user=bob", "--output=json", "PasswdStrength",
                               "get_required_strength", "app=pop", NULL},
                    "\"strength\"");
    }
}

static void perl(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_PERL"), "-e", "1", NULL}, "");
    }
}

static void php(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_PHP"), "-r", "1;", NULL}, "");
    }
}

static void python(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_PYTHON"), "-c", "1", NULL}, "");
    }
}

/* Our whole call against an interpreter that does nothing, where there is one. */
static void against(const char *name, const char *row, void (*interpreter)(int)) {
    if (!getenv(name)) {
        return;
    }
    struct subject starts[] = {{our_call, 1, {0}}, {interpreter, 1, {0}}};
    take_turns(starts, 2, ROUNDS);
    print_row(row, median(starts[0].ns, ROUNDS), median(starts[1].ns, ROUNDS));
}

int main(void) {
    static double ours[ROUNDS], empty[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        ours[round] = dlopen_ns(setting("LIVEAPI_LIBRARY"));
        empty[round] = dlopen_ns(setting("BENCH_EMPTY"));
    }
    print_row("load-dlopen", median(ours, ROUNDS), median(empty, ROUNDS));

    static struct subject starts[] = {{our_program, 1, {0}}, {empty_program, 1, {0}}};
    take_turns(starts, 2, ROUNDS);
    print_row("load-start", median(starts[0].ns, ROUNDS), median(starts[1].ns, ROUNDS));
    against("BENCH_PERL", "start-perl", perl);
    against("BENCH_PHP", "start-php", php);
    against("BENCH_PYTHON", "start-python", python);
    return 0;
}
