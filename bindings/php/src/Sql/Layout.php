<?php

declare(strict_types=1);

namespace Rolegate\Sql;

use FFI;
use Rolegate\Action;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidLayout;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Principal;

/**
 * The place of permissions in a database with SQL.
 */
final class Layout
{
    private const PERMS = 1;
    private const COLUMN = 2;
    private const ACL = 3;

    private function __construct(
        private readonly Dialect $dialect,
        private readonly int $place,
        private readonly int $columnType,
        private readonly string $table,
        private readonly string $alias = '',
        private readonly string $column = '',
        private readonly ?int $tenant = null,
    ) {
    }

    /**
     * Returns the layout of Appwrite's table with one row for each document, action and role.
     */
    public static function perms(Dialect $dialect, string $table): self
    {
        return new self($dialect, self::PERMS, 0, $table);
    }

    /**
     * Returns the layout of a column of the documents with the list of permissions.
     */
    public static function column(Dialect $dialect, ColumnType $type): self
    {
        return new self($dialect, self::COLUMN, $type->value, '');
    }

    /**
     * Returns the layout of a column of the documents with the number of a list.
     *
     * @param string $prefix the prefix of the tables of lists
     */
    public static function acl(Dialect $dialect, string $prefix): self
    {
        return new self($dialect, self::ACL, 0, $prefix);
    }

    /** Returns the layout with the alias, or the name, of the documents' table in the query. */
    public function withAlias(string $alias): self
    {
        return $this->with($alias, $this->column, $this->tenant);
    }

    /** Returns the layout with another column than `_uid`, `_permissions` or `acl`. */
    public function withColumnName(string $column): self
    {
        return $this->with($this->alias, $column, $this->tenant);
    }

    /** Returns the layout with the only tenant whose documents match. */
    public function withTenant(int $tenant): self
    {
        return $this->with($this->alias, $this->column, $tenant);
    }

    /**
     * Writes the documents that an action is allowed on as a condition. Only permissions of documents decide. For the
     * documents of a collection, use `Collection::condition`.
     *
     * @param int $firstPlaceholder the number of the first placeholder. MariaDB does not number them
     * @throws InvalidLayout if a name is not possible
     * @throws InvalidUtf8
     * @throws InvalidArgument
     */
    public function condition(Principal $principal, Action $action, int $firstPlaceholder = 1): Condition
    {
        return $this->write('rolegate_sql_condition', [$principal->handle->pointer], $action, $firstPlaceholder);
    }

    /**
     * Writes a condition with a function of the library.
     *
     * @param list<FFI\CData> $pointers the arguments before the action
     * @internal
     */
    public function write(string $function, array $pointers, Action $action, int $firstPlaceholder): Condition
    {
        $texts = ['table' => $this->table, 'alias' => $this->alias, 'column' => $this->column];
        $memory = [];
        $layout = Library::new('rolegate_sql_layout');
        $layout->dialect = $this->dialect->value;
        $layout->place = $this->place;
        $layout->column_type = $this->columnType;
        foreach ($texts as $field => $text) {
            $memory[$field] = Library::copy('char', $text);
            $layout->$field->data = Library::pointer('char*', $memory[$field]);
            $layout->$field->len = \strlen($text);
        }
        if ($this->tenant !== null) {
            $memory['tenant'] = Library::new('int64_t');
            $memory['tenant']->cdata = $this->tenant;
            $layout->tenant = FFI::addr($memory['tenant']);
        }
        $json = new Buffer();
        $first = Input::unsigned('firstPlaceholder', $firstPlaceholder);
        Library::call($function, ...[...$pointers, $action->bit(), FFI::addr($layout), $first, $json->address()]);
        return Condition::read($json);
    }

    private function with(string $alias, string $column, ?int $tenant): self
    {
        return new self($this->dialect, $this->place, $this->columnType, $this->table, $alias, $column, $tenant);
    }
}
