<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Internal\Buffer;

/**
 * The claims of a verified JWT. Times are seconds since 1970.
 */
final class Claims
{
    private function __construct(
        public readonly ?string $userId,
        /** Null for a token that is bound to no session. */
        public readonly ?string $sessionId,
        public readonly int $exp,
        public readonly ?int $nbf,
        public readonly ?int $iat,
    ) {
    }

    /** @internal */
    public static function read(Buffer $json): self
    {
        $claims = $json->takeJson();
        return new self(
            $claims['userId'] ?? null,
            $claims['sessionId'] ?? null,
            $claims['exp'],
            $claims['nbf'] ?? null,
            $claims['iat'] ?? null,
        );
    }
}
