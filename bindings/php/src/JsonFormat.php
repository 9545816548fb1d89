<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * The format of JSON. The values are those of the C interface.
 */
enum JsonFormat: int
{
    /** The library detects the format. */
    case Detect = 0;
    /** A list response: `{"total": 2, "documents": [...]}` */
    case List = 1;
    /** An array of documents. */
    case Array = 2;
    /** One document on each line. */
    case Lines = 3;
}
