<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A name or a type is not possible in the database.
 */
final class InvalidLayout extends Exception
{
}
