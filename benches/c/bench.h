/*
 * What every C benchmark shares: a clock, rounds in which the subjects take turns, medians, and the
 * one way to print a result: ROW <tab> OURS <tab> PEER, both in nanoseconds.
 *
 * Subjects take turns because this machine is never quiet: what disturbs one round disturbs all
 * subjects of that round alike, and the ratio of the medians stays.
 */
#ifndef BENCH_H
#define BENCH_H

#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_ROUNDS 201
#define MOST_ANSWER 4096

extern char **environ;

/* One of the things that are compared. A batch makes that many calls. */
struct subject {
    void (*batch)(int calls);
    int calls;
    double ns[MOST_ROUNDS];
};

static inline void give_up(const char *what, const char *detail) {
    fprintf(stderr, "benchmark stopped: %s: %s\n", what, detail ? detail : "(null)");
    exit(1);
}

static inline double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(const double *ns, int rounds) {
    double sorted[MOST_ROUNDS];
    memcpy(sorted, ns, (size_t)rounds * sizeof *ns);
    qsort(sorted, (size_t)rounds, sizeof *sorted, ascending);
    return sorted[rounds / 2];
}

/* Every round asks every subject once, each second round in reverse order. */
static inline void take_turns(struct subject *subjects, int count, int rounds) {
    for (int round = -1; round < rounds; round++) {
        for (int turn = 0; turn < count; turn++) {
            struct subject *subject = &subjects[round % 2 ? count - 1 - turn : turn];
            double start = now_ns();
            subject->batch(subject->calls);
            /* Round -1 warms up. */
            if (round >= 0) {
                subject->ns[round] = (now_ns() - start) / subject->calls;
            }
        }
    }
}

static inline void print_row(const char *row, double ours, double peer) {
    printf("%s\t%.1f\t%.1f\n", row, ours, peer);
}

static inline const char *setting(const char *name) {
    const char *value = getenv(name);
    if (!value) {
        give_up("this variable is not set; start it through benches/run.sh", name);
    }
    return value;
}

/* Runs a program as a script would: its answer is read and its end awaited. posix_spawn is the
 * cheapest way there is, so the comparison is not to our advantage. */
static inline void run_program(char *const argv[], const char *expected) {
    int ends[2];
    if (pipe(ends)) {
        give_up("pipe", argv[0]);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    pid_t child;
    if (posix_spawn(&child, argv[0], &actions, NULL, argv, environ)) {
        give_up("cannot start", argv[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char answer[MOST_ANSWER + 1];
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], answer + length, MOST_ANSWER - length)) > 0) {
        length += (size_t)got;
    }
    close(ends[0]);
    answer[length] = '\0';
    int status;
    if (waitpid(child, &status, 0) != child || status || !strstr(answer, expected)) {
        give_up(argv[0], answer);
    }
}

#endif
