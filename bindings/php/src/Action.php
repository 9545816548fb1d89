<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * An action on a document.
 */
enum Action: string
{
    case Create = 'create';
    case Read = 'read';
    case Update = 'update';
    case Delete = 'delete';

    /**
     * Returns the bit of the action in the C interface.
     *
     * @internal
     */
    public function bit(): int
    {
        return match ($this) {
            self::Create => 1,
            self::Read => 2,
            self::Update => 4,
            self::Delete => 8,
        };
    }
}
