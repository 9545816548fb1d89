<?php

declare(strict_types=1);

namespace Rolegate\Sql;

use Rolegate\Internal\Buffer;

/**
 * The visible documents as a condition in SQL.
 */
final class Condition
{
    /**
     * @param list<string|list<string>> $binds
     */
    private function __construct(
        /** `everything`, `nothing` or `matching`. */
        public readonly string $plan,
        /** The condition in parentheses. */
        public readonly string $sql,
        /** The values of the placeholders. A value for PostgreSQL can be an array of texts. */
        public readonly array $binds,
        public readonly int $nextPlaceholder,
    ) {
    }

    /** @internal */
    public static function read(Buffer $json): self
    {
        $condition = $json->takeJson();
        return new self($condition['plan'], $condition['sql'], $condition['binds'], $condition['nextPlaceholder']);
    }

    /**
     * Returns texts as an array literal of PostgreSQL, for drivers that cannot send arrays.
     *
     * @param list<string> $texts
     */
    public static function arrayLiteral(array $texts): string
    {
        $quoted = \array_map(static fn (string $text): string => '"' . \addcslashes($text, '"\\') . '"', $texts);
        return '{' . \implode(',', $quoted) . '}';
    }
}
