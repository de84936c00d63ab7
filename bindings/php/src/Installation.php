<?php

declare(strict_types=1);

namespace LiveApi;

/**
 * Where the files of this installation are, and what a host must set to use them.
 *
 * @internal
 */
final class Installation
{
    /** The library as the system's loader knows it. */
    private const SONAME = 'libliveapi.so.1';

    /**
     * The library that was named, by the option or else by LIVEAPI_LIBRARY; null when none was.
     *
     * @param mixed $option
     */
    public static function named($option): ?string
    {
        // The process's own environment only, as the library itself reads it: not what a web server sends.
        $named = $option ?? (self::isRaised() ? false : getenv('LIVEAPI_LIBRARY', true));
        if ($named === false || $named === '') {
            return null;
        }
        if (!is_string($named) || strpos($named, "\0") !== false) {
            throw new Exception('The option “library” must be the path of a file', Exception::CONFIG);
        }
        return $named;
    }

    /** Whether the process has more rights than the user that started it, which must not choose its code then. */
    private static function isRaised(): bool
    {
        // Without the extension posix nobody can tell.
        return function_exists('posix_geteuid')
            && (posix_getuid() !== posix_geteuid() || posix_getgid() !== posix_getegid());
    }

    /**
     * The libraries to try when none was named: the installed one, then the one that was built here.
     *
     * @return string[]
     */
    public static function libraries(): array
    {
        $project = dirname(__DIR__, 3);
        $built = @is_file("$project/Cargo.toml") ? ["$project/target/release/libliveapi.so"] : [];
        return array_merge([self::SONAME], $built);
    }

    /** The path of the header for FFI: beside cpanel.php when installed, else in the project or the system. */
    public static function header(): string
    {
        $places = [
            dirname(__DIR__) . '/liveapi_ffi.h',
            dirname(__DIR__, 3) . '/include/liveapi_ffi.h',
            '/usr/local/include/liveapi_ffi.h',
            '/usr/include/liveapi_ffi.h',
        ];
        foreach ($places as $place) {
            // Silent, because open_basedir makes PHP warn about each place that it hides.
            if (@is_readable($place)) {
                return $place;
            }
        }
        throw new Exception('liveapi_ffi.h is missing. Tried: ' . implode('; ', $places), Exception::CONFIG);
    }

    /** Says in php.ini's own lines how FFI is allowed for this library and for nothing else. */
    public static function refusal(): string
    {
        $lines = [
            'ffi.enable=preload',
            'ffi.preload=' . self::header(),
            'opcache.preload=' . dirname(__DIR__) . '/preload.php',
            'opcache.preload_user=' . self::user(),
        ];
        return "PHP may not use FFI here. Set these lines in php.ini and restart PHP (the last one only when its "
            . "master process runs as root):\n" . implode("\n", $lines) . "\n";
    }

    /** The name of the user that this page runs as: preloading as that user needs no other rights. */
    private static function user(): string
    {
        $entry = function_exists('posix_getpwuid') ? posix_getpwuid(posix_geteuid()) : false;
        return $entry === false ? 'www-data' : $entry['name'];
    }
}
