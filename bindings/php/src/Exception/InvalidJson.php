<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A text is not JSON, or not JSON of the expected shape.
 */
final class InvalidJson extends Exception
{
}
