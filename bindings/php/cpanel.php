<?php

/**
 * cPanel's LiveAPI class on the native library.
 *
 * A drop-in for the class that cPanel pages load: `new CPANEL()`, `api2`, `api1`, `uapi`, `api`,
 * `get_result`, `end`. Answers are nested arrays. What a function refuses is returned, never
 * thrown; LiveApiException means that the library or its configuration is not usable at all.
 *
 * The account and the store come from LIVEAPI_USER, LIVEAPI_URL and the configuration file, or from
 * options: new CPANEL(['user' => 'bob', 'url' => 'home:///srv/homes']).
 */

declare(strict_types=1);

/** The library cannot be loaded, or its configuration is wrong. */
class LiveApiException extends RuntimeException
{
}

class CPANEL
{
    private const API1 = 1;
    private const API2 = 2;
    private const UAPI = 3;

    /** The ABI revision that this file was written for. */
    private const ABI_REVISION = 1;

    /** One for the process: loading costs more than a call. */
    private static ?FFI $ffi = null;

    /** The native client; null once end() was called. */
    private ?FFI\CData $client;

    /** The last answer of api1 or api2, for get_result(). */
    private array $last = [];

    /**
     * Reads the configuration; nothing is opened yet.
     *
     * @param array $options url, user, required_strength, virtual_user; library: path of the shared library
     * @throws LiveApiException when the library cannot be loaded or the configuration is wrong
     */
    public function __construct(array $options = [])
    {
        $this->client = null;
        $ffi = self::$ffi ??= self::load($options['library'] ?? null);
        unset($options['library']);
        $this->client = $ffi->liveapi_client_new(json_encode((object) $options, JSON_THROW_ON_ERROR));
        if ($this->client === null) {
            throw new LiveApiException($ffi->liveapi_last_error_message(), $ffi->liveapi_last_error_code());
        }
    }

    public function __destruct()
    {
        $this->end();
    }

    /** Handles are not for copying: the copy would release what the original still uses. */
    private function __clone()
    {
    }

    /** Calls cPanel API 2 with named arguments; the answer has the key `cpanelresult`. */
    public function api2($module, $func, $args = []): array
    {
        return $this->last = $this->call(self::API2, $module, $func, $args);
    }

    /** Calls cPanel API 1 with positional arguments; the answer is below `cpanelresult`. */
    public function api1($module, $func, $args = []): array
    {
        return $this->last = ['cpanelresult' => $this->call(self::API1, $module, $func, $args)];
    }

    /** Calls UAPI with named arguments; the answer is ['cpanelresult']['result'] with status, errors, data. */
    public function uapi($module, $func, $args = []): array
    {
        return ['cpanelresult' => $this->call(self::UAPI, $module, $func, $args)];
    }

    /**
     * Calls the family that a version means: 1, 2, 3 or 'uapi'.
     *
     * @throws LiveApiException for another type than exec or another version
     */
    public function api($type, $version, $module, $func, $args = []): array
    {
        if ($type !== 'exec') {
            throw new LiveApiException("api(): the type must be exec, not $type");
        }
        switch ((string) $version) {
            case '1':
                return $this->api1($module, $func, $args);
            case '2':
                return $this->api2($module, $func, $args);
            case '3':
            case 'uapi':
                return $this->uapi($module, $func, $args);
            default:
                throw new LiveApiException("api(): there is no API version $version; use 1, 2 or uapi");
        }
    }

    /** The data of the last api1 or api2 answer: what API 1 printed, or API 2's rows; null without one. */
    public function get_result()
    {
        $data = $this->last['cpanelresult']['data'] ?? null;
        return $data['result'] ?? $data;
    }

    /** Releases the client. Prints nothing; calling it again does nothing. */
    public function end(): void
    {
        if ($this->client !== null && self::$ffi !== null) {
            self::$ffi->liveapi_client_free($this->client);
        }
        $this->client = null;
    }

    private function call(int $family, $module, $func, $args): array
    {
        if ($this->client === null || self::$ffi === null) {
            throw new LiveApiException('end() was called on this CPANEL object; make a new one');
        }
        // C sees a text up to its first NUL; such a name must not be taken for a shorter one.
        $module = str_replace("\0", "\u{FFFD}", (string) $module);
        $func = str_replace("\0", "\u{FFFD}", (string) $func);
        $text = self::$ffi->liveapi_client_call_borrowed($this->client, $family, $module, $func, self::encode($args));
        return json_decode($text, true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    }

    private static function encode($args): string
    {
        try {
            return json_encode($args ?: [], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
        } catch (JsonException $cause) {
            if ($cause->getCode() === JSON_ERROR_UTF8) {
                // The library refuses this in the shape of the call's family, so that a page gets an answer.
                return "\xFF";
            }
            throw new LiveApiException('The arguments cannot be written as JSON: ' . $cause->getMessage());
        }
    }

    private static function load(?string $explicit): FFI
    {
        if (!extension_loaded('ffi')) {
            throw new LiveApiException('PHP has no FFI extension; install it (Debian: it is part of php-cli) and set ffi.enable');
        }
        $declarations = self::declarations();
        $tried = [];
        foreach (self::candidates($explicit) as $library) {
            try {
                $ffi = FFI::cdef($declarations, $library);
            } catch (FFI\Exception $cause) {
                $tried[] = $library . ' (' . $cause->getMessage() . ')';
                continue;
            }
            if ($ffi->liveapi_abi_version() !== self::ABI_REVISION) {
                $found = $ffi->liveapi_abi_version();
                $tried[] = "$library (ABI revision $found instead of " . self::ABI_REVISION . ')';
                continue;
            }
            return $ffi;
        }
        throw new LiveApiException(
            'The liveapi library cannot be loaded. Tried: ' . implode('; ', $tried)
            . '. Install libliveapi.so.1, or set LIVEAPI_LIBRARY to its path'
        );
    }

    /** A path that was named explicitly stands alone: falling back would hide a typing mistake. */
    private static function candidates(?string $explicit): array
    {
        $named = $explicit ?? (getenv('LIVEAPI_LIBRARY') ?: null);
        if ($named !== null) {
            return [$named];
        }
        return ['libliveapi.so.1', dirname(__DIR__, 2) . '/target/release/libliveapi.so'];
    }

    private static function declarations(): string
    {
        $places = [__DIR__ . '/liveapi_ffi.h', dirname(__DIR__, 2) . '/include/liveapi_ffi.h'];
        foreach ($places as $place) {
            if (is_readable($place)) {
                return (string) file_get_contents($place);
            }
        }
        throw new LiveApiException('liveapi_ffi.h is missing. Tried: ' . implode('; ', $places));
    }
}
