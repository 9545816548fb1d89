<?php

declare(strict_types=1);

namespace Rolegate\Sql;

/**
 * The type of a column that holds a list of permissions. The values are those of the C interface.
 */
enum ColumnType: int
{
    /** A JSON array, in a column of any text or JSON type. */
    case Json = 1;
    /** `jsonb` of PostgreSQL. */
    case Jsonb = 2;
    /** `text[]` of PostgreSQL. */
    case TextArray = 3;
    /** `VARCHAR[]` of DuckDB. */
    case List = 4;
}
