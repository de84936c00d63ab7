<?php

declare(strict_types=1);

namespace LiveApi\Tests;

use LiveApi\Client;
use LiveApi\Exception;
use LiveApi\Installation;
use LiveApi\Library;
use PHPUnit\Framework\TestCase;

/** Finding and checking the library. */
final class LibraryTest extends TestCase
{
    public function testANamedLibraryStandsAlone(): void
    {
        foreach (['/nonexistent/libliveapi.so', 'libc.so.6'] as $wrong) {
            $message = $this->refusal(['library' => $wrong]);
            $this->assertStringContainsString("Tried: $wrong (", $message);
            $this->assertStringNotContainsString('; libliveapi.so.1', $message);
            $this->assertStringContainsString('LIVEAPI_LIBRARY', $message);
        }
    }

    public function testTheEnvironmentNamesOneToo(): void
    {
        $before = getenv('LIVEAPI_LIBRARY', true);
        putenv('LIVEAPI_LIBRARY=/nonexistent/of-the-environment.so');
        try {
            $this->assertStringContainsString('Tried: /nonexistent/of-the-environment.so (', $this->refusal([]));
            $this->assertSame(1, (new Client(['library' => $before]))->uapi('Email', 'list_pops')['result']['status']);
        } finally {
            putenv("LIVEAPI_LIBRARY=$before");
        }
    }

    public function testAnotherRevisionIsNamed(): void
    {
        // Built by the driver: one with every function, one that has lost all but the number.
        foreach (['LIVEAPI_TEST_OTHER', 'LIVEAPI_TEST_OTHER_POOR'] as $which) {
            $other = getenv($which);
            $this->assertFileExists($other);
            $why = "Tried: $other (ABI revision 2 instead of 1)";
            $this->assertStringContainsString($why, $this->refusal(['library' => $other]));
        }
    }

    public function testAFailureIsNotKept(): void
    {
        $this->refusal(['library' => '/nonexistent/libliveapi.so']);
        $this->assertSame(1, (new Client())->uapi('Email', 'list_pops')['result']['status']);
    }

    public function testItIsLoadedOnceForEachName(): void
    {
        $this->assertSame(Library::load(Installation::named(null)), Library::load(Installation::named(null)));
    }

    public function testNumbersAreTheHeaders(): void
    {
        $header = file_get_contents(Installation::header());
        $this->assertStringContainsString('#define LIVEAPI_ABI_REVISION ' . Library::ABI_REVISION . "\n", $header);
        foreach (['API1', 'API2', 'UAPI', 'WHM'] as $family) {
            $number = constant(Library::class . "::$family");
            $this->assertStringContainsString("LIVEAPI_$family = $number,", $header);
        }
        foreach (['BAD_PARAMS', 'CONFIG', 'INTERNAL'] as $status) {
            $number = constant(Exception::class . "::$status");
            $this->assertStringContainsString("LIVEAPI_$status = $number,", $header);
        }
    }

    public function testTheRefusalNamesPreloadOnly(): void
    {
        $refusal = Installation::refusal();
        $this->assertStringContainsString("\nffi.enable=preload\n", $refusal);
        $this->assertStringContainsString("\nffi.preload=" . Installation::header() . "\n", $refusal);
        $this->assertSame(1, preg_match('/^opcache\.preload=(.*)$/m', $refusal, $found));
        $this->assertFileExists($found[1]);
        $this->assertDoesNotMatchRegularExpression('/ffi\.enable\s*=\s*(true|1|on)/i', $refusal);
    }

    private function refusal(array $options): string
    {
        try {
            new Client($options);
        } catch (Exception $refusal) {
            $this->assertSame(Exception::CONFIG, $refusal->getCode());
            return $refusal->getMessage();
        }
        $this->fail('no exception');
    }
}
