/*
 * A library of another ABI revision: what a wrapper meets after half an upgrade. With POOR it has lost
 * every other function.
 */
int liveapi_abi_version(void) {
    return 2;
}

#ifndef POOR
static void *nothing(void) {
    return 0;
}
#define FUNCTION(name) void *name(void) __attribute__((alias("nothing")))
FUNCTION(liveapi_version);
FUNCTION(liveapi_last_error_code);
FUNCTION(liveapi_last_error_message);
FUNCTION(api1);
FUNCTION(api2);
FUNCTION(uapi);
FUNCTION(liveapi_free);
FUNCTION(liveapi_client_new);
FUNCTION(liveapi_client_call);
FUNCTION(liveapi_client_call_borrowed);
FUNCTION(liveapi_client_free);
FUNCTION(liveapi_client_batch);
FUNCTION(liveapi_client_batch_borrowed);
FUNCTION(liveapi_client_batch_stop);
FUNCTION(liveapi_client_request);
FUNCTION(liveapi_client_request_borrowed);
FUNCTION(liveapi_client_set_debug);
FUNCTION(liveapi_client_debug_level);
FUNCTION(liveapi_client_debug_file);
FUNCTION(liveapi_client_debug_write);
FUNCTION(liveapi_client_debug_write_json);
#endif
