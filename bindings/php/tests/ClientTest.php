<?php

declare(strict_types=1);

namespace LiveApi\Tests;

use CPANEL;
use LiveApi\Client;
use LiveApi\Exception;
use LiveApiException;
use PHPUnit\Framework\TestCase;
use ReflectionClass;

/** Each method's success and refusal, and what the objects must not do. */
final class ClientTest extends TestCase
{
    private const MAILBOX = ['domain' => 'example.com', 'email' => 'user'];

    public function testApi2AnswersAsTheLibraryDoes(): void
    {
        $answer = (new Client())->api2('Email', 'passwdpop', self::MAILBOX + ['password' => 'Client-Password-2']);
        $this->assertSame([['reason' => '', 'result' => 1]], $answer['cpanelresult']['data']);
        $this->assertSame(['result' => 1], $answer['cpanelresult']['event']);
        $this->assertArrayNotHasKey('error', $answer['cpanelresult']);
        $this->assertPassword('Client-Password-2');
    }

    public function testApi1AnswersWithoutAnEnvelope(): void
    {
        $answer = (new Client())->api1('Email', 'passwdpop', ['user', 'Client-Password-1', '0', 'example.com']);
        $this->assertSame(['result' => 1], $answer['event']);
        $this->assertPassword('Client-Password-1');
    }

    public function testUapi(): void
    {
        $client = new Client();
        $answer = $client->uapi('Email', 'passwd_pop', self::MAILBOX + ['password' => 'Client-Pässword-3']);
        $this->assertSame(1, $answer['result']['status']);
        $this->assertNull($answer['result']['errors']);
        $this->assertPassword('Client-Pässword-3');
        $refused = $client->uapi('Email', 'passwd_pop', self::MAILBOX + ['password' => 'weak']);
        $this->assertSame(0, $refused['result']['status']);
        $this->assertStringContainsString('too weak', $refused['result']['errors'][0]);
    }

    public function testWhm(): void
    {
        $answer = (new Client())->whm('listaccts');
        $this->assertSame(1, $answer['metadata']['result']);
        $this->assertSame('bob', $answer['data']['acct'][0]['user']);
    }

    public function testBatchKeepsKeysAndOrder(): void
    {
        $item = fn(string $email): array => [
            'module' => 'Email',
            'func' => 'passwdpop',
            'params' => ['domain' => 'example.com', 'email' => $email, 'password' => 'Client-Password-1'],
        ];
        $rows = (new Client())->batch(['one' => $item('nosuch'), 'two' => $item('user')], ['in_flight' => 2]);
        $statuses = array_map(fn(array $row): string => $row['status'], $rows);
        $this->assertSame(['one' => 'refused', 'two' => 'done'], $statuses);
        $this->assertSame(1, $rows['two']['answer']['cpanelresult']['data'][0]['result']);
    }

    public function testBatchThatIsNoneIsRefused(): void
    {
        $this->expectException(Exception::class);
        $this->expectExceptionCode(Exception::BAD_PARAMS);
        $this->expectExceptionMessage('Item 1 of the batch cannot be sent');
        (new Client())->batch([['module' => 'Email']]);
    }

    public function testNamesMayBeObjectsWithATextForm(): void
    {
        $name = new class {
            public function __toString(): string
            {
                return 'Email';
            }
        };
        $this->assertSame(1, (new Client())->uapi($name, 'list_pops')['result']['status']);
    }

    public function testWhatIsNotUtf8IsRefusedInTheShapeOfTheFamily(): void
    {
        $client = new Client();
        $bad = self::MAILBOX + ['password' => "p\xE4ss-Latin-1"];
        $api2 = $client->api2('Email', 'passwdpop', $bad)['cpanelresult'];
        $this->assertStringContainsString('UTF-8', $api2['error']);
        $this->assertSame(0, $api2['data'][0]['result']);
        $uapi = $client->uapi('Email', 'passwd_pop', $bad)['result'];
        $this->assertStringContainsString('UTF-8', $uapi['errors'][0]);
        $api1 = $client->api1('Email', 'passwdpop', ['user', "p\xE4ss-Latin-1", '0', 'example.com']);
        $this->assertStringContainsString('UTF-8', $api1['error']);
    }

    public function testAClosedClientSaysSo(): void
    {
        $client = new Client();
        $client->close();
        $client->close();
        $this->expectException(Exception::class);
        $this->expectExceptionMessage('close() was called');
        $client->api2('Email', 'listpops');
    }

    public function testTheLibrarysCodeIsTheExceptionsCode(): void
    {
        $this->expectException(Exception::class);
        $this->expectExceptionCode(Exception::CONFIG);
        $this->expectExceptionMessage('did you mean “user”');
        new Client(['usr' => 'bob']);
    }

    public function testCopiesAreRefused(): void
    {
        foreach ([new Client(), new CPANEL()] as $object) {
            foreach (['clone', 'serialize'] as $way) {
                try {
                    $way === 'clone' ? clone $object : serialize($object);
                    $this->fail("$way works");
                } catch (\Error | \Exception $refusal) {
                    $this->assertMatchesRegularExpression('/__clone|Serialization/', $refusal->getMessage());
                }
            }
        }
    }

    public function testTheOldNameCatchesTheException(): void
    {
        foreach ([['usr' => 'bob'], 'no array'] as $options) {
            try {
                new CPANEL($options);
                $this->fail('no exception');
            } catch (LiveApiException $caught) {
                $this->assertInstanceOf(Exception::class, $caught);
                $this->assertSame(Exception::CONFIG, $caught->getCode());
            }
        }
    }

    public function testWrongTypesAreOneExceptionInTheDropInToo(): void
    {
        $cpanel = new CPANEL();
        foreach ([[['exec'], 2], [null, 2], ['exec', [2]], ['exec', null], ['exec', NAN]] as [$type, $version]) {
            try {
                $cpanel->api($type, $version, 'Email', 'listpops');
                $this->fail('no exception');
            } catch (LiveApiException $refusal) {
                $this->assertStringStartsWith('api(): the ', $refusal->getMessage());
            }
        }
        $this->assertStringContainsString('Could not find function', $cpanel->api2()['cpanelresult']['error']);
    }

    /** PHPUnit runs with zend.exception_ignore_args=0, so a trace holds what it can. */
    public function testNoPasswordInAnExceptionOrItsTrace(): void
    {
        $calls = [
            static fn () => (new Client())->api2('Email', 'passwdpop', ['password' => 'Secret-1', 'x' => NAN]),
            static fn () => (new Client())->uapi([], 'passwd_pop', ['password' => 'Secret-1']),
            static fn () => (new CPANEL())->api1('Email', 'passwdpop', ['user', 'Secret-1', INF]),
            static fn () => (new CPANEL())->api('exec', 9, 'Email', 'passwdpop', ['password' => 'Secret-1']),
        ];
        foreach ($calls as $call) {
            try {
                $call();
                $this->fail('no exception');
            } catch (Exception $refusal) {
                $this->assertNull($refusal->getPrevious(), 'a chained cause has a trace of its own');
                $this->assertStringNotContainsString('Secret-1', (string) $refusal);
                // Attributes that hide arguments are PHP 8.2's.
                if (PHP_VERSION_ID >= 80200) {
                    $this->assertStringNotContainsString('Secret-1', print_r($refusal->getTrace(), true));
                }
            }
        }
    }

    public function testTheClassesAreFinal(): void
    {
        foreach (glob(__DIR__ . '/../src/*.php') as $file) {
            $this->assertTrue((new ReflectionClass('LiveApi\\' . basename($file, '.php')))->isFinal(), $file);
        }
        $this->assertFalse((new ReflectionClass(CPANEL::class))->isFinal(), 'pages may extend CPANEL');
    }

    private function assertPassword(string $password): void
    {
        $params = ['email' => 'user@example.com', 'password' => $password];
        $this->assertSame(1, (new Client())->uapi('Email', 'verify_password', $params)['result']['data']);
    }
}
