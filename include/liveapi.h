/*
 * liveapi: cPanel's LiveAPI as a native library.
 *
 * A first program:
 *
 *     #include <stdio.h>
 *     #include <liveapi.h>
 *
 *     int main(void) {
 *         char *answer = api2("Email", "passwdpop",
 *             "{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}");
 *         puts(answer);
 *         liveapi_free(answer);
 *         return 0;
 *     }
 *
 * Build it with: cc first.c -lliveapi. Conventions that hold for every function:
 *
 * Names      api1, api2 and uapi are cPanel's own words; everything else is liveapi_NOUN_VERB, and
 *            _new and _free are pairs.
 * Arguments  come in; results are returned. No callbacks, no structures with a public layout.
 * Ownership  char * is yours, to be released with liveapi_free or free(3). const char * is the
 *            library's: static, or borrowed until the thread's next call; never free it.
 * NULL       as a text gives an answer with an error and is never dereferenced. Releasing NULL does nothing.
 * Text       is UTF-8 and NUL-terminated. What is not UTF-8 is refused, never repaired.
 * Errors     a call always answers; an answer of its API family says what went wrong. Functions that
 *            return a handle return NULL, and so does a batch of which nothing was sent.
 *            liveapi_last_error_code and liveapi_last_error_message say which failure it was. No answer
 *            and no message holds a password.
 * Panics     never leave the library; a defect of it is answered with LIVEAPI_INTERNAL.
 * Threads    any thread may call any function at any time, but for the release of what is in use.
 * Fork       every function works in parent and child. No thread is ever started, nothing runs
 *            before the first call, and nothing is left to be shut down.
 * Signals    a handler may call liveapi_client_batch_stop, liveapi_version and liveapi_abi_version. It
 *            must call nothing else, liveapi_free included: the code that it interrupts may hold the
 *            lock of malloc, and the process would wait for itself for ever. Set a flag instead, and
 *            call after the handler has returned. Nor may it leave a call by longjmp. Signals that
 *            interrupt a call fail nothing; SIGPIPE and SIGXFSZ that its own work would raise are held
 *            back from the calling thread, and what waits for the host goes on waiting.
 * Limits     beyond RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_AS and RLIMIT_DATA calls answer LIVEAPI_LIMIT and
 *            name the limit. A call wants 64 MiB of address space and does not begin without.
 * Rights     where the process has more rights than its starter (set-uid, set-gid, file capabilities,
 *            another effective user), the environment and what is found through HOME count for
 *            nothing: only options do, and /etc/liveapi/liveapi.toml if nobody but root can write it.
 *            There is no debug log then.
 * Host       no signal handler, panic hook, logger or locale is changed, nothing is printed.
 * Versions   the soname is libliveapi.so.1 by the ABI revision; names stay for ever, and the revision
 *            grows only when an existing caller would break.
 */


#ifndef LIVEAPI_H
#define LIVEAPI_H

/* Generated from src by tests/host/header.rs. Do not edit; change the Rust source. */

/**
 * The revision of the ABI that this header describes; the number in the soname.
 */
#define LIVEAPI_ABI_REVISION 1

/**
 * Kinds of failure. The numbers never change.
 *
 * A function that refuses ("no such mailbox") is not a failure: its answer says why.
 */
enum LiveapiStatus {
  /**
   * No failure.
   */
  LIVEAPI_OK = 0,
  /**
   * An argument was NULL where a text is required.
   */
  LIVEAPI_NULL_ARGUMENT = 1,
  /**
   * A text was not UTF-8.
   */
  LIVEAPI_BAD_UTF8 = 2,
  /**
   * A text was not JSON.
   */
  LIVEAPI_BAD_JSON = 3,
  /**
   * The JSON was not an object, or too long.
   */
  LIVEAPI_BAD_PARAMS = 4,
  /**
   * The number of an API family is not one of `LiveapiFamily`.
   */
  LIVEAPI_BAD_FAMILY = 5,
  /**
   * The configuration (URL, environment, file, options) is wrong.
   */
  LIVEAPI_CONFIG = 20,
  /**
   * The account that the call is for is not known to the store.
   */
  LIVEAPI_UNKNOWN_ACCOUNT = 21,
  /**
   * Disk or quota is full; nothing was changed.
   */
  LIVEAPI_STORE_FULL = 40,
  /**
   * The file or its folder cannot be written; nothing was changed.
   */
  LIVEAPI_NOT_WRITABLE = 41,
  /**
   * A link or a foreign owner stands where a file of the account should be; nothing was changed.
   */
  LIVEAPI_UNSAFE = 42,
  /**
   * Another writer holds the lock; try again. Nothing was changed.
   */
  LIVEAPI_BUSY = 43,
  /**
   * Reading or writing failed otherwise; nothing was changed unless the message says so.
   */
  LIVEAPI_STORE_IO = 44,
  /**
   * The change was written but could not be confirmed; repeat the call.
   */
  LIVEAPI_NOT_VERIFIED = 45,
  /**
   * A limit of the process or the machine is reached (size of files, open files, memory); the message names it.
   * Nothing was changed unless the message says so.
   */
  LIVEAPI_LIMIT = 46,
  /**
   * The server cannot be reached; the call was not made unless the message says so.
   */
  LIVEAPI_UNREACHABLE = 60,
  /**
   * The connection cannot be secured, or the server is not the trusted one; the call was not made.
   */
  LIVEAPI_TLS = 61,
  /**
   * The server did not answer in time; the call was not made, or does no harm if it is repeated.
   */
  LIVEAPI_TIMEOUT = 62,
  /**
   * The server refuses the login, or what it may do; do not try again with the same one.
   */
  LIVEAPI_AUTHENTICATION = 63,
  /**
   * What the server sent is no answer to the call.
   */
  LIVEAPI_BAD_ANSWER = 64,
  /**
   * The call was sent and no answer came: whether it was done is not known. Look before you repeat it.
   */
  LIVEAPI_OUTCOME_UNKNOWN = 65,
  /**
   * The batch ended before this call; it was not made.
   */
  LIVEAPI_STOPPED = 70,
  /**
   * A defect of the library.
   */
  LIVEAPI_INTERNAL = 90,
};

/**
 * cPanel's API families, for `liveapi_client_call`.
 */
enum LiveapiFamily {
  /**
   * cPanel API 1: as `api1`.
   */
  LIVEAPI_API1 = 1,
  /**
   * cPanel API 2: as `api2`.
   */
  LIVEAPI_API2 = 2,
  /**
   * UAPI: as `uapi`.
   */
  LIVEAPI_UAPI = 3,
  /**
   * WHM API 1: accounts; the module is the empty text.
   */
  LIVEAPI_WHM = 4,
  /**
   * WHM API 0: the same functions, answered as `{"status":1,"statusmsg":"Ok","acct":[…]}` and the like.
   */
  LIVEAPI_WHM0 = 5,
};

/**
 * A client: one configuration, ready to answer calls. Opaque.
 *
 * It holds no thread and no file of the store, so every thread may use it at the same time. Connections to a server
 * or a panel belong to the process that made them: a forked child may go on using its parent's client, and
 * connects anew.
 */
struct LiveapiClient;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the version of the library, e.g. `0.1.0`.
 *
 * Ownership: static text; never free it.
 * Threads: any thread. Fork: safe before and after.
 * Since: ABI revision 1.
 */
const char *liveapi_version(void);

/**
 * Returns the ABI revision of the library; compare it with `LIVEAPI_ABI_REVISION` of the header.
 *
 * A library and a header of equal revision fit together. The revision grows only for a break.
 *
 * Example:
 *
 *     if (liveapi_abi_version() != LIVEAPI_ABI_REVISION) {
 *         fprintf(stderr, "liveapi %s has another ABI than its header\n", liveapi_version());
 *     }
 *
 * Threads: any thread. Fork: safe before and after.
 * Since: ABI revision 1.
 */
int liveapi_abi_version(void);

/**
 * Tells whether the calling thread's last call failed, and how.
 *
 * Set by `api1`, `api2`, `uapi` and every `liveapi_client_…` function but `liveapi_client_free`. A
 * call that was answered, also by a refusal, leaves `LIVEAPI_OK`.
 *
 * Example:
 *
 *     char *answer = uapi("Email", "list_pops", "{}");
 *     if (liveapi_last_error_code() != LIVEAPI_OK) {
 *         fprintf(stderr, "%s\n", liveapi_last_error_message());
 *     }
 *     liveapi_free(answer);
 *
 * Threads: any thread; each has its own. Fork: safe before and after.
 * Since: ABI revision 1.
 */
enum LiveapiStatus liveapi_last_error_code(void);

/**
 * Returns the sentence for the calling thread's last failure; empty if there was none.
 *
 * It names what was tried, on what, why it failed and what to do, and never holds a password.
 *
 * Ownership: borrowed, valid until the thread's next call; never free it. Never NULL.
 * Threads: any thread; each has its own. Fork: safe before and after.
 * Since: ABI revision 1.
 */
const char *liveapi_last_error_message(void);

/**
 * Calls a function of cPanel API 2, e.g. `api2("Email", "passwdpop", "{\"domain\":\"example.com\",…}")`.
 *
 * `params_json` is a JSON object of names and values; `[]` and `null` mean none. Texts, numbers,
 * booleans (1 and 0, for flags) and null (as good as absent) are values; a password, a domain or a name
 * that came as a fraction, a boolean, null or a number beyond 2^53 is refused. The answer is one line of JSON:
 *
 *     {"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}
 *
 * Done means `data[0].result` is 1 and there is no key `error`; then the change is on disk, was read
 * back, and holds the hash of the very bytes given. A refusal has `data[0].result` 0 and its reason
 * both in `error` and in `data[0].reason`, with `event.result` 1. A failure of the library has
 * `event.result` 0 as well, and so has a function that this store never does. An unknown function has
 * `error` only, neither `data` nor `event`. A list `warnings` names the parameters that the function ignored.
 *
 * Example:
 *
 *     char *answer = api2("Email", "listpops", "{\"regex\":\"user\"}");
 *     puts(answer);
 *     liveapi_free(answer);
 *
 * The first such call of a process reads the configuration (`LIVEAPI_URL`, `LIVEAPI_USER`,
 * `LIVEAPI_CONFIG`, …) and keeps it; for another one make a client with `liveapi_client_new`.
 *
 * Errors: NULL, text that is not UTF-8, not JSON or not an object give an answer with `error`, as every
 * failure does; `liveapi_last_error_code` has its number. No answer holds a password.
 * Ownership: the answer is yours; release it with `liveapi_free` or free(3). The arguments are only
 * read during the call. Never NULL while memory lasts.
 * Threads: any thread, also at the same time. Fork: safe before and after; no thread is ever started.
 * Source: cPanel API 2 "Return Data" and "Email::passwdpop".
 * Since: ABI revision 1.
 *
 * Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
 */
char *api2(const char *module,
           const char *func,
           const char *params_json);

/**
 * Calls a function of cPanel API 1, e.g. `api1("Email", "passwdpop", "[\"user\",\"12345luggage\",\"0\",\"example.com\"]")`.
 *
 * `params_json` is a JSON list of the positional arguments, or an object of names. The answer:
 *
 *     {"apiversion":"1","type":"event","module":"Email","func":"passwdpop","source":"module","data":{"result":""},"event":{"result":1}}
 *
 * `data.result` is what the function prints. A refusal or failure has `event.result` 0 and the reason in
 * `event.reason`, `error` and `data.result`.
 *
 * Example:
 *
 *     char *answer = api1("Email", "getpopquota", "[\"user\",\"example.com\"]");
 *     puts(answer);
 *     liveapi_free(answer);
 *
 * Errors, ownership, threads, fork: as `api2`.
 * Source: recorded answers; cPanel removed API 1 in version 88, scripts still call it.
 * Since: ABI revision 1.
 *
 * Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
 */
char *api1(const char *module,
           const char *func,
           const char *params_json);

/**
 * Calls a function of UAPI, e.g. `uapi("Email", "passwd_pop", "{\"email\":\"user@example.com\",…}")`.
 *
 * `params_json` as for `api2`. The answer:
 *
 *     {"apiversion":3,"func":"passwd_pop","module":"Email","result":{"status":1,"errors":null,"warnings":null,"messages":null,"metadata":{},"data":null}}
 *
 * Done means `result.status` is 1; else `result.errors[0]` says why. `warnings` names what the mailbox's
 * owner should know although the call succeeded, e.g. that its login stays suspended.
 *
 * Example:
 *
 *     char *answer = uapi("Email", "list_pops", "{}");
 *     puts(answer);
 *     liveapi_free(answer);
 *
 * Errors, ownership, threads, fork: as `api2`.
 * Source: cPanel UAPI "Introduction to UAPI".
 * Since: ABI revision 1.
 *
 * Arguments: Each argument is NULL or a NUL-terminated text that nobody changes during the call.
 */
char *uapi(const char *module,
           const char *func,
           const char *params_json);

/**
 * Releases an answer of `api1`, `api2`, `uapi` or `liveapi_client_call`.
 *
 * NULL is fine and does nothing. free(3) does the same.
 *
 * Threads: any thread, also another than the one that called. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: `answer` is NULL or an owned answer that was not released before.
 */
void liveapi_free(char *answer);

/**
 * Makes a client from options, e.g. `{"url":"home:///srv/homes","user":"bob"}`.
 *
 * `options_json` is a JSON object; `{}` means none. What is not given comes from the environment (`LIVEAPI_URL`, ...),
 * then from the configuration file, then from defaults. The options:
 *
 *     | url                   | who answers, see below; default: the socket of the panel's page, else the store at its default place
 *     | user                  | the account that calls are for; default: the name of the running user; root must name one
 *     | required_strength     | the strength that a new password must reach, 0 to 100; default 50
 *     | default_quota         | the quota of a new mailbox in MB where the call gives none, 0 for no limit; default 1024
 *     | virtual_user          | the system user that owns mail of accounts that root makes without a system user; default `liveapi`
 *     | login                 | how calls log in to a server: `token`, `session`, `basic` or `hash`; default `token`
 *     | token                 | the API token or access hash
 *     | token_file            | a file with the API token or access hash, which only its owner may read
 *     | password              | the password of the logins `session` and `basic`
 *     | password_file         | a file with that password, which only its owner may read
 *     | otp                   | a one-time code for one login with two factors
 *     | totp_secret           | the secret of two-factor login, from which a fresh code is made for each login
 *     | totp_secret_file      | a file with that secret, which only its owner may read
 *     | ca_file               | a PEM file with the certificate authorities to trust instead of the system's
 *     | pin                   | the one server certificate to trust: `sha256:` and 64 hexadecimal digits
 *     | insecure_tls          | `yes-i-know`: any certificate is trusted, so others can read the token and every password
 *     | connect_timeout       | how many seconds a connection may take to be made; 0 for the default, 10
 *     | timeout               | how many seconds a whole call may take; 0 for the default, 60
 *     | prefer                | `uapi`: API 2 calls are sent as UAPI; `same`: as they come. Default `same`
 *     | proxy                 | `none`, `environment`, or `http://HOST:PORT`; default `none`
 *     | servers               | the table of servers, `{"web1":{"url":"whm://root@host","token_file":"..."}}`
 *     | servers_cache_seconds | how long a server's domain list is cached, 1 to 86400; default 300
 *
 * The values of `url`:
 *
 *     | home:///PATH       | the embedded mail store below that folder
 *     | whm://USER@HOST    | a WHM server
 *     | cpanel://USER@HOST | a cPanel server
 *     | servers:           | the configured server that hosts the call's domain
 *     | servers:NAME       | the configured server of that name
 *     | unix:///PATH       | the LiveAPI socket of a panel; without a URL, that of `CPANEL_PHPCONNECT_SOCKET` or `CPANEL_CONNECT_SOCKET`
 *
 * Example:
 *
 *     struct LiveapiClient *client = liveapi_client_new("{\"url\":\"home:///srv/homes\",\"user\":\"bob\"}");
 *     if (client == NULL) {
 *         fprintf(stderr, "%s\n", liveapi_last_error_message());
 *     }
 *     liveapi_client_free(client);
 *
 * Errors: returns NULL; `liveapi_last_error_code` and `liveapi_last_error_message` say why (not JSON,
 * unknown key with the nearest one, unusable URL). Nothing is opened or created yet.
 * Ownership: the client is yours; release it with `liveapi_client_free`.
 * Threads: any thread. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: `options_json` is NULL or a NUL-terminated text that nobody changes during the call.
 */
struct LiveapiClient *liveapi_client_new(const char *options_json);

/**
 * Answers a call of any family by a client.
 *
 * `family` is a number of `LiveapiFamily`; a NULL `client` means the process's default client, as `api2`
 * uses. The other arguments, the answer, errors and ownership are those of `api1`, `api2` and `uapi`;
 * WHM API 1 answers `{"metadata":{"version":1,"reason":"OK","result":1,"command":"listaccts"},"data":{…}}`.
 *
 * Example:
 *
 *     char *answer = liveapi_client_call(NULL, LIVEAPI_UAPI, "Email", "list_pops", "{}");
 *     puts(answer);
 *     liveapi_free(answer);
 *
 * Threads: any thread, also at the same time with one client. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or
 * NUL-terminated, and nobody changes them during the call.
 */
char *liveapi_client_call(const struct LiveapiClient *client,
                          int family,
                          const char *module,
                          const char *func,
                          const char *params_json);

/**
 * Answers a call as `liveapi_client_call` does, without anything to release.
 *
 * For PHP and Perl: their FFI makes a string of a `const char *` by itself, and nothing is left to free.
 *
 * Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
 * Threads: any thread; each has its own answer. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: as `liveapi_client_call`.
 */
const char *liveapi_client_call_borrowed(const struct LiveapiClient *client,
                                         int family,
                                         const char *module,
                                         const char *func,
                                         const char *params_json);

/**
 * Releases a client.
 *
 * NULL is fine and does nothing. Answers that were taken from it stay valid. Connections to a server stay with
 * the process, for its next client of the same server and settings. The last client of a panel's LiveAPI socket says
 * goodbye to it, in half a second at most; a forked child does not for its parent.
 *
 * Threads: any thread, but no call may be running on that client. Fork: parent and child release
 * their own.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new`, not released before, and not in use.
 */
void liveapi_client_free(struct LiveapiClient *client);

/**
 * Answers many calls: to servers side by side, on the embedded store in groups.
 *
 * `items_json` is a JSON list of objects; `module` (not for WHM) and `func` must be there:
 *
 *     [{"module":"Email","func":"passwdpop","params":{"domain":"example.com","email":"user","password":"12345luggage"}},
 *      {"family":"uapi","module":"Email","func":"list_pops","user":"bob","server":"web1","id":"mine"}]
 *
 * `family` is `api1`, `api2`, `uapi`, `whm` or `whm0` (or `apiversion` 1, 2 or 3), `params` what the single call
 * takes, `user` the account where it is not the client's, `server` a server of the table where it is not to be found
 * by domain, `id` a text or a number that comes back. `options_json` is an object, `{}` for none: `in_flight`
 * (1 to 256, calls in flight to each server; 32), `stop_on_error` (send no more once an item is not done; false),
 * `seconds` (send no more after that time), `family` (of items that name none; `api2`). The answer is a JSON list
 * with a row for each item, in the order of the items:
 *
 *     [{"item":1,"status":"done","code":0,"answer":{"cpanelresult":{"data":[{"reason":"","result":1}]}}},
 *      {"item":2,"id":"mine","server":"web1","status":"refused","code":0,"answer":{"result":{"status":0}}}]
 *
 * `answer` is what the single call would have answered, in full. `status` is `done`, `refused` (the function said no),
 * `failed` (nothing was done), `unknown` (sent, and nobody knows whether it was done) or `unsent`; `code` a number of
 * `LiveapiStatus`. An item is retried only under the rules for single calls; otherwise it is sent once. The first call to each server goes alone; once a
 * server refused a login, nothing more is sent to it, because servers lock out clients that repeat a refused login.
 *
 * Example:
 *
 *     char *rows = liveapi_client_batch(NULL,
 *         "[{\"family\":\"uapi\",\"module\":\"Email\",\"func\":\"list_pops\"}]",
 *         "{\"in_flight\":8,\"seconds\":30}");
 *     puts(rows == NULL ? liveapi_last_error_message() : rows);
 *     liveapi_free(rows);
 *
 * Errors: returns NULL where nothing was sent because an argument cannot be read, an item is malformed, or there is no
 * usable configuration; `liveapi_last_error_code` and `liveapi_last_error_message` say why and which item. The results of
 * the items are in their rows.
 * Ownership: the answer is yours; release it with `liveapi_free` or free(3). The arguments are only read.
 * Threads: any thread, also at the same time with one client. No thread is started: the calls are in flight on the
 * calling one. Fork: safe before and after. No signal handler is set; from one of yours, or from another thread,
 * `liveapi_client_batch_stop` ends the batch.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or NUL-terminated, and nobody
 * changes them during the call.
 */
char *liveapi_client_batch(const struct LiveapiClient *client,
                           const char *items_json,
                           const char *options_json);

/**
 * Answers as `liveapi_client_batch` does, without anything to release.
 *
 * Ownership: borrowed, valid until this thread's next borrowed answer; never free it. NULL as there.
 * Threads: any thread; each has its own answer. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: as `liveapi_client_batch`.
 */
const char *liveapi_client_batch_borrowed(const struct LiveapiClient *client,
                                          const char *items_json,
                                          const char *options_json);

/**
 * Lets the batches that are under way on a client send no more: what is in flight is waited for, and what was not
 * sent has the status `unsent`.
 *
 * A NULL `client` means the default client. Before a batch begins it does nothing.
 *
 * Threads: any thread, and any signal handler: it only counts. Fork: the batches of the calling process.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released.
 */
void liveapi_client_batch_stop(const struct LiveapiClient *client);

/**
 * Answers what a page sends over cPanel's LiveAPI: a tag, or a request as JSON.
 *
 * `request` is a tag (`<cpanel print="$homedir">`, `<?cp Email::listpops(%,email) ?>`,
 * `<cpanelif $haspostgres>yes</cpanelif>`), or
 *
 *     {"reqtype":"exec","module":"print","func":"","apiversion":"1","args":"$homedir"}
 *
 * with `reqtype` `exec`, `if` or `feature`, `module` an API module, `print`, `langprint`, `if` or `feature`,
 * `apiversion` `"1"`, `"2"` or `"uapi"`, and `args` an object, a list or a text. `form_json` is a JSON object with
 * the fields of the page's form, for `$FORM{'name'}`; NULL means none. The answer is that of the socket:
 *
 *     {"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"/home/bob"},"event":{"result":1}}
 *     {"cpanelresult":{"data":{"result":1},"module":"if","apiversion":1}}
 *
 * or the answer of the API family. `<cpanel setvar="name=value">` holds for the client's requests that follow, also in
 * a forked child. A NULL `client` means the process's default client, for which nothing is kept.
 *
 * Example:
 *
 *     char *answer = liveapi_client_request(NULL, "<cpanel print=\"$homedir\">", "{}");
 *     puts(answer);
 *     liveapi_free(answer);
 *
 * Errors: what is neither a tag nor JSON is answered with `{"result":0,"error":"Unknown API request"}`; a tag
 * that cannot be read, with an `error` that names line and column; as for `api2` otherwise.
 * Ownership: the answer is yours; release it with `liveapi_free` or free(3). Never NULL while memory lasts.
 * Threads: any thread, also at the same time with one client. Fork: safe before and after.
 * Source: cPanel "Guide to the LiveAPI System", and open clients of its socket.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released; the texts are NULL or
 * NUL-terminated, and nobody changes them during the call.
 */
char *liveapi_client_request(const struct LiveapiClient *client,
                             const char *request,
                             const char *form_json);

/**
 * Answers as `liveapi_client_request` does, without anything to release.
 *
 * Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
 * Threads: any thread; each has its own answer. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: as `liveapi_client_request`.
 */
const char *liveapi_client_request_borrowed(const struct LiveapiClient *client,
                                            const char *request,
                                            const char *form_json);

/**
 * Changes the level of a client's debug log; 0, at first, switches it off.
 *
 * While it is on, each call is logged with the names of its parameters, never with their values.
 *
 * Errors: returns 0 for a NULL client and a negative level, else 1.
 * Threads: any thread. Fork: parent and child go on with the same file.
 * Source: cPanel "Guide to the LiveAPI System", debugging.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released.
 */
int liveapi_client_set_debug(const struct LiveapiClient *client, int level);

/**
 * The level of a client's debug log; 0 while it is off, and for a NULL client.
 *
 * Threads: any thread. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released.
 */
int liveapi_client_debug_level(const struct LiveapiClient *client);

/**
 * The path of a client's debug log, `~/.cpanel/LiveAPI.log.RANDOM`; made now if it is not there, for this
 * user alone.
 *
 * Errors: the empty text for a NULL client, and where no such file can be made.
 * Ownership: borrowed, valid until this thread's next borrowed answer; never free it. Never NULL.
 * Threads: any thread. Fork: safe before and after.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released.
 */
const char *liveapi_client_debug_file(const struct LiveapiClient *client);

/**
 * Writes a line to a client's debug log, if the log is on and `level` is at least its level; with
 * `to_stderr` other than 0 also to standard error. A message of level 0 goes to standard error only.
 *
 * Example:
 *
 *     struct LiveapiClient *client = liveapi_client_new("{}");
 *     liveapi_client_set_debug(client, 1);
 *     liveapi_client_debug_write(client, 1, "the page begins", 0);
 *     printf("%d %s\n", liveapi_client_debug_level(client), liveapi_client_debug_file(client));
 *     liveapi_client_free(client);
 *
 * Errors: returns 1 if anything was written, else 0.
 * Threads: any thread. Fork: safe before and after; each line is one write.
 * Since: ABI revision 1.
 *
 * Arguments: `client` is NULL or from `liveapi_client_new` and not released; `message` is NULL or a NUL-terminated
 * text that nobody changes during the call.
 */
int liveapi_client_debug_write(const struct LiveapiClient *client,
                               int level,
                               const char *message,
                               int to_stderr);

/**
 * Writes JSON to a client's debug log, if the log is on. Values of members that are named like secrets
 * (pass, secret, token, hash) are masked.
 *
 * Errors: returns 1 if it was written, else 0, also for what is no JSON.
 * Threads: any thread. Fork: safe before and after; each line is one write.
 * Since: ABI revision 1.
 *
 * Arguments: as `liveapi_client_debug_write`.
 */
int liveapi_client_debug_write_json(const struct LiveapiClient *client, const char *message);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LIVEAPI_H */
