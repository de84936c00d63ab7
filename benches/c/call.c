/*
 * What a call costs a C program when the engine has nothing to do: reading three texts, parsing 82
 * bytes of parameters, dispatch, and writing the answer.
 *
 * Peers: an empty function of another shared library (what calling costs at all), and malloc + copy +
 * free of an answer of the same length (what handing over a text costs at least).
 */
#include "../../include/liveapi.h"
#include "../peers/empty.h"
#include "bench.h"

#define ROUNDS 101
#define CALLS 2000

struct scene {
    const char *name, *module, *func, *params, *expected;
};

/* Each has 82 bytes in four pairs, as a passwdpop has. */
static const struct scene scenes[] = {
    {"unknown", "Test", "test",
     "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\",\"quota\":\"250000\"}",
     "\"error\""},
    {"answered", "PasswdStrength", "get_required_strength",
     "{\"app\":\"pop\",\"domain\":\"example.com\",\"email\":\"user1\",\"note\":\"0123456789abcdefghij\"}",
     "\"strength\""},
    {"refused", "Email", "passwdpop",
     "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"\",\"note\":\"0123456789abcdefghi\"}",
     "\"result\":0"},
};

static const struct scene *scene;
static struct LiveapiClient *client;
static const char *answer;
static size_t answer_length;

static void owned(int calls) {
    while (calls--) {
        liveapi_free(api2(scene->module, scene->func, scene->params));
    }
}

static void borrowed(int calls) {
    while (calls--) {
        liveapi_client_call_borrowed(client, LIVEAPI_API2, scene->module, scene->func, scene->params);
    }
}

static void empty(int calls) {
    while (calls--) {
        peer_empty(scene->module, scene->func, scene->params);
    }
}

static void copy(int calls) {
    while (calls--) {
        free(peer_copy(answer, answer_length));
    }
}

static void check(void) {
    if (strlen(scene->params) != 82) {
        give_up("the parameters do not have 82 bytes", scene->params);
    }
    char *first = api2(scene->module, scene->func, scene->params);
    if (!first || !strstr(first, scene->expected)) {
        give_up("unexpected answer", first);
    }
    answer = first;
    answer_length = strlen(first);
}

static void print(const char *how, const char *peer, double ours, double theirs) {
    char row[64];
    snprintf(row, sizeof row, "c-%s-%s-%s", scene->name, how, peer);
    print_row(row, ours, theirs);
}

int main(void) {
    client = liveapi_client_new("{}");
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        scene = &scenes[i];
        check();
        static struct subject subjects[] = {{owned, CALLS, {0}}, {borrowed, CALLS, {0}}, {copy, CALLS, {0}}, {empty, CALLS, {0}}};
        take_turns(subjects, 4, ROUNDS);
        double ns[4];
        for (int s = 0; s < 4; s++) {
            ns[s] = median(subjects[s].ns, ROUNDS);
        }
        print("owned", "copy", ns[0], ns[2]);
        print("borrowed", "copy", ns[1], ns[2]);
        print("owned", "empty", ns[0], ns[3]);
        print("borrowed", "empty", ns[1], ns[3]);
        free((char *)answer);
    }
    liveapi_client_free(client);
    return 0;
}
