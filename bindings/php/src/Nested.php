<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * The treatment of documents inside of documents. The values are those of the C interface.
 */
enum Nested: int
{
    /** A nested document is a part of its document. */
    case Keep = 0;
    /** A nested document that is not visible is removed. */
    case Filter = 1;
}
