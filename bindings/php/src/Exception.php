<?php

declare(strict_types=1);

namespace Rolegate;

/**
 * The base of every exception of this library. Positions are counted from 0, and bytes too.
 */
class Exception extends \RuntimeException
{
    /**
     * @param string $message a sentence in lower case
     * @param string|null $kind the name of the kind in the documentation of the Rust crate, such as `UnknownRole`
     * @param string|null $hint what to write instead
     * @param int|null $httpStatus the status with which a server answers
     * @param string|null $type Appwrite's type of the error, such as `document_not_found`
     * @param int|null $listPosition the position of the list among the lists
     * @param int|null $textPosition the position of the text in its list, or among the texts
     * @param int|null $start the first wrong byte of the text
     * @param int|null $end the first byte after the mistake, which equals `$start` if a part is missing
     * @param int|null $jsonLine the line in JSON, from 1
     * @param int|null $jsonColumn the column in JSON, from 1
     */
    final public function __construct(
        string $message,
        public readonly ?string $kind = null,
        public readonly ?string $hint = null,
        public readonly ?int $httpStatus = null,
        public readonly ?string $type = null,
        public readonly ?int $listPosition = null,
        public readonly ?int $textPosition = null,
        public readonly ?int $start = null,
        public readonly ?int $end = null,
        public readonly ?int $jsonLine = null,
        public readonly ?int $jsonColumn = null,
    ) {
        parent::__construct($message);
    }
}
