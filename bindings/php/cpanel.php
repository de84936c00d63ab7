<?php

/**
 * cPanel's LiveAPI class on the native library.
 *
 * A drop-in for the class that cPanel pages load: `new CPANEL()`, `api2`, `api1`, `uapi`, `api`,
 * `get_result`, `end`. Answers are nested arrays. What a function refuses is returned, never
 * thrown; LiveApiException means that the library (libliveapi.so.1) or its configuration is not usable
 * at all. It needs no Composer; new programs may prefer LiveApi\Client, which this class is made of.
 *
 * The account and the store come from LIVEAPI_USER, LIVEAPI_URL and the configuration file, or from
 * options: new CPANEL(['user' => 'bob', 'url' => 'home:///srv/homes']).
 */

declare(strict_types=1);

use LiveApi\Client;

foreach (['Exception', 'Installation', 'Library', 'Client'] as $class) {
    // What opcache.preload or Composer loaded, perhaps from another folder, must not be declared again.
    if (!class_exists("LiveApi\\$class", false)) {
        require_once __DIR__ . "/src/$class.php";
    }
}
unset($class);

/** The library cannot be loaded, or its configuration is wrong: the name that pages catch. */
if (!class_exists('LiveApiException', false)) {
    class_alias(LiveApi\Exception::class, 'LiveApiException');
}

class CPANEL
{
    /** Null once end() was called. */
    private ?Client $client;

    /** The last answer of api1 or api2, for get_result(). */
    private array $last = [];

    /**
     * Reads the configuration; nothing is opened yet.
     *
     * @param array $options url, user, required_strength, default_quota, virtual_user; library: path of the shared library
     * @throws LiveApiException when the library cannot be loaded or the configuration is wrong
     */
    public function __construct($options = [])
    {
        $this->client = new Client($options);
    }

    public function __destruct()
    {
        $this->end();
    }

    /** Handles are not for copying: end() of the copy would not be an end. */
    private function __clone()
    {
    }

    /** Calls cPanel API 2 with named arguments; the answer has the key `cpanelresult`. */
    public function api2(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->last = $this->client()->api2($module, $func, $args);
    }

    /** Calls cPanel API 1 with positional arguments; the answer is below `cpanelresult`. */
    public function api1(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->last = ['cpanelresult' => $this->client()->api1($module, $func, $args)];
    }

    /** Calls UAPI with named arguments; the answer is ['cpanelresult']['result'] with status, errors, data. */
    public function uapi(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return ['cpanelresult' => $this->client()->uapi($module, $func, $args)];
    }

    /**
     * Calls the family that a version means: 1, 2, 3 or 'uapi'.
     *
     * @throws LiveApiException for another type than exec or another version
     */
    public function api(
        $type,
        $version,
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        if ($type !== 'exec') {
            throw self::unusable('the type must be exec', $type);
        }
        switch (is_scalar($version) ? (string) $version : '') {
            case '1':
                return $this->api1($module, $func, $args);
            case '2':
                return $this->api2($module, $func, $args);
            case '3':
            case 'uapi':
                return $this->uapi($module, $func, $args);
            default:
                throw self::unusable('the API version must be 1, 2 or uapi', $version);
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
        $this->client = null;
    }

    private function client(): Client
    {
        if ($this->client === null) {
            $message = 'end() was called on this CPANEL object; make a new one';
            throw new LiveApiException($message, LiveApiException::BAD_PARAMS);
        }
        return $this->client;
    }

    private static function unusable(string $rule, $seen): LiveApiException
    {
        $shown = is_scalar($seen) ? (string) $seen : gettype($seen);
        return new LiveApiException("api(): $rule, not $shown", LiveApiException::BAD_PARAMS);
    }
}
