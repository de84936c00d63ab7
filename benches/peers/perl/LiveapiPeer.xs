/*
 * A module in C for Perl that makes the same borrowed call into the same library as FFI::Platypus
 * does: what perl/call.pl compares with.
 */
#define PERL_NO_GET_CONTEXT
#include "EXTERN.h"
#include "perl.h"
#include "XSUB.h"

#include <dlfcn.h>

typedef const char *borrowed_call(const void *, int, const char *, const char *, const char *);

static borrowed_call *borrowed;
static void *client;

MODULE = LiveapiPeer    PACKAGE = LiveapiPeer

PROTOTYPES: DISABLE

void
open_library(const char *path)
  CODE:
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        croak("%s", dlerror());
    }
    void *(*client_new)(const char *) = (void *(*)(const char *))dlsym(library, "liveapi_client_new");
    borrowed = (borrowed_call *)dlsym(library, "liveapi_client_call_borrowed");
    client = client_new("{}");

const char *
call(const char *module, const char *func, const char *params_json)
  CODE:
    RETVAL = borrowed(client, 2, module, func, params_json);
  OUTPUT:
    RETVAL
