#define FFI_SCOPE "LIVEAPI"
#define FFI_LIB "libliveapi.so.1"

#define LIVEAPI_ABI_REVISION 1

enum LiveapiStatus {
  LIVEAPI_OK = 0,
  LIVEAPI_NULL_ARGUMENT = 1,
  LIVEAPI_BAD_UTF8 = 2,
  LIVEAPI_BAD_JSON = 3,
  LIVEAPI_BAD_PARAMS = 4,
  LIVEAPI_BAD_FAMILY = 5,
  LIVEAPI_CONFIG = 20,
  LIVEAPI_UNKNOWN_ACCOUNT = 21,
  LIVEAPI_STORE_FULL = 40,
  LIVEAPI_NOT_WRITABLE = 41,
  LIVEAPI_UNSAFE = 42,
  LIVEAPI_BUSY = 43,
  LIVEAPI_STORE_IO = 44,
  LIVEAPI_NOT_VERIFIED = 45,
  LIVEAPI_LIMIT = 46,
  LIVEAPI_UNREACHABLE = 60,
  LIVEAPI_TLS = 61,
  LIVEAPI_TIMEOUT = 62,
  LIVEAPI_AUTHENTICATION = 63,
  LIVEAPI_BAD_ANSWER = 64,
  LIVEAPI_OUTCOME_UNKNOWN = 65,
  LIVEAPI_STOPPED = 70,
  LIVEAPI_INTERNAL = 90,
};

enum LiveapiFamily {
  LIVEAPI_API1 = 1,
  LIVEAPI_API2 = 2,
  LIVEAPI_UAPI = 3,
  LIVEAPI_WHM = 4,
  LIVEAPI_WHM0 = 5,
};

struct LiveapiClient;

const char *liveapi_version(void);

int liveapi_abi_version(void);

enum LiveapiStatus liveapi_last_error_code(void);

const char *liveapi_last_error_message(void);

char *api2(const char *module, const char *func, const char *params_json);

char *api1(const char *module, const char *func, const char *params_json);

char *uapi(const char *module, const char *func, const char *params_json);

void liveapi_free(char *answer);

struct LiveapiClient *liveapi_client_new(const char *options_json);

char *liveapi_client_call(const struct LiveapiClient *client,
                          int family,
                          const char *module,
                          const char *func,
                          const char *params_json);

const char *liveapi_client_call_borrowed(const struct LiveapiClient *client,
                                         int family,
                                         const char *module,
                                         const char *func,
                                         const char *params_json);

void liveapi_client_free(struct LiveapiClient *client);

char *liveapi_client_batch(const struct LiveapiClient *client,
                           const char *items_json,
                           const char *options_json);

const char *liveapi_client_batch_borrowed(const struct LiveapiClient *client,
                                          const char *items_json,
                                          const char *options_json);

void liveapi_client_batch_stop(const struct LiveapiClient *client);

char *liveapi_client_request(const struct LiveapiClient *client, const char *request, const char *form_json);

const char *liveapi_client_request_borrowed(const struct LiveapiClient *client,
                                            const char *request,
                                            const char *form_json);

int liveapi_client_set_debug(const struct LiveapiClient *client, int level);

int liveapi_client_debug_level(const struct LiveapiClient *client);

const char *liveapi_client_debug_file(const struct LiveapiClient *client);

int liveapi_client_debug_write(const struct LiveapiClient *client,
                               int level,
                               const char *message,
                               int to_stderr);

int liveapi_client_debug_write_json(const struct LiveapiClient *client, const char *message);
