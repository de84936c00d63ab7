<?php

declare(strict_types=1);

namespace LiveApi;

use FFI\CData;
use JsonException;

/**
 * Calls cPanel's API families; answers are the arrays that liveapi.h describes.
 *
 * What a function refuses is in its answer. Parameters have no types of PHP, because callers of LiveAPI
 * pass numbers, null and objects too, and because whatever cannot be passed on is one exception, not many.
 */
final class Client
{
    private const ENCODE = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;

    /** What JSON may hold only if a float is in it: a number with a point or an exponent. Texts may look so, too. */
    private const PERHAPS_FLOAT = '/[:,\[]-?[0-9]+(?:\.[0-9]|[eE])/';

    private Library $library;

    /** Null once close() was called. */
    private ?CData $client = null;

    /**
     * Reads the configuration; nothing is opened yet.
     *
     * @param array $options url, user, servers and the other settings; library: path of the shared library
     * @throws Exception when the library cannot be loaded or the configuration is wrong
     */
    public function __construct($options = [])
    {
        if (!is_array($options)) {
            throw new Exception('The options must be an array, not ' . gettype($options), Exception::CONFIG);
        }
        $named = Installation::named($options['library'] ?? null);
        unset($options['library']);
        $this->library = Library::load($named);
        $this->client = $this->library->newClient(self::encode($options, JSON_FORCE_OBJECT));
    }

    public function __destruct()
    {
        $this->close();
    }

    /** Handles are not for copying: the copy would release what the original still uses. */
    private function __clone()
    {
    }

    /**
     * Calls cPanel API 2 with named arguments: ['cpanelresult' => ['data' => [['result' => 1, …]], …]].
     *
     * @param string $module
     * @param string $func
     * @param array|object|null $args
     */
    public function api2(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->call(Library::API2, $module, $func, $args);
    }

    /**
     * Calls cPanel API 1 with positional arguments: ['data' => ['result' => 'what it prints'], 'event' => …].
     *
     * @param string $module
     * @param string $func
     * @param array|null $args
     */
    public function api1(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->call(Library::API1, $module, $func, $args);
    }

    /**
     * Calls UAPI with named arguments: ['result' => ['status' => 1, 'errors' => null, 'data' => …], …].
     *
     * @param string $module
     * @param string $func
     * @param array|object|null $args
     */
    public function uapi(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->call(Library::UAPI, $module, $func, $args);
    }

    /**
     * Calls WHM API 1 with named arguments: ['metadata' => ['result' => 1, …], 'data' => …].
     *
     * @param string $func
     * @param array|object|null $args
     */
    public function whm(
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->call(Library::WHM, '', $func, $args);
    }

    /**
     * Makes many calls: to servers side by side, on the embedded store in groups.
     *
     * An item is an array with module, func and params, and if wanted family (api1, api2, uapi, whm, whm0), user,
     * server and id. The rows have the items' keys and order: item, status (done, refused, failed, unknown, unsent),
     * code (a number of LiveapiStatus), answer (what the single call returns), and server and id where there is one.
     *
     * @param array $items
     * @param array $options in_flight (1 to 256 to each server, 32), stop_on_error, seconds, family
     * @throws Exception when nothing was sent: an item or an option is wrong
     */
    public function batch(
        #[\SensitiveParameter]
        $items = [],
        $options = []
    ): array {
        if (!is_array($items) || !is_array($options)) {
            throw new Exception('The items and the options of a batch must be arrays', Exception::BAD_PARAMS);
        }
        $client = $this->open();
        $calls = self::arguments(array_values($items));
        $rows = $this->library->batch($client, $calls, self::encode($options, JSON_FORCE_OBJECT));
        return array_combine(array_keys($items), self::decode($rows));
    }

    /**
     * Answers a tag (`<cpanel print="$homedir">`) or a request of LiveAPI (an array with reqtype, module, func,
     * apiversion and args) with what cPanel's socket would send.
     *
     * @param string|array $request
     * @param array $form the fields of the page's form, for $FORM{'name'}
     */
    public function request(
        #[\SensitiveParameter]
        $request,
        #[\SensitiveParameter]
        $form = []
    ): array {
        $text = is_array($request) ? self::arguments($request) : self::name($request);
        // Only texts are fields; uploads and lists are not.
        $fields = self::arguments(array_filter((array) $form, 'is_scalar'), JSON_FORCE_OBJECT);
        return self::decode($this->library->request($this->open(), $text, $fields));
    }

    /** Changes the level of the debug log; 0 switches it off. */
    public function setDebug(int $level): int
    {
        return $this->library->setDebug($this->open(), $level);
    }

    /** The level of the debug log. */
    public function debugLevel(): int
    {
        return $this->library->debugLevel($this->open());
    }

    /** The path of the debug log, which is made now; empty if there is no place for one. */
    public function debugFile(): string
    {
        return $this->library->debugFile($this->open());
    }

    /** Writes a line to the debug log, to standard error, or to both. */
    public function debugWrite(int $level, string $message, bool $toStderr = false): int
    {
        return $this->library->debugWrite($this->open(), $level, self::name($message), $toStderr);
    }

    /** Writes JSON to the debug log, with secrets masked. */
    public function debugWriteJson(string $message): int
    {
        return $this->library->debugWriteJson($this->open(), self::name($message));
    }

    /** Releases the client; calling it again does nothing. */
    public function close(): void
    {
        if ($this->client !== null) {
            $this->library->freeClient($this->client);
        }
        $this->client = null;
    }

    private function call(
        int $family,
        $module,
        $func,
        #[\SensitiveParameter]
        $args
    ): array {
        $client = $this->open();
        $params = self::arguments($args ?: []);
        return self::decode($this->library->call($client, $family, self::name($module), self::name($func), $params));
    }

    private function open(): CData
    {
        if ($this->client === null) {
            throw new Exception('close() was called on this client; make a new one', Exception::BAD_PARAMS);
        }
        return $this->client;
    }

    private static function decode(string $answer): array
    {
        try {
            return json_decode($answer, true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
        } catch (JsonException $cause) {
            throw new Exception('The answer is not JSON: ' . $cause->getMessage(), Exception::INTERNAL);
        }
    }

    /** A name for C, which sees a text up to its first NUL: it must not be taken for a shorter one. */
    private static function name($value): string
    {
        if (is_string($value) && strpos($value, "\0") === false) {
            return $value;
        }
        if (!is_scalar($value) && $value !== null && !(is_object($value) && method_exists($value, '__toString'))) {
            $message = 'The names of a module and a function must be texts, not ' . gettype($value);
            throw new Exception($message, Exception::BAD_PARAMS);
        }
        return str_replace("\0", "\u{FFFD}", (string) $value);
    }

    /**
     * Arguments as JSON. A float that PHP prints as a whole number is that number (512.0 is 512); every other one
     * keeps its point, so that the library can tell it from a text and refuses it where the characters count.
     */
    private static function arguments(
        #[\SensitiveParameter]
        $value,
        int $flags = 0
    ): string {
        $flags |= JSON_PRESERVE_ZERO_FRACTION;
        $text = self::encode($value, $flags);
        if (!is_array($value) || !preg_match(self::PERHAPS_FLOAT, $text)) {
            return $text;
        }
        return self::encode(self::wholeAsTexts($value), $flags);
    }

    /** A copy: the caller's array may hold references. It was encoded before, so it does not hold itself. */
    private static function wholeAsTexts(
        #[\SensitiveParameter]
        $value
    ) {
        if (is_array($value)) {
            return array_map([self::class, 'wholeAsTexts'], $value);
        }
        $isWhole = is_float($value) && preg_match('/^-?[0-9]+$/D', (string) $value);
        return $isWhole ? (string) $value : $value;
    }

    /** The cause is not chained: its stack trace would hold the arguments, and with them passwords. */
    private static function encode(
        #[\SensitiveParameter]
        $value,
        int $flags = 0
    ): string {
        try {
            return json_encode($value, self::ENCODE | $flags);
        } catch (JsonException $cause) {
            if ($cause->getCode() === JSON_ERROR_UTF8) {
                // The library refuses this in the shape of the call's family, so that a page gets an answer.
                return "\xFF";
            }
            $message = 'The arguments cannot be written as JSON: ' . $cause->getMessage();
            throw new Exception($message, Exception::BAD_PARAMS);
        }
    }
}
