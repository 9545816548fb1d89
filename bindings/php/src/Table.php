<?php

declare(strict_types=1);

namespace Rolegate;

use FFI;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;

/**
 * The distinct lists of a collection, compiled. A table only grows: to give memory back, compile the present lists in a
 * new one.
 */
final class Table implements \Countable
{
    private const MAX = 0xFFFF_FFFF;

    /** @internal */
    public readonly Handle $handle;

    /**
     * Creates an empty table. Zero stands for the largest limit.
     *
     * @param int $lists distinct lists
     * @param int $roles distinct roles
     * @param int $grants grants of all lists together
     * @param int $roleBytes bytes of the texts of all roles together
     * @throws InvalidArgument
     */
    public function __construct(int $lists = 0, int $roles = 0, int $grants = 0, int $roleBytes = 0)
    {
        $limits = Library::new('rolegate_table_limits');
        $limits->lists = Input::unsigned('lists', $lists, self::MAX);
        $limits->roles = Input::unsigned('roles', $roles, self::MAX);
        $limits->grants = Input::unsigned('grants', $grants, self::MAX);
        $limits->role_bytes = Input::unsigned('roleBytes', $roleBytes, self::MAX);
        $this->handle = Handle::create('table', 'rolegate_table_new', FFI::addr($limits));
    }

    /** Returns the number of distinct lists. */
    public function count(): int
    {
        $lists = Library::new('size_t');
        Library::call('rolegate_table_size', $this->handle->pointer, FFI::addr($lists), null);
        return $lists->cdata;
    }

    /** Returns the memory in bytes. */
    public function memory(): int
    {
        $memory = Library::new('size_t');
        Library::call('rolegate_table_size', $this->handle->pointer, null, FFI::addr($memory));
        return $memory->cdata;
    }

    /**
     * Finds the lists that allow an action to a principal. Only permissions of documents decide. For the documents of a
     * collection, use `Collection::visibility`.
     *
     * Takes time in proportion to the lists that the roles of the principal reach.
     */
    public function resolve(Principal $principal, Action $action): Visibility
    {
        $arguments = [$this->handle->pointer, $principal->handle->pointer, $action->bit()];
        return new Visibility(Handle::create('visibility', 'rolegate_visibility_new', ...$arguments));
    }
}
