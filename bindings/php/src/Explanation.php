<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Internal\Buffer;

/**
 * The reason of a decision.
 */
final class Explanation implements \Stringable
{
    /**
     * @param array<string, mixed> $fields
     */
    private function __construct(
        public readonly Action $action,
        public readonly bool $allowed,
        /** The name of the reason, such as `granted` or `not_granted`. */
        public readonly string $reason,
        /** All fields of the explanation, for a log. They depend on the reason. */
        public readonly array $fields,
    ) {
    }

    /** @internal */
    public static function read(Buffer $json): self
    {
        $fields = $json->takeJson();
        return new self(Action::from($fields['action']), $fields['allowed'], $fields['reason'], $fields);
    }

    /** Returns a sentence for people. */
    public function __toString(): string
    {
        return $this->fields['text'];
    }
}
