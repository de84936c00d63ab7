<?php

declare(strict_types=1);

namespace LiveApi\Tests;

use Closure;
use LiveApi\Client;
use LiveApi\Exception;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use stdClass;

/**
 * Whatever is put wherever: an answer or one LiveApi\Exception, and the client works afterwards.
 *
 * PHPUnit makes every warning, notice and deprecation a failure, and a crash ends the run.
 */
final class BadInputTest extends TestCase
{
    /** Where in a call of a family the value stands. */
    private const PLACES = ['module', 'func', 'args', 'value', 'name', 'nested'];

    /** @return array<string, Closure> Made late: a provider must not hold resources and endless arrays. */
    private static function values(): array
    {
        return [
            'null' => static fn () => null,
            'true' => static fn () => true,
            'zero' => static fn () => 0,
            'an empty text' => static fn () => '',
            'a text' => static fn () => 'text',
            'a list' => static fn () => ['a', 'b'],
            'a list of lists' => static fn () => [[], [[]]],
            'an object' => static fn () => new stdClass(),
            'an object with a text form' => static fn () => new \Exception('text'),
            'a closure' => static fn () => static fn () => 1,
            'a generator' => static fn () => (static fn () => yield 1)(),
            'an open file' => static fn () => fopen('php://memory', 'r'),
            'a closed file' => static function () {
                $file = fopen('php://memory', 'r');
                fclose($file);
                return $file;
            },
            'no UTF-8' => static fn () => "\xC3\x28\xFF",
            'half a character' => static fn () => "p\xC3",
            'a NUL' => static fn () => "Email\0x",
            'a leading NUL' => static fn () => "\0Email",
            'one MiB' => static fn () => str_repeat('x', 1 << 20),
            'one MiB of NULs' => static fn () => str_repeat("\0", 1 << 20),
            '100,000 entries' => static fn () => array_fill(0, 100000, 'x'),
            '10,000 levels' => static fn () => self::nested(10000),
            '500 levels' => static fn () => self::nested(500),
            'an array in itself' => static function () {
                $array = ['password' => 'x'];
                $array['self'] = &$array;
                return $array;
            },
            'an object in itself' => static function () {
                $object = new stdClass();
                $object->self = $object;
                return $object;
            },
            'INF' => static fn () => INF,
            'NAN' => static fn () => NAN,
            'the largest int' => static fn () => PHP_INT_MAX,
            'the smallest int' => static fn () => PHP_INT_MIN,
            'a huge float' => static fn () => 1.7976931348623157e308,
            'digits beyond any int' => static fn () => str_repeat('9', 400),
        ];
    }

    private static function nested(int $levels): array
    {
        $array = [];
        while ($levels-- > 0) {
            $array = ['x' => $array];
        }
        return $array;
    }

    public static function calls(): iterable
    {
        foreach (['api1' => 'passwdpop', 'api2' => 'passwdpop', 'uapi' => 'passwd_pop'] as $method => $func) {
            foreach (self::values() as $name => $value) {
                foreach (self::PLACES as $place) {
                    yield "$method, $name as $place" => [$method, $func, $value, $place];
                }
            }
        }
        foreach (self::values() as $name => $value) {
            yield "whm, $name as func" => ['whm', 'listaccts', $value, 'whm func'];
            yield "whm, $name as args" => ['whm', 'listaccts', $value, 'whm args'];
        }
    }

    /** @dataProvider calls */
    #[DataProvider('calls')]
    public function testACall(string $method, string $func, Closure $make, string $place): void
    {
        $client = new Client();
        $params = self::params(['Email', $func, ['domain' => 'example.com', 'email' => 'nosuch']], $make(), $place);
        $this->assertAnswerOrException(static fn () => $client->$method(...$params));
        $this->assertSame(1, $client->uapi('Email', 'list_pops')['result']['status'], 'usable afterwards');
    }

    private static function params(array $params, $value, string $place): array
    {
        switch ($place) {
            case 'module':
                return [$value] + $params;
            case 'func':
                return [$params[0], $value, $params[2]];
            case 'args':
                return [$params[0], $params[1], $value];
            case 'name':
                return [$params[0], $params[1], [(is_string($value) ? $value : 'x') => 'x'] + $params[2]];
            case 'nested':
                return [$params[0], $params[1], ['password' => ['x' => [$value]]] + $params[2]];
            case 'whm func':
                return [$value];
            case 'whm args':
                return [$params[1], $value];
            default:
                return [$params[0], $params[1], ['password' => $value] + $params[2]];
        }
    }

    public static function missing(): iterable
    {
        foreach (['api1', 'api2', 'uapi', 'whm'] as $method) {
            yield "$method()" => [$method, []];
            yield "$method(one)" => [$method, ['Email']];
            yield "$method(two)" => [$method, ['Email', 'nosuch']];
        }
    }

    /** @dataProvider missing */
    #[DataProvider('missing')]
    public function testMissingArguments(string $method, array $params): void
    {
        if ($method === 'whm' && isset($params[1])) {
            $params[1] = [];
        }
        $this->assertAnswerOrException(static fn () => (new Client())->$method(...$params));
    }

    public static function options(): iterable
    {
        $names = ['url', 'user', 'required_strength', 'default_quota', 'virtual_user', 'library', 'nosuch'];
        foreach (self::values() as $name => $value) {
            yield "$name as the options" => [static fn () => $value()];
            foreach ($names as $option) {
                yield "$name as $option" => [static fn () => [$option => $value()]];
            }
            if (is_string($value())) {
                yield "$name as a name" => [static fn () => [$value() => 'x']];
            }
        }
    }

    /** @dataProvider options */
    #[DataProvider('options')]
    public function testTheConstructor(Closure $make): void
    {
        $options = $make();
        $this->assertAnswerOrException(static fn () => (new Client($options))->uapi('Email', 'list_pops'));
        $this->assertSame(1, (new Client())->uapi('Email', 'list_pops')['result']['status'], 'usable afterwards');
    }

    private function assertAnswerOrException(Closure $work): void
    {
        try {
            $this->assertNotEmpty($work());
        } catch (Exception $refusal) {
            $this->assertNotSame('', $refusal->getMessage());
            // BAD_UTF8 and BAD_JSON are the library's own words on what it was given.
            $this->assertContains($refusal->getCode(), [2, 3, Exception::BAD_PARAMS, Exception::CONFIG]);
        }
    }
}
