/*
 * The same calls by libcurl with one handle that is used again, which is the fastest way it has. `curl loop|large`
 * is a subject of benches/remote.rs.
 */
#include <curl/curl.h>

#include "../c/bench.h"

struct answer {
    char *text;
    size_t length, size;
};

static size_t take(char *bytes, size_t one, size_t count, void *user) {
    struct answer *answer = user;
    size_t length = one * count;
    if (answer->length + length >= answer->size) {
        answer->size = 2 * (answer->length + length) + 1;
        answer->text = realloc(answer->text, answer->size);
    }
    memcpy(answer->text + answer->length, bytes, length);
    answer->length += length;
    answer->text[answer->length] = '\0';
    return length;
}

int main(int argc, char **argv) {
    const char *form = "cpanel_jsonapi_user=bob&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop&cpanel_jsonapi_apiversion=2&domain=example.com&email=user&password=12345luggage";
    int large = argc > 1 && strcmp(argv[1], "large") == 0;
    char url[64], header[256], line[32];
    struct answer answer = {0};
    snprintf(url, sizeof url, "https://localhost:%s/json-api/cpanel", setting(large ? "BENCH_REMOTE_LARGE_PORT" : "BENCH_REMOTE_PORT"));
    snprintf(header, sizeof header, "Authorization: whm root:%s", setting("LIVEAPI_TOKEN"));
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, setting("LIVEAPI_CA_FILE"));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, curl_slist_append(NULL, header));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    while (fgets(line, sizeof line, stdin)) {
        int calls = atoi(line);
        double start = now_ns();
        for (int i = 0; i < calls; i++) {
            /* A string of its own for each answer, as a caller gets it. */
            answer = (struct answer){0};
            CURLcode code = curl_easy_perform(curl);
            if (code || !answer.text || !strstr(answer.text, "\"result\":1") || (large && answer.length < 1000000)) {
                give_up(curl_easy_strerror(code), answer.text);
            }
            free(answer.text);
        }
        printf("%.1f\n", (now_ns() - start) / calls);
        fflush(stdout);
    }
    return 0;
}
