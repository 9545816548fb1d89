<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidJson;

/**
 * Checks and conversions of arguments.
 *
 * @internal
 */
final class Input
{
    /**
     * Checks that a number fits an unsigned number of C. PHP would change it without a message.
     *
     * @throws InvalidArgument
     */
    public static function unsigned(string $name, int $number, int $max = \PHP_INT_MAX): int
    {
        if ($number < 0 || $number > $max) {
            throw new InvalidArgument("$name must be between 0 and $max, found $number");
        }
        return $number;
    }

    /**
     * Returns a JSON object as text.
     *
     * @param array<string, mixed>|string $object
     * @throws InvalidJson
     */
    public static function json(array|string $object): string
    {
        if (\is_string($object)) {
            return $object;
        }
        if ($object === []) {
            return '{}';
        }
        try {
            return \json_encode($object, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_UNICODE);
        } catch (\JsonException $exception) {
            throw new InvalidJson(\lcfirst($exception->getMessage()));
        }
    }
}
