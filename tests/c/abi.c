/*
 * The C ABI as its header promises it: every argument NULL once, broken text, owners of answers, threads
 * and forks. Prints what failed; exit status 0 if nothing did. Expects the account bob with the mailbox
 * user@example.com in the store that LIVEAPI_URL names.
 */
#include <liveapi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void check(int good, const char *what, const char *text)
{
    if (!good) {
        failures++;
        printf("FAILED %s: %s\n", what, text);
    }
}

/* An answer that must be an API 2 failure with these words and this number; released with free(3). */
static void refused(char *answer, enum LiveapiStatus code, const char *words)
{
    check(liveapi_last_error_code() == code, words, liveapi_last_error_message());
    check(strstr(liveapi_last_error_message(), words) != NULL, words, liveapi_last_error_message());
    check(strncmp(answer, "{\"cpanelresult\":{", 17) == 0, "is an envelope", answer);
    check(strstr(answer, "\"error\":\"") != NULL && strstr(answer, words) != NULL, words, answer);
    check(strstr(answer, "\"result\":0}]") != NULL, "result 0", answer);
    free(answer);
}

static void arguments(void)
{
    refused(api2(NULL, "f", "{}"), LIVEAPI_NULL_ARGUMENT, "module is NULL");
    refused(api2("M", NULL, "{}"), LIVEAPI_NULL_ARGUMENT, "func is NULL");
    refused(api2("M", "f", NULL), LIVEAPI_NULL_ARGUMENT, "params_json is NULL");
    refused(api2("M\xff", "f", "{}"), LIVEAPI_BAD_UTF8, "module is not UTF-8");
    refused(api2("M", "f\xc3(", "{}"), LIVEAPI_BAD_UTF8, "func is not UTF-8");
    refused(api2("M", "f", "{\"a\":\"\xe4\"}"), LIVEAPI_BAD_UTF8, "params_json is not UTF-8");
    refused(api2("M", "f", ""), LIVEAPI_BAD_JSON, "not valid JSON");
    refused(api2("M", "f", "{\"password\":\"s3cret"), LIVEAPI_BAD_JSON, "not valid JSON");
    refused(api2("M", "f", "[\"s3cret\"]"), LIVEAPI_BAD_PARAMS, "a JSON list");
    refused(api2("M", "f", "\"s3cret\""), LIVEAPI_BAD_PARAMS, "must be a JSON object");
    refused(api2("M", "f", "17"), LIVEAPI_BAD_PARAMS, "must be a JSON object");
    refused(liveapi_client_call(NULL, 9, "M", "f", "{}"), LIVEAPI_BAD_FAMILY, "no API family 9");
    refused(liveapi_client_call(NULL, LIVEAPI_API2, NULL, NULL, NULL), LIVEAPI_NULL_ARGUMENT, "module is NULL");
    liveapi_free(NULL);
    liveapi_client_free(NULL);
}

static void owners(void)
{
    char *one = api2("Test", "test", "{}"), *two = api2("Test", "test", "{}");
    const char *borrowed = liveapi_client_call_borrowed(NULL, LIVEAPI_API2, "Test", "test", "{}");
    check(one != two && strcmp(one, two) == 0, "owned answers are copies", one);
    check(strcmp(one, borrowed) == 0, "borrowed answers are equal", borrowed);
    check(strstr(one, "Could not find function 'test' in module 'Test'") != NULL, "unknown function", one);
    check(liveapi_last_error_code() == LIVEAPI_OK, "an answer is no failure", liveapi_last_error_message());
    check(liveapi_last_error_message()[0] == '\0', "nor has it a message", liveapi_last_error_message());
    liveapi_free(one);
    free(two);
    check(liveapi_abi_version() == LIVEAPI_ABI_REVISION, "ABI revision", liveapi_version());
    one = uapi("Email", "nosuch", "{}");
    check(strstr(one, "{\"apiversion\":3,") == one && strstr(one, "\"status\":0") != NULL, "uapi", one);
    liveapi_free(one);
    one = api1("Email", "nosuch", "[]");
    check(strstr(one, "{\"apiversion\":\"1\",") == one && strstr(one, "\"event\":{\"result\":0") != NULL, "api1", one);
    liveapi_free(one);
}

static void clients(void)
{
    struct LiveapiClient *client = liveapi_client_new(NULL);
    check(client == NULL && liveapi_last_error_code() == LIVEAPI_NULL_ARGUMENT, "NULL options", liveapi_last_error_message());
    client = liveapi_client_new("{\"usr\":\"bob\"}");
    check(client == NULL && liveapi_last_error_code() == LIVEAPI_CONFIG, "unknown option", liveapi_last_error_message());
    check(strstr(liveapi_last_error_message(), "did you mean") != NULL, "the nearest option", liveapi_last_error_message());
    client = liveapi_client_new("{\"user\":\"nosuch\"}");
    check(client != NULL, "a client", liveapi_last_error_message());
    refused(liveapi_client_call(client, LIVEAPI_API2, "Email", "listpops", "{}"), LIVEAPI_UNKNOWN_ACCOUNT, "nosuch");
    liveapi_client_free(client);
}

/* A batch that is none: nothing is sent, and the reason is told. */
static void no_batch(const char *items, const char *options, enum LiveapiStatus code, const char *words)
{
    check(liveapi_client_batch(NULL, items, options) == NULL, "no rows", words);
    check(liveapi_client_batch_borrowed(NULL, items, options) == NULL, "no borrowed rows", words);
    check(liveapi_last_error_code() == code, words, liveapi_last_error_message());
    check(strstr(liveapi_last_error_message(), words) != NULL, words, liveapi_last_error_message());
}

static void batches(void)
{
    static const char items[] =
        "[{\"id\":\"a\",\"module\":\"Email\",\"func\":\"listpops\"},"
        "{\"family\":\"uapi\",\"module\":\"Email\",\"func\":\"nosuch\"},"
        "{\"family\":\"whm\",\"func\":\"listaccts\",\"params\":{}}]";
    static const char first[] = "[{\"item\":1,\"id\":\"a\",\"status\":\"done\",\"code\":0,\"answer\":{\"cpanelresult\":";
    char *rows = liveapi_client_batch(NULL, items, "{\"in_flight\":2}");
    const char *borrowed = liveapi_client_batch_borrowed(NULL, items, "{}");
    check(rows != NULL && borrowed != NULL, "rows", liveapi_last_error_message());
    check(strcmp(rows, borrowed) == 0, "borrowed rows are equal", borrowed);
    check(strncmp(rows, first, sizeof first - 1) == 0, "first row", rows);
    check(strstr(rows, "{\"item\":2,\"status\":\"refused\",\"code\":0,\"answer\":{\"apiversion\":3") != NULL, "second row", rows);
    check(strstr(rows, "{\"item\":3,\"status\":\"done\"") != NULL, "third row", rows);
    check(liveapi_last_error_code() == LIVEAPI_OK, "rows are no failure", liveapi_last_error_message());
    free(rows);
    no_batch(NULL, "{}", LIVEAPI_NULL_ARGUMENT, "items_json is NULL");
    no_batch("[]", NULL, LIVEAPI_NULL_ARGUMENT, "options_json is NULL");
    no_batch("[\xff]", "{}", LIVEAPI_BAD_UTF8, "items_json is not UTF-8");
    no_batch("[{\"password\":\"s3cret", "{}", LIVEAPI_BAD_JSON, "not valid JSON");
    no_batch("[{\"module\":\"Email\"}]", "{}", LIVEAPI_BAD_PARAMS, "Item 1");
    no_batch("[]", "{\"in_flight\":0}", LIVEAPI_BAD_PARAMS, "1 to 256");
    /* Before a batch begins this does nothing. */
    liveapi_client_batch_stop(NULL);
    rows = liveapi_client_batch(NULL, "[]", "{}");
    check(rows != NULL && strcmp(rows, "[]") == 0, "no items, no rows", liveapi_last_error_message());
    liveapi_free(rows);
}

/* A refusal that reads the store; every thread and child must see the same. */
static int store_answers(struct LiveapiClient *client)
{
    const char *answer = liveapi_client_call_borrowed(client, LIVEAPI_API2, "Email", "passwdpop",
        "{\"domain\":\"example.com\",\"email\":\"nosuch\",\"password\":\"12345luggage\"}");
    return strstr(answer, "You do not have an email account named") != NULL;
}

static void *thread(void *client)
{
    for (int i = 0; i < 500; i++) {
        if (!store_answers(client)) {
            return "a wrong answer";
        }
    }
    return NULL;
}

/* AddressSanitizer's allocator (GCC 12 and 13) does not let go of its locks in a child that is forked while another
 * thread is inside it: the child hangs in malloc, whatever the library does. So there the threads end first; the
 * plain build forks between their calls. */
#ifdef __SANITIZE_ADDRESS__
enum { FORKS_WHILE_BUSY = 0 };
#else
enum { FORKS_WHILE_BUSY = 1 };
#endif

static void join(pthread_t threads[8])
{
    void *wrong;
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &wrong);
        check(wrong == NULL, "a thread", wrong);
    }
}

static void threads_and_forks(void)
{
    struct LiveapiClient *client = liveapi_client_new("{}");
    pthread_t threads[8];
    int status;
    check(store_answers(client) && store_answers(NULL), "before threads", liveapi_last_error_message());
    for (int i = 0; i < 8; i++) {
        pthread_create(&threads[i], NULL, thread, i % 2 ? client : NULL);
    }
    if (!FORKS_WHILE_BUSY) {
        join(threads);
    }
    /* While threads are inside calls, and hold locks of the allocator and of the store at times. */
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            _exit(store_answers(client) && store_answers(NULL) ? 0 : 1);
        }
        waitpid(child, &status, 0);
        check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a child", WIFSIGNALED(status) ? "hung or died" : "wrong answer");
    }
    if (FORKS_WHILE_BUSY) {
        join(threads);
    }
    liveapi_client_free(client);
}

int main(void)
{
    arguments();
    owners();
    clients();
    batches();
    threads_and_forks();
    printf("%d failures\n", failures);
    return failures != 0;
}
