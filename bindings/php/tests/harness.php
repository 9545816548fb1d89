<?php

// A small test runner. It prints one line for each test, and the numbers at the end.

declare(strict_types=1);

namespace Rolegate\Tests;

use Rolegate\Internal\Library;

final class Failed extends \RuntimeException
{
}

final class Results
{
    public static int $passed = 0;
    public static int $failed = 0;

    /** Prints the numbers, and returns the exit status. */
    public static function finish(): int
    {
        echo self::$passed, ' passed, ', self::$failed, " failed\n";
        return self::$failed === 0 ? 0 : 1;
    }
}

/** Runs a test. Every test must also free what it created. */
function test(string $name, \Closure $body): void
{
    $live = liveHandles();
    try {
        $body();
        $left = liveHandles() - $live;
        if ($left !== 0) {
            throw new Failed("$left handles are not freed");
        }
        Results::$passed++;
        echo "ok $name\n";
    } catch (\Throwable $failure) {
        Results::$failed++;
        $place = $failure->getFile() . ':' . $failure->getLine();
        echo "FAILED $name: ", $failure::class, ": {$failure->getMessage()} at $place\n";
    }
}

/** Returns the number of objects of the library that are not freed. */
function liveHandles(): int
{
    return Library::ffi()->rolegate_live_handles();
}

function same(mixed $expected, mixed $found, string $what = ''): void
{
    if ($expected !== $found) {
        throw new Failed("$what: expected " . \json_encode($expected) . ', found ' . \json_encode($found));
    }
}

function contains(string $part, string $text): void
{
    if (!\str_contains($text, $part)) {
        throw new Failed("expected `$part` in `$text`");
    }
}

/**
 * Checks that a call throws an exception of exactly this class, and returns the exception.
 *
 * @template T of \Throwable
 * @param class-string<T> $class
 * @return T
 */
function throws(string $class, \Closure $body): \Throwable
{
    try {
        $body();
    } catch (\Throwable $thrown) {
        same($class, $thrown::class, $thrown->getMessage());
        return $thrown;
    }
    throw new Failed("expected $class, nothing was thrown");
}

// A warning is a failure of the test.
\set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((\error_reporting() & $level) === 0) {
        return false;
    }
    throw new \ErrorException($message, 0, $level, $file, $line);
});
