<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;

/**
 * Texts in memory of C, as an array of `rolegate_bytes`.
 *
 * @internal
 */
final class Texts
{
    public readonly int $count;
    /** The array. Null if there are no texts. */
    public readonly ?CData $array;
    /** The bytes to which the array points. */
    private readonly ?CData $bytes;

    /**
     * @param array<array-key, string> $texts
     * @throws \TypeError if a text is not a string
     */
    public function __construct(array $texts)
    {
        $lens = [];
        foreach ($texts as $text) {
            if (!\is_string($text)) {
                $position = \count($lens);
                throw new \TypeError("text $position must be of type string, " . \get_debug_type($text) . ' given');
            }
            $lens[] = \strlen($text);
        }
        $this->count = \count($lens);
        $this->bytes = Library::copy('char', \implode('', $texts));
        $address = $this->bytes === null ? 0 : self::addressOf($this->bytes);
        $words = '';
        foreach ($lens as $len) {
            $words .= \pack('Q2', $address, $len);
            $address += $len;
        }
        $this->array = Library::copy('rolegate_bytes', $words);
    }

    private static function addressOf(CData $memory): int
    {
        $ffi = Library::ffi();
        return $ffi->cast('intptr_t', $ffi->cast('char*', FFI::addr($memory)))->cdata;
    }
}
