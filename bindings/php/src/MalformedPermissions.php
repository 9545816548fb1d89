<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Internal\Buffer;

/**
 * The malformed permissions of some lists. They grant nothing.
 *
 * @phpstan-type Entry array{list?: int, text: int, start: int, end: int, kind: string, message: string, hint?: string}
 */
final class MalformedPermissions implements \Countable
{
    /**
     * @param list<Entry> $first
     */
    private function __construct(
        private readonly int $count,
        /** The first 100, with the positions of the list, of the text in it, and of the wrong bytes. */
        public readonly array $first,
    ) {
    }

    /** @internal */
    public static function read(int $count, Buffer $first): self
    {
        return new self($count, $first->takeJson());
    }

    /** Returns the number of all malformed permissions. */
    public function count(): int
    {
        return $this->count;
    }
}
