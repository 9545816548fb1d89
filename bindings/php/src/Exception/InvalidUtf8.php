<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A text is not UTF-8. `$start` is the first wrong byte.
 */
final class InvalidUtf8 extends Exception
{
}
