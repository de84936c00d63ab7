/*
 * A PHP extension that makes the same borrowed call into the same library as FFI does: the least that
 * a call from PHP into the library can cost, and what php/call.php compares with.
 */
#include "php.h"

#include <dlfcn.h>

typedef const char *borrowed_call(const void *, int, const char *, const char *, const char *);

static borrowed_call *borrowed;
static void *client;

ZEND_BEGIN_ARG_INFO_EX(open_arguments, 0, 0, 1)
    ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(call_arguments, 0, 0, 3)
    ZEND_ARG_TYPE_INFO(0, module, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, func, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, params_json, IS_STRING, 0)
ZEND_END_ARG_INFO()

PHP_FUNCTION(liveapi_peer_open)
{
    zend_string *path;
    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(path)
    ZEND_PARSE_PARAMETERS_END();
    void *library = dlopen(ZSTR_VAL(path), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        zend_throw_error(NULL, "%s", dlerror());
        RETURN_THROWS();
    }
    void *(*client_new)(const char *) = (void *(*)(const char *))dlsym(library, "liveapi_client_new");
    borrowed = (borrowed_call *)dlsym(library, "liveapi_client_call_borrowed");
    client = client_new("{}");
}

PHP_FUNCTION(liveapi_peer_call)
{
    zend_string *module, *func, *params_json;
    ZEND_PARSE_PARAMETERS_START(3, 3)
        Z_PARAM_STR(module)
        Z_PARAM_STR(func)
        Z_PARAM_STR(params_json)
    ZEND_PARSE_PARAMETERS_END();
    RETURN_STRING(borrowed(client, 2, ZSTR_VAL(module), ZSTR_VAL(func), ZSTR_VAL(params_json)));
}

static const zend_function_entry functions[] = {
    PHP_FE(liveapi_peer_open, open_arguments)
    PHP_FE(liveapi_peer_call, call_arguments)
    PHP_FE_END
};

zend_module_entry liveapi_peer_module_entry = {
    STANDARD_MODULE_HEADER, "liveapi_peer", functions, NULL, NULL, NULL, NULL, NULL, "0.1", STANDARD_MODULE_PROPERTIES
};

ZEND_GET_MODULE(liveapi_peer)
