<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A text is not a permission or a role. `$start` and `$end` mark the wrong bytes.
 */
final class Malformed extends Exception
{
}
