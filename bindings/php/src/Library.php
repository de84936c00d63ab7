<?php

declare(strict_types=1);

namespace LiveApi;

use FFI;
use FFI\CData;

/**
 * The shared library: found, checked, loaded, called.
 *
 * The only user of the class FFI. Where ffi.enable is "preload", PHP's default, only code that
 * opcache.preload compiled may use that class, and preload.php compiles this file.
 *
 * @internal
 */
final class Library
{
    public const API1 = 1;
    public const API2 = 2;
    public const UAPI = 3;
    public const WHM = 4;

    /** The ABI revision that this file was written for; the header's own constant is invisible to PHP. */
    public const ABI_REVISION = 1;

    /** The name that the header gives to ffi.preload. */
    private const SCOPE = 'LIVEAPI';

    /** @var array<string, self> By the name that was asked for: loading costs more than a call. */
    private static array $loaded = [];

    private FFI $ffi;

    private function __construct(FFI $ffi)
    {
        $this->ffi = $ffi;
    }

    /**
     * Loads the library once; a name stands alone, since falling back would hide a typing mistake.
     *
     * @throws Exception which says what was tried, or what the host must set
     */
    public static function load(?string $named): self
    {
        $key = $named ?? '';
        if (!isset(self::$loaded[$key])) {
            if (!extension_loaded('ffi')) {
                $message = 'PHP has no FFI extension; install and enable it (on Debian it comes with php-common)';
                throw new Exception($message, Exception::CONFIG);
            }
            self::$loaded[$key] = new self(self::find($named));
        }
        return self::$loaded[$key];
    }

    /**
     * Makes a client from options in JSON.
     *
     * @throws Exception in the library's words and with its code
     */
    public function newClient(string $options): CData
    {
        $client = $this->ffi->liveapi_client_new($options);
        if ($client === null) {
            throw new Exception($this->ffi->liveapi_last_error_message(), $this->ffi->liveapi_last_error_code());
        }
        return $client;
    }

    public function freeClient(CData $client): void
    {
        $this->ffi->liveapi_client_free($client);
    }

    /**
     * Answers many calls: a JSON list of items, a JSON list of rows.
     *
     * @throws Exception in the library's words when nothing was sent
     */
    public function batch(
        CData $client,
        #[\SensitiveParameter]
        string $items,
        string $options
    ): string {
        $rows = $this->ffi->liveapi_client_batch_borrowed($client, $items, $options);
        if ($rows === null) {
            throw new Exception($this->ffi->liveapi_last_error_message(), $this->ffi->liveapi_last_error_code());
        }
        return $rows;
    }

    /** Answers in JSON. The borrowed answer becomes a string of PHP by itself; nothing is left to free. */
    public function call(
        CData $client,
        int $family,
        string $module,
        string $func,
        #[\SensitiveParameter]
        string $params
    ): string {
        return $this->ffi->liveapi_client_call_borrowed($client, $family, $module, $func, $params);
    }

    /** Answers a tag or a request of LiveAPI, in JSON. */
    public function request(
        CData $client,
        #[\SensitiveParameter]
        string $request,
        #[\SensitiveParameter]
        string $form
    ): string {
        return $this->ffi->liveapi_client_request_borrowed($client, $request, $form);
    }

    public function setDebug(CData $client, int $level): int
    {
        return $this->ffi->liveapi_client_set_debug($client, $level);
    }

    public function debugLevel(CData $client): int
    {
        return $this->ffi->liveapi_client_debug_level($client);
    }

    public function debugFile(CData $client): string
    {
        return $this->ffi->liveapi_client_debug_file($client);
    }

    public function debugWrite(CData $client, int $level, string $message, bool $toStderr): int
    {
        return $this->ffi->liveapi_client_debug_write($client, $level, $message, (int) $toStderr);
    }

    public function debugWriteJson(CData $client, string $message): int
    {
        return $this->ffi->liveapi_client_debug_write_json($client, $message);
    }

    private static function find(?string $named): FFI
    {
        $tried = [];
        // What was preloaded comes first: it is there already, and costs a page a microsecond.
        $candidates = $named === null ? array_merge([null], Installation::libraries()) : [$named];
        foreach ($candidates as $candidate) {
            try {
                $ffi = $candidate === null ? FFI::scope(self::SCOPE) : self::open($candidate);
                $revision = $ffi->liveapi_abi_version();
                if ($revision === self::ABI_REVISION) {
                    return $ffi;
                }
                $why = self::otherRevision($revision);
            } catch (FFI\Exception $cause) {
                $why = self::explain($cause, $candidate);
            }
            $tried[] = substr($candidate ?? 'the scope ' . self::SCOPE . ' of ffi.preload', 0, 200) . " ($why)";
        }
        throw new Exception(
            'The liveapi library cannot be loaded. Tried: ' . implode('; ', $tried)
            . '. Install libliveapi.so.1, or set LIVEAPI_LIBRARY to its path',
            Exception::CONFIG
        );
    }

    private static function open(string $library): FFI
    {
        return FFI::cdef((string) file_get_contents(Installation::header()), $library);
    }

    /** Why a candidate was no good; where FFI itself is not allowed, trying on would only hide that. */
    private static function explain(FFI\Exception $cause, ?string $candidate): string
    {
        if (strpos($cause->getMessage(), 'ffi.enable') !== false) {
            throw new Exception(Installation::refusal(), Exception::CONFIG);
        }
        if ($candidate === null) {
            return ini_get('ffi.preload') ? $cause->getMessage() : 'nothing is preloaded';
        }
        try {
            // A library of another revision may lack functions; then its number explains more.
            $revision = FFI::cdef('int liveapi_abi_version(void);', $candidate)->liveapi_abi_version();
            if ($revision !== self::ABI_REVISION) {
                return self::otherRevision($revision);
            }
        } catch (FFI\Exception $again) {
            // Not even that function: what was found first says why.
        }
        return substr($cause->getMessage(), 0, 400);
    }

    private static function otherRevision(int $found): string
    {
        return "ABI revision $found instead of " . self::ABI_REVISION;
    }
}
