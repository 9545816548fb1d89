<?php

declare(strict_types=1);

namespace Rolegate;

use FFI\CData;

/**
 * The visible documents of some JSON, with counts.
 */
final class FilteredJson implements \Stringable
{
    private function __construct(
        public readonly string $json,
        /** The format of the input. */
        public readonly JsonFormat $format,
        /** Documents that were kept. This is also the new `total`. */
        public readonly int $visible,
        /** Documents that were removed. */
        public readonly int $removed,
        /** Nested documents that were removed. */
        public readonly int $nestedRemoved,
        /** Documents without readable permissions. */
        public readonly int $withoutPermissions,
        /** Elements that are not objects. */
        public readonly int $notObjects,
        /** Malformed permissions, which grant nothing. */
        public readonly int $malformedPermissions,
    ) {
    }

    /** @internal */
    public static function read(string $json, CData $report): self
    {
        return new self(
            $json,
            JsonFormat::from($report->format),
            $report->visible,
            $report->removed,
            $report->nested_removed,
            $report->without_permissions,
            $report->not_objects,
            $report->malformed_permissions,
        );
    }

    public function __toString(): string
    {
        return $this->json;
    }
}
