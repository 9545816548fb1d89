<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * The shared library cannot be loaded, or has another version.
 */
final class LibraryNotLoaded extends Exception
{
}
