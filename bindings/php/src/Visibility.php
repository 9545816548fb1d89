<?php

declare(strict_types=1);

namespace Rolegate;

use Rolegate\Internal\Handle;
use Rolegate\Internal\Library;

/**
 * The lists of a table that allow a principal an action. It never changes. `Table::resolve` and
 * `Collection::visibility` create it.
 */
final class Visibility
{
    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
    }

    /**
     * Selects the visible documents of a column. Documents of another table are not selected. Takes about the time of
     * reading the column, which has 1 to 4 bytes for each document.
     *
     * @param Selection|null $into a selection whose content is replaced, to use its memory again
     */
    public function filter(Column $column, ?Selection $into = null): Selection
    {
        $into ??= new Selection();
        $pointers = [$this->handle->pointer, $column->handle->pointer, $into->handle->pointer];
        Library::call('rolegate_visibility_filter', ...$pointers);
        return $into;
    }
}
