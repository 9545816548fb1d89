<?php

declare(strict_types=1);

namespace Rolegate\Sql;

/**
 * A database with SQL. The values are those of the C interface.
 */
enum Dialect: int
{
    case Sqlite = 1;
    case Postgres = 2;
    /** MariaDB and MySQL. */
    case MariaDb = 3;
    case DuckDb = 4;
}
