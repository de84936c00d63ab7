/*
 * A call inside a C program against a process per call, which is how programs without a library do
 * it: `cpapi2` itself, and for a change also a shell script around doveadm and sed.
 *
 * Three calls: one without I/O, where only the way of calling differs; one that is refused before
 * anything is hashed (no such mailbox), which reads the store; and a whole change of password.
 */
#include "../../include/liveapi.h"
#include "bench.h"

#define ROUNDS 101
#define CALLS 50

static struct LiveapiClient *client;

static void call(const char *module, const char *func, const char *params, const char *expected) {
    const char *answer = liveapi_client_call_borrowed(client, LIVEAPI_API2, module, func, params);
    if (!strstr(answer, expected)) {
        give_up("unexpected answer", answer);
    }
}

static void question(int calls) {
    while (calls--) {
        call("PasswdStrength", "get_required_strength", "{\"app\":\"pop\"}", "\"strength\"");
    }
}

static void refusal(int calls) {
    while (calls--) {
        call("Email", "passwdpop",
             "{\"domain\":\"example.com\",\"email\":\"missing\",\"password\":\"Bench-Secret-15\"}", "\"result\":0");
    }
}

static void change(int calls) {
    while (calls--) {
        call("Email", "passwdpop",
             "{\"domain\":\"example.com\",\"email\":\"u1\",\"password\":\"Bench-Secret-15\"}", "\"result\":1");
    }
}

static void program(char *email, const char *expected) {
    run_program((char *[]){(char *)setting("BENCH_CPAPI2"), "--user=bob", "--output=json", "Email", "passwdpop",
                           "domain=example.com", email, "password=Bench-Secret-15", NULL},
                expected);
}

static void question_by_program(int calls) {
    while (calls--) {
        run_program((char *[]){(char *)setting("BENCH_CPAPI2"), "--user=bob", "--output=json", "PasswdStrength",
                               "get_required_strength", "app=pop", NULL},
                    "\"strength\"");
    }
}

static void refusal_by_program(int calls) {
    while (calls--) {
        program("email=missing", "\"result\":0");
    }
}

static void change_by_program(int calls) {
    while (calls--) {
        program("email=u1", "\"result\":1");
    }
}

static void change_by_shell(int calls) {
    while (calls--) {
        run_program((char *[]){"/bin/sh", (char *)setting("BENCH_SHELL"), (char *)setting("BENCH_SHADOW"), "u1",
                               "Bench-Secret-15", NULL},
                    "1\n");
    }
}

int main(void) {
    client = liveapi_client_new("{}");
    static struct subject questions[] = {{question, CALLS, {0}}, {question_by_program, 1, {0}}};
    take_turns(questions, 2, ROUNDS);
    print_row("c-question-cpapi2", median(questions[0].ns, ROUNDS), median(questions[1].ns, ROUNDS));

    static struct subject refusals[] = {{refusal, CALLS, {0}}, {refusal_by_program, 1, {0}}};
    take_turns(refusals, 2, ROUNDS);
    print_row("c-refusal-cpapi2", median(refusals[0].ns, ROUNDS), median(refusals[1].ns, ROUNDS));

    static struct subject changes[] = {{change, 1, {0}}, {change_by_program, 1, {0}}, {change_by_shell, 1, {0}}};
    int with_shell = *setting("BENCH_SHELL") != '\0';
    take_turns(changes, 2 + with_shell, ROUNDS);
    double ours = median(changes[0].ns, ROUNDS);
    print_row("c-change-cpapi2", ours, median(changes[1].ns, ROUNDS));
    if (with_shell) {
        print_row("c-change-shell", ours, median(changes[2].ns, ROUNDS));
    }
    liveapi_client_free(client);
    return 0;
}
