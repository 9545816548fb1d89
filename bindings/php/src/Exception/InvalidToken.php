<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A token is invalid, or cannot be created. `$kind` has the reason.
 */
final class InvalidToken extends Exception
{
}
