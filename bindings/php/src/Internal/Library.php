<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;
use Rolegate\Exception;
use Rolegate\Exception\LibraryNotLoaded;

/**
 * The shared library, and calls of its functions.
 *
 * Memory that a call uses belongs to that call. A signal handler or a coroutine that runs between two steps of a
 * call can therefore not change its input or its answer.
 *
 * @internal
 */
final class Library
{
    private const ABI_VERSION = 1;
    private const SCOPE = 'ROLEGATE';
    private const FILE = 'librolegate.so.1';

    private static ?FFI $ffi = null;

    /**
     * Returns the library, and loads it first if necessary.
     *
     * @throws LibraryNotLoaded
     */
    public static function ffi(): FFI
    {
        return self::$ffi ??= self::load();
    }

    /**
     * Calls a function whose last parameter is the error.
     *
     * @throws Exception if the function fails
     */
    public static function call(string $function, mixed ...$arguments): void
    {
        $ffi = self::ffi();
        $error = $ffi->new('rolegate_error*');
        $arguments[] = FFI::addr($error);
        $status = $ffi->$function(...$arguments);
        if ($status !== 0) {
            throw Failure::read($ffi, $status, $error);
        }
    }

    /** Creates memory for one value of a C type, or for an array of them. The memory is set to zero. */
    public static function new(string $type): CData
    {
        return self::ffi()->new($type);
    }

    /**
     * Creates a copy of bytes. Null stands for no bytes, because C has no empty arrays.
     */
    public static function copy(string $type, string $bytes): ?CData
    {
        $len = \strlen($bytes);
        if ($len === 0) {
            return null;
        }
        $ffi = self::ffi();
        $copy = $ffi->new($type . '[' . \intdiv($len, FFI::sizeof($ffi->type($type))) . ']');
        FFI::memcpy($copy, $bytes, $len);
        return $copy;
    }

    /** Returns the address of memory as a pointer of a C type. */
    public static function pointer(string $type, ?CData $memory): ?CData
    {
        return $memory === null ? null : self::ffi()->cast($type, FFI::addr($memory));
    }

    /**
     * Returns the declarations for `FFI::load`, with the path of the library.
     */
    public static function header(): string
    {
        $scope = '#define FFI_SCOPE "' . self::SCOPE . '"';
        $library = '#define FFI_LIB "' . self::path() . '"';
        return "$scope\n$library\n" . self::declarations();
    }

    /** Returns `true` if the server loaded the library at its start. */
    public static function isPreloaded(): bool
    {
        return self::preloaded() !== null;
    }

    /**
     * Loads the library for all requests of a server. Works in the script of `opcache.preload` only.
     *
     * @throws LibraryNotLoaded
     */
    public static function preload(): void
    {
        // FFI::load takes a file, and a relative path of the library would depend on the current folder.
        $file = \tempnam(\sys_get_temp_dir(), 'rolegate');
        if ($file === false || \file_put_contents($file, self::header()) === false) {
            throw new LibraryNotLoaded('the declarations cannot be written to a file');
        }
        try {
            FFI::load($file);
        } catch (\FFI\Exception $exception) {
            throw new LibraryNotLoaded($exception->getMessage());
        } finally {
            \unlink($file);
        }
    }

    private static function load(): FFI
    {
        if (!\extension_loaded('ffi')) {
            throw new LibraryNotLoaded('the extension ffi is missing');
        }
        $ffi = self::preloaded();
        if ($ffi === null) {
            try {
                $ffi = FFI::cdef(self::declarations(), self::path());
            } catch (\FFI\Exception $exception) {
                throw new LibraryNotLoaded($exception->getMessage());
            }
        }
        $version = $ffi->rolegate_abi_version();
        if ($version !== self::ABI_VERSION) {
            throw new LibraryNotLoaded('expected version ' . self::ABI_VERSION . " of the interface, found $version");
        }
        Live::start();
        return $ffi;
    }

    private static function preloaded(): ?FFI
    {
        try {
            return FFI::scope(self::SCOPE);
        } catch (\FFI\Exception) {
            return null;
        }
    }

    private static function declarations(): string
    {
        $file = \dirname(__DIR__, 2) . '/include/rolegate.h';
        $text = \is_file($file) ? \file_get_contents($file) : false;
        return $text !== false ? $text : throw new LibraryNotLoaded("$file cannot be read");
    }

    /** Returns the path of the library in the package, or the name of the library of the system. */
    private static function path(): string
    {
        $file = \dirname(__DIR__, 2) . '/lib/' . self::FILE;
        return \is_file($file) ? $file : self::FILE;
    }
}
