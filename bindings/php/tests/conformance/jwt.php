<?php

// `jwt`: valid tokens with their claims, and invalid tokens.

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Claims;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidToken;
use Rolegate\JwtKeys;

/** The maximum age of a token in the library. */
const MAX_LIFETIME = 3600;

/** The kinds of tokens that only Appwrite accepts. tests/conformance/jwt.rs has the reason for each. */
const ONLY_APPWRITE_ACCEPTS = [
    'TooLong', 'Base64', 'Header', 'Algorithm', 'Critical', 'Signature', 'Payload', 'MissingExp', 'Claim',
];

/** Checks the claims of a token that the library accepts. */
function checkClaims(Vectors $vectors, array $fields, Claims $claims): void
{
    // Appwrite's maximum age depends on the case.
    $isTooOld = $claims->iat !== null && $fields['now'] >= $claims->iat + $fields['max_age'] - $fields['leeway'];
    $vectors->same(!$isTooOld, $fields['ok'], 'accepted');
    if (!$fields['ok']) {
        return;
    }
    $types = ['userId' => 'string', 'sessionId' => 'string', 'exp' => 'int', 'nbf' => 'int', 'iat' => 'int'];
    foreach ($types as $name => $type) {
        $value = $fields['claims'][$name] ?? null;
        $vectors->same($claims->$name, \get_debug_type($value) === $type ? $value : null, $name);
    }
}

function checkToken(Vectors $vectors, array $fields): void
{
    try {
        $keys = new JwtKeys($fields['key'], $fields['leeway']);
    } catch (InvalidArgument) {
        $vectors->same(false, $fields['ok'], 'a secret or a leeway that is refused');
        return;
    }
    try {
        checkClaims($vectors, $fields, $keys->verify($fields['token'], $fields['now']));
    } catch (InvalidToken $exception) {
        if (!$fields['ok']) {
            return;
        }
        if ($exception->kind === 'TooOld' && $fields['max_age'] > MAX_LIFETIME) {
            return;
        }
        if (!\in_array($exception->kind, ONLY_APPWRITE_ACCEPTS, true)) {
            $vectors->wrong("refused as $exception->kind, accepted by Appwrite");
        }
    }
}
