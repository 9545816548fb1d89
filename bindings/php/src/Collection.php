<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Exception\Denied;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidLayout;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Internal\Texts;
use Rolegate\Sql\Condition;
use Rolegate\Sql\Layout;

/**
 * The settings of a collection that decide on access. It never changes.
 */
final class Collection
{
    private function __construct(
        /** @internal */
        public readonly Handle $handle,
        /** The malformed permissions of the collection, which grant nothing. */
        public readonly MalformedPermissions $malformed,
    ) {
    }

    /**
     * Reads Appwrite's JSON of a collection or table, or the same as an array: `$permissions`, `documentSecurity` or
     * `rowSecurity`, and `enabled`. Other fields are ignored.
     *
     * @param array<string, mixed>|string $settings
     * @throws InvalidJson
     */
    public static function from(array|string $settings): self
    {
        $json = Input::json($settings);
        $handle = new Handle('collection');
        $count = Library::new('size_t');
        $malformed = new Buffer();
        $arguments = [$handle->address(), \FFI::addr($count), $malformed->address()];
        Library::call('rolegate_collection_from_json', $json, \strlen($json), ...$arguments);
        return new self($handle, MalformedPermissions::read($count->cdata, $malformed));
    }

    /**
     * Returns the documents that a listing may return.
     *
     * @throws Denied if the principal may not list at all
     */
    public function list(Principal $principal): Listing
    {
        $listing = Library::new('uint32_t');
        $arguments = [$principal->handle->pointer, \FFI::addr($listing)];
        Library::call('rolegate_collection_list', $this->handle->pointer, ...$arguments);
        return Listing::from($listing->cdata);
    }

    /**
     * Checks that a principal may do an operation on a document with these stored permissions.
     *
     * @param list<string> $permissions
     * @throws Denied with the type `document_not_found` if the principal must not learn that the document exists
     * @throws InvalidUtf8
     */
    public function check(Principal $principal, Operation $operation, array $permissions = []): void
    {
        $input = new Texts($permissions);
        $arguments = [$principal->handle->pointer, $operation->value, $input->array, $input->count];
        Library::call('rolegate_collection_check', $this->handle->pointer, ...$arguments);
    }

    /**
     * Returns `true` if `check` throws no `Denied`.
     *
     * @param list<string> $permissions
     * @throws InvalidUtf8
     */
    public function allows(Principal $principal, Operation $operation, array $permissions = []): bool
    {
        try {
            $this->check($principal, $operation, $permissions);
            return true;
        } catch (Denied) {
            return false;
        }
    }

    /**
     * Creates a matcher for documents of the collection. It allows every list if the collection grants the action.
     *
     * @throws Denied if the collection allows no listing
     */
    public function matcher(Principal $principal, Action $action): Matcher
    {
        return Matcher::forCollection($this, $principal, $action);
    }

    /**
     * Finds the lists of a table that allow an action to a principal on documents of the collection. Every document is
     * visible if the collection grants the action.
     *
     * @throws Denied if the collection allows no listing
     */
    public function visibility(Principal $principal, Action $action, Table $table): Visibility
    {
        $pointers = [$this->handle->pointer, $principal->handle->pointer];
        $arguments = [...$pointers, $action->bit(), $table->handle->pointer];
        return new Visibility(Handle::create('visibility', 'rolegate_collection_visibility', ...$arguments));
    }

    /**
     * Writes the documents of the collection that an action is allowed on as a condition in SQL. The plan is
     * `everything` if the collection grants the action.
     *
     * @param int $firstPlaceholder the number of the first placeholder. MariaDB does not number them
     * @throws Denied if the collection allows no listing
     * @throws InvalidLayout if a name is not possible
     * @throws InvalidUtf8
     * @throws InvalidArgument
     */
    public function condition(
        Principal $principal,
        Action $action,
        Layout $layout,
        int $firstPlaceholder = 1,
    ): Condition {
        $pointers = [$this->handle->pointer, $principal->handle->pointer];
        return $layout->write('rolegate_collection_sql_condition', $pointers, $action, $firstPlaceholder);
    }

    /**
     * Explains why a principal may do an action on a document of the collection, or may not.
     *
     * @param list<string> $permissions
     * @throws InvalidUtf8
     */
    public function explain(Principal $principal, Action $action, array $permissions = []): Explanation
    {
        $input = new Texts($permissions);
        $json = new Buffer();
        $arguments = [$principal->handle->pointer, $action->bit(), $input->array, $input->count, $json->address()];
        Library::call('rolegate_collection_explain', $this->handle->pointer, ...$arguments);
        return Explanation::read($json);
    }
}
