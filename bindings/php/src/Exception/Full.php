<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * A limit was reached.
 */
final class Full extends Exception
{
}
