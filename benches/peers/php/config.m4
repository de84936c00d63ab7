dnl Builds the native peer of php/call.php; benches/run.sh runs phpize on a copy in its temporary folder.
PHP_ARG_ENABLE([liveapi_peer], [whether to enable liveapi_peer], [AS_HELP_STRING([--enable-liveapi_peer], [Enable liveapi_peer])], [yes])
if test "$PHP_LIVEAPI_PEER" != "no"; then
  PHP_NEW_EXTENSION([liveapi_peer], [liveapi_peer.c], [$ext_shared])
fi
