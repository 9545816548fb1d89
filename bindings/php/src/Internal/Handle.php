<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;

/**
 * An object of the library. It is freed when the last PHP object that uses it is gone.
 *
 * @internal
 */
final class Handle
{
    public readonly CData $pointer;

    /**
     * Creates the place for an object, which a call then fills through `address`.
     *
     * @param string $kind the name of the object in C, such as `principal`
     */
    public function __construct(private readonly string $kind)
    {
        $this->pointer = Library::new("rolegate_$kind*");
        Live::add($this);
    }

    /**
     * Creates an object with a function whose last parameter before the error is the object.
     *
     * @throws \Rolegate\Exception if the function fails
     */
    public static function create(string $kind, string $function, mixed ...$arguments): self
    {
        $handle = new self($kind);
        $arguments[] = $handle->address();
        Library::call($function, ...$arguments);
        return $handle;
    }

    /** Returns the out-parameter that the library fills. */
    public function address(): CData
    {
        return FFI::addr($this->pointer);
    }

    public function free(): void
    {
        if (!FFI::isNull($this->pointer)) {
            Library::ffi()->{"rolegate_{$this->kind}_free"}($this->pointer);
        }
    }

    public function __destruct()
    {
        $this->free();
    }

    private function __clone()
    {
    }
}
