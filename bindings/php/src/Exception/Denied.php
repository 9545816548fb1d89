<?php

declare(strict_types=1);

namespace Rolegate\Exception;

use Rolegate\Exception;

/**
 * The principal may not do the operation. `$httpStatus` and `$type` are those of Appwrite's answer.
 */
final class Denied extends Exception
{
}
