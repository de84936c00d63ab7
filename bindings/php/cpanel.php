<?php

/**
 * cPanel's LiveAPI class on the native library.
 *
 * A drop-in for the class that cPanel pages load: `new CPANEL()`, `api2`, `api1`, `uapi`, `api`, `exec`,
 * `cpanelprint`, `cpanelif`, `cpanelfeature`, `header`, `footer`, the debug log, and the rest of its methods. Answers are nested arrays. What a function refuses is returned, never
 * thrown; LiveApiException means that the library (libliveapi.so.1) or its configuration is not usable
 * at all. It needs no Composer; new programs may prefer LiveApi\Client, which this class is made of.
 *
 * The account and the store come from LIVEAPI_USER, LIVEAPI_URL and the configuration file, or from
 * options: new CPANEL(['user' => 'bob', 'url' => 'home:///srv/homes']). In a page that a panel runs, without a
 * URL, the panel answers, over the socket that CPANEL_PHPCONNECT_SOCKET or CPANEL_CONNECT_SOCKET names.
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
     * @param array $options url, user, servers and the other settings; library: path of the shared library
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

    /** The same as uapi. */
    public function api3(
        $module = null,
        $func = null,
        #[\SensitiveParameter]
        $args = []
    ): array {
        return $this->uapi($module, $func, $args);
    }

    /**
     * Ours: makes many calls, to servers side by side; see LiveApi\Client::batch.
     *
     * @throws LiveApiException when nothing was sent: an item or an option is wrong
     */
    public function batch(
        #[\SensitiveParameter]
        $items = [],
        $options = []
    ): array {
        return $this->client()->batch($items, $options);
    }

    /**
     * Evaluates a tag, e.g. '<?cp Email::listpops(%,email) ?>'.
     *
     * @return array|null the answer below `cpanelresult`; null with $skip_return
     */
    public function exec(
        #[\SensitiveParameter]
        $code = '',
        $skip_return = 0
    ): ?array {
        $answer = $this->wrapped($code);
        return $skip_return ? null : $answer;
    }

    /** The answer to printing a variable, e.g. fetch('$homedir'). */
    public function fetch($variable = ''): array
    {
        return $this->special('exec', 'print', $variable);
    }

    /** The value of a variable, e.g. cpanelprint('$homedir'); one that is not known is returned as it is. */
    public function cpanelprint($variable = ''): string
    {
        return (string) self::result($this->fetch($variable));
    }

    /** The key itself: cPanel's own language files are gone since version 82. */
    public function cpanellangprint($key = ''): string
    {
        return (string) self::result($this->special('exec', 'langprint', $key));
    }

    /** Whether a condition holds, e.g. cpanelif('!$haspostgres'): 1 or 0. */
    public function cpanelif($conditional = ''): int
    {
        return (int) self::result($this->special('if', 'if', $conditional));
    }

    /** Whether the account has a feature, e.g. cpanelfeature('popaccts'): 1 or 0. */
    public function cpanelfeature($feature = ''): int
    {
        return (int) self::result($this->special('feature', 'feature', $feature));
    }

    /** The HTML in front of a page's content. */
    public function header($title = '', $app_key = ''): string
    {
        return $this->frame('header', $title, $app_key);
    }

    /** The HTML behind a page's content. */
    public function footer($title = ''): string
    {
        return $this->frame('footer', $title, '');
    }

    /** Changes the level of the debug log; 0 switches it off. Returns 1, or 0 for a level that there is not. */
    public function set_debug($debug_level = 0): int
    {
        return $this->client()->setDebug((int) $debug_level);
    }

    public function get_debug_level(): int
    {
        return $this->client()->debugLevel();
    }

    /** The path of the debug log, ~/.cpanel/LiveAPI.log.RANDOM; it is made now. */
    public function get_debug_log(): string
    {
        return $this->client()->debugFile();
    }

    /** Logs a message if its level is at least the log's; also to standard error if asked. 1 if it was written. */
    public function debug_log($level = 0, $message = '', $stderr = false): int
    {
        return $this->client()->debugWrite((int) $level, (string) $message, (bool) $stderr);
    }

    /** Logs JSON while the log is on, with secrets masked. 1 if it was written. */
    public function debug_log_json($message = ''): int
    {
        return $this->client()->debugWriteJson((string) $message);
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

    /** One of LiveAPI's requests that are no function of an API. */
    private function special(string $type, string $module, $argument): array
    {
        $func = $type === 'exec' ? '' : $module;
        $args = is_array($argument) ? reset($argument) : $argument;
        return $this->wrapped([
            'reqtype' => $type, 'module' => $module, 'func' => $func, 'apiversion' => '1', 'args' => (string) $args,
        ]);
    }

    /** Every answer is below `cpanelresult`, also those that come without. */
    private function wrapped(
        #[\SensitiveParameter]
        $request
    ): array {
        $form = PHP_SAPI === 'cli' ? [] : $_GET + $_POST;
        $answer = $this->client()->request($request, $form);
        return isset($answer['cpanelresult']) ? $answer : ['cpanelresult' => $answer];
    }

    private static function result(array $answer)
    {
        return $answer['cpanelresult']['data']['result'] ?? '';
    }

    private function frame(string $part, $title, $app_key): string
    {
        $dom = $this->client()->uapi('Chrome', 'get_dom', ['page_title' => $title, 'app_key' => $app_key]);
        return $dom['result']['data'][$part] ?? '';
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
