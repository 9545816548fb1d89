<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Internal\Library;
use Rolegate\Internal\Texts;

/**
 * A well-formed role, such as `user:ann` or `team:t1/owner`.
 */
final class Role implements \JsonSerializable, \Stringable
{
    /** The names of the kinds, by their number in the C interface. */
    private const NAMES = [1 => 'any', 'guests', 'users', 'user', 'team', 'member', 'label'];

    private function __construct(
        private readonly string $text,
        private readonly string $role,
        private readonly string $identifier,
        private readonly string $dimension,
    ) {
    }

    /**
     * Parses a role.
     *
     * @throws Malformed
     * @throws InvalidUtf8
     */
    public static function parse(string $text): self
    {
        return self::parseAll([$text])[0];
    }

    /**
     * Parses roles. The first malformed role is an exception with its position.
     *
     * @param list<string> $texts
     * @return list<self>
     * @throws Malformed
     * @throws InvalidUtf8
     */
    public static function parseAll(array $texts): array
    {
        if ($texts === []) {
            return [];
        }
        $input = new Texts($texts);
        $roles = Library::new("rolegate_role[{$input->count}]");
        Library::call('rolegate_roles_parse', $input->array, $input->count, Library::pointer('rolegate_role*', $roles));
        $parsed = [];
        foreach (\array_values($texts) as $position => $text) {
            $parsed[] = self::read($text, $roles[$position]);
        }
        return $parsed;
    }

    /**
     * Creates a role from its parts in a text.
     *
     * @internal
     */
    public static function read(string $text, \FFI\CData $role): self
    {
        return new self(
            self::part($text, $role->text),
            self::NAMES[$role->kind],
            self::part($text, $role->identifier),
            self::part($text, $role->dimension),
        );
    }

    /** Returns the role of everyone. */
    public static function any(): self
    {
        return new self('any', 'any', '', '');
    }

    /** Returns the role of callers without a user. */
    public static function guests(): self
    {
        return new self('guests', 'guests', '', '');
    }

    /**
     * Returns the role of all users.
     *
     * @param string $status `verified`, `unverified`, or empty
     * @throws Malformed
     */
    public static function users(string $status = ''): self
    {
        return self::build('users', '', $status);
    }

    /**
     * Returns the role of a user.
     *
     * @param string $status `verified`, `unverified`, or empty
     * @throws Malformed
     */
    public static function user(string $identifier, string $status = ''): self
    {
        return self::build('user', $identifier, $status);
    }

    /**
     * Returns the role of the members of a team, or of those with a role in it.
     *
     * @throws Malformed
     */
    public static function team(string $identifier, string $teamRole = ''): self
    {
        return self::build('team', $identifier, $teamRole);
    }

    /**
     * Returns the role of a membership.
     *
     * @throws Malformed
     */
    public static function member(string $identifier): self
    {
        return self::build('member', $identifier, '');
    }

    /**
     * Returns the role of the users with a label.
     *
     * @throws Malformed
     */
    public static function label(string $identifier): self
    {
        return self::build('label', $identifier, '');
    }

    /** Returns `any`, `guests`, `users`, `user`, `team`, `member` or `label`. */
    public function getRole(): string
    {
        return $this->role;
    }

    /** Returns the id or the name of the label, or an empty text. */
    public function getIdentifier(): string
    {
        return $this->identifier;
    }

    /** Returns the verification or the team role, or an empty text. */
    public function getDimension(): string
    {
        return $this->dimension;
    }

    /** Returns the text, such as `team:t1/owner`. */
    public function toString(): string
    {
        return $this->text;
    }

    public function __toString(): string
    {
        return $this->text;
    }

    /** Returns the text, which is also the JSON. */
    public function jsonSerialize(): string
    {
        return $this->text;
    }

    private static function build(string $role, string $identifier, string $dimension): self
    {
        $text = $role . ($role === 'users' ? '' : ":$identifier") . ($dimension === '' ? '' : "/$dimension");
        $parsed = self::parse($text);
        // The identifier `a/verified` must not give the role of the verified user `a`.
        if ($parsed->identifier !== $identifier || $parsed->dimension !== $dimension) {
            throw new Malformed("`$identifier` is not an identifier");
        }
        return $parsed;
    }

    private static function part(string $text, \FFI\CData $span): string
    {
        return \substr($text, $span->start, $span->end - $span->start);
    }
}
