<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * The library failed. Later calls with a table, column or selection that was changing fail too.
 */
final class LibraryFailed extends Exception
{
}
