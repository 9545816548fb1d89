<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;

/**
 * A byte string that the library returns.
 *
 * @internal
 */
final class Buffer
{
    private readonly CData $buffer;

    public function __construct()
    {
        $this->buffer = Library::new('rolegate_buffer');
        Live::add($this);
    }

    /** Returns the out-parameter that the library fills. */
    public function address(): CData
    {
        return FFI::addr($this->buffer);
    }

    /**
     * Returns the bytes, and frees them.
     */
    public function take(): string
    {
        try {
            return $this->buffer->len === 0 ? '' : FFI::string($this->buffer->data, $this->buffer->len);
        } finally {
            $this->free();
        }
    }

    /**
     * Returns the value of the bytes as JSON, and frees them.
     *
     * @return array<array-key, mixed>
     */
    public function takeJson(): array
    {
        return \json_decode($this->take(), true, 512, \JSON_THROW_ON_ERROR);
    }

    public function free(): void
    {
        // Freeing an empty buffer does nothing.
        Library::ffi()->rolegate_buffer_free(FFI::addr($this->buffer));
    }

    public function __destruct()
    {
        $this->free();
    }

    private function __clone()
    {
    }
}
