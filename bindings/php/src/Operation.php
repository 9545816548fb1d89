<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * An operation on a collection or on one of its documents. The values are those of the C interface.
 */
enum Operation: int
{
    case Get = 1;
    case Update = 2;
    /** An update that changes nothing. It needs read instead of update. */
    case UpdateWithoutChanges = 3;
    case Delete = 4;
    /** Permissions of documents do not count. */
    case Create = 5;
}
