<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * The documents that a listing may return. The values are those of the C interface.
 */
enum Listing: int
{
    /** Every document of the collection. */
    case EveryDocument = 1;
    /** The documents whose own permissions grant read. The caller must filter. */
    case FilterByDocument = 2;
}
