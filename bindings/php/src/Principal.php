<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Exception\Denied;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Internal\Texts;

/**
 * The party that a request acts for: a guest, a user, a holder of roles, or a key that bypasses permissions. It never
 * changes.
 */
final class Principal
{
    /** @var array{kind: string, userId?: string, roles: list<string>}|null */
    private ?array $description = null;

    /**
     * @param list<array{path: string, value: string, message: string}> $skipped
     */
    private function __construct(
        /** @internal */
        public readonly Handle $handle,
        private readonly array $skipped = [],
    ) {
    }

    /** Returns the principal of a guest, with the roles `any` and `guests`. */
    public static function guest(): self
    {
        return new self(Handle::create('principal', 'rolegate_principal_guest'));
    }

    /**
     * Returns the principal of a user, from Appwrite's JSON of the user or the same as an array.
     *
     * An absent or empty `$id` gives a guest.
     *
     * @param array<string, mixed>|string $user
     * @throws Denied with the type `user_blocked`
     * @throws InvalidJson
     */
    public static function fromUser(array|string $user): self
    {
        $json = Input::json($user);
        $handle = new Handle('principal');
        $skipped = new Buffer();
        Library::call('rolegate_principal_from_user', $json, \strlen($json), $handle->address(), $skipped->address());
        return new self($handle, $skipped->takeJson());
    }

    /**
     * Returns a principal with these roles and no others. `any` is not added.
     *
     * @param list<string> $roles
     * @throws Malformed with the position of the first malformed role
     * @throws InvalidUtf8
     */
    public static function fromRoles(array $roles): self
    {
        $input = new Texts($roles);
        return new self(Handle::create('principal', 'rolegate_principal_from_roles', $input->array, $input->count));
    }

    /**
     * Returns the principal of an API key that bypasses permissions. It may do everything.
     *
     * Call it only for a request whose key was verified.
     */
    public static function keyWithBypass(): self
    {
        return new self(Handle::create('principal', 'rolegate_principal_key_with_bypass'));
    }

    /**
     * Returns `true` if a list of permissions allows an action. Malformed permissions grant nothing.
     *
     * For many lists, use a `Matcher`.
     *
     * @param list<string> $permissions
     * @throws InvalidUtf8
     */
    public function can(Action $action, array $permissions): bool
    {
        $input = new Texts($permissions);
        $allowed = Library::new('uint8_t');
        $address = \FFI::addr($allowed);
        $pointer = $this->handle->pointer;
        Library::call('rolegate_principal_can', $pointer, $action->bit(), $input->array, $input->count, $address);
        return $allowed->cdata === 1;
    }

    /**
     * Explains why a list of permissions allows an action, or does not. It is much slower than `can`.
     *
     * @param list<string> $permissions
     * @throws InvalidUtf8
     */
    public function explain(Action $action, array $permissions): Explanation
    {
        $input = new Texts($permissions);
        $json = new Buffer();
        $pointer = $this->handle->pointer;
        $address = $json->address();
        Library::call('rolegate_principal_explain', $pointer, $action->bit(), $input->array, $input->count, $address);
        return Explanation::read($json);
    }

    /**
     * Checks the permissions that a request sets on a document. Returns the permissions to store, with `write`
     * expanded.
     *
     * A principal may name only roles that it has, unless it bypasses permissions. Null stands for a request without
     * permissions, which gets read, update and delete for the user.
     *
     * @param list<string>|null $permissions
     * @return list<string>
     * @throws Denied with the position of the first permission that may not be set
     * @throws InvalidUtf8
     */
    public function documentPermissions(?array $permissions): array
    {
        $json = new Buffer();
        $pointer = $this->handle->pointer;
        if ($permissions === null) {
            Library::call('rolegate_principal_default_permissions', $pointer, $json->address());
        } else {
            $input = new Texts($permissions);
            $address = $json->address();
            Library::call('rolegate_principal_document_permissions', $pointer, $input->array, $input->count, $address);
        }
        return $json->takeJson();
    }

    /** Returns `guest`, `user`, `roles` or `bypass`. */
    public function getKind(): string
    {
        return $this->describe()['kind'];
    }

    /** Returns the id of a user, and null for other principals. */
    public function getUserId(): ?string
    {
        return $this->describe()['userId'] ?? null;
    }

    /**
     * Returns the sorted roles.
     *
     * @return list<string>
     */
    public function getRoles(): array
    {
        return $this->describe()['roles'];
    }

    /** Returns `true` if the principal has a role. A principal that bypasses permissions has none. */
    public function hasRole(string|Role $role): bool
    {
        return \in_array((string) $role, $this->getRoles(), true);
    }

    /**
     * Returns the values of the user that give no role, such as an id with a space.
     *
     * @return list<array{path: string, value: string, message: string}>
     */
    public function getSkipped(): array
    {
        return $this->skipped;
    }

    /** @return array{kind: string, userId?: string, roles: list<string>} */
    private function describe(): array
    {
        if ($this->description === null) {
            $json = new Buffer();
            Library::call('rolegate_principal_json', $this->handle->pointer, $json->address());
            $this->description = $json->takeJson();
        }
        return $this->description;
    }
}
