/* What peers/empty.c exports; see there. */
#ifndef PEER_EMPTY_H
#define PEER_EMPTY_H

#include <stddef.h>

const char *peer_empty(const char *module, const char *func, const char *params_json);
char *peer_copy(const char *answer, size_t length);

#endif
