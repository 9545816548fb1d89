<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * An argument is out of range.
 */
final class InvalidArgument extends Exception
{
}
