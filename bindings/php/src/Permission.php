<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Library;
use Rolegate\Internal\Texts;

/**
 * A well-formed permission, such as `read("user:ann")`.
 */
final class Permission implements \JsonSerializable, \Stringable
{
    private function __construct(
        private readonly string $text,
        private readonly int $actions,
        public readonly Role $role,
    ) {
    }

    /**
     * Parses a permission.
     *
     * @throws Malformed with the wrong bytes, and often with a hint
     * @throws InvalidUtf8
     */
    public static function parse(string $text): self
    {
        return self::parseAll([$text])[0];
    }

    /**
     * Parses permissions. The first malformed permission is an exception with its position. Takes time in proportion
     * to the bytes.
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
        $permissions = Library::new("rolegate_permission[{$input->count}]");
        $address = Library::pointer('rolegate_permission*', $permissions);
        Library::call('rolegate_permissions_parse', $input->array, $input->count, $address);
        $parsed = [];
        foreach (\array_values($texts) as $position => $text) {
            $permission = $permissions[$position];
            $parsed[] = new self($text, $permission->actions, Role::read($text, $permission->role));
        }
        return $parsed;
    }

    /**
     * Returns `true` if a text is a permission.
     */
    public static function isValid(string $text): bool
    {
        try {
            self::parse($text);
            return true;
        } catch (Malformed | InvalidUtf8) {
            return false;
        }
    }

    /**
     * Expands `write` in a list before it is stored, and leaves out repetitions.
     *
     * Each permission gives one permission for each of its actions that is allowed.
     *
     * @param list<string> $permissions
     * @param list<Action> $allowed
     * @return list<string>
     * @throws Malformed
     * @throws InvalidUtf8
     */
    public static function aggregate(
        array $permissions,
        array $allowed = [Action::Create, Action::Read, Action::Update, Action::Delete],
    ): array {
        $input = new Texts($permissions);
        $actions = 0;
        foreach ($allowed as $action) {
            $actions |= $action->bit();
        }
        $json = new Buffer();
        Library::call('rolegate_permissions_aggregate', $input->array, $input->count, $actions, $json->address());
        return $json->takeJson();
    }

    /** Returns the permission to create documents. */
    public static function create(Role $role): string
    {
        return "create(\"$role\")";
    }

    /** Returns the permission to read. */
    public static function read(Role $role): string
    {
        return "read(\"$role\")";
    }

    /** Returns the permission to update. */
    public static function update(Role $role): string
    {
        return "update(\"$role\")";
    }

    /** Returns the permission to delete. */
    public static function delete(Role $role): string
    {
        return "delete(\"$role\")";
    }

    /** Returns the permission for create, update and delete together. */
    public static function write(Role $role): string
    {
        return "write(\"$role\")";
    }

    /** Returns `create`, `read`, `update`, `delete` or `write`. */
    public function getPermission(): string
    {
        return \strstr($this->text, '(', true);
    }

    /** Returns `true` if the permission names an action. `write` names create, update and delete. */
    public function names(Action $action): bool
    {
        return ($this->actions & $action->bit()) !== 0;
    }

    /** Returns the kind of the role, such as `user`. */
    public function getRole(): string
    {
        return $this->role->getRole();
    }

    /** Returns the identifier of the role, or an empty text. */
    public function getIdentifier(): string
    {
        return $this->role->getIdentifier();
    }

    /** Returns the dimension of the role, or an empty text. */
    public function getDimension(): string
    {
        return $this->role->getDimension();
    }

    /** Returns the text, such as `read("user:ann")`. */
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
}
