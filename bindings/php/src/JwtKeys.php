<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidToken;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Internal\Texts;

/**
 * The secrets that sign and verify JWTs. It never changes.
 */
final class JwtKeys
{
    private readonly Handle $handle;

    /**
     * @param string|list<string> $secrets bytes, not empty. The first secret signs, and all secrets verify
     * @param int $leeway the greatest difference between clocks in seconds, at most 120
     * @throws InvalidArgument
     */
    public function __construct(#[\SensitiveParameter] string|array $secrets, int $leeway = 0)
    {
        $input = new Texts((array) $secrets);
        $arguments = [$input->array, $input->count, Input::unsigned('leeway', $leeway)];
        $this->handle = Handle::create('jwt_keys', 'rolegate_jwt_keys_new', ...$arguments);
    }

    /**
     * Creates a JWT for a user and a session. Neither id may be empty.
     *
     * @param int $lifetime seconds, at most 3600
     * @param int|null $now seconds since 1970. Null stands for the current time
     * @throws InvalidToken
     * @throws InvalidUtf8
     * @throws InvalidArgument
     */
    public function create(string $userId, string $sessionId, int $lifetime = 900, ?int $now = null): string
    {
        $token = new Buffer();
        $ids = [$userId, \strlen($userId), $sessionId, \strlen($sessionId)];
        $times = [Input::unsigned('lifetime', $lifetime), Input::unsigned('now', $now ?? \time())];
        Library::call('rolegate_jwt_create', $this->handle->pointer, ...[...$ids, ...$times, $token->address()]);
        return $token->take();
    }

    /**
     * Verifies a JWT. The caller must look up the user and the session: deleting a session ends its JWTs.
     *
     * @param int|null $now seconds since 1970. Null stands for the current time
     * @throws InvalidToken with the reason as the kind
     * @throws InvalidUtf8
     * @throws InvalidArgument
     */
    public function verify(#[\SensitiveParameter] string $token, ?int $now = null): Claims
    {
        $claims = new Buffer();
        $arguments = [$token, \strlen($token), Input::unsigned('now', $now ?? \time()), $claims->address()];
        Library::call('rolegate_jwt_verify', $this->handle->pointer, ...$arguments);
        return Claims::read($claims);
    }
}
