<?php

declare(strict_types=1);

namespace Rolegate\Internal;

/**
 * What the library allocated for this request and what is not freed yet.
 *
 * PHP runs no destructors after a fatal error, such as a reached memory limit. A server would then leak the memory
 * of the request, because the library outlives it.
 *
 * @internal
 */
final class Live
{
    private const FATAL = \E_ERROR | \E_CORE_ERROR | \E_COMPILE_ERROR | \E_USER_ERROR | \E_RECOVERABLE_ERROR;

    /** @var \WeakMap<Handle|Buffer, true>|null */
    private static ?\WeakMap $owners = null;

    /** Starts to watch for the end of the request. */
    public static function start(): void
    {
        if (self::$owners === null) {
            self::$owners = new \WeakMap();
            \register_shutdown_function(self::end(...));
        }
    }

    /** Notes what must be freed. */
    public static function add(Handle|Buffer $owner): void
    {
        if (self::$owners !== null) {
            self::$owners[$owner] = true;
        }
    }

    /** Frees what is left after a fatal error. */
    private static function end(): void
    {
        $error = \error_get_last();
        if ($error === null || ($error['type'] & self::FATAL) === 0) {
            return;
        }
        foreach (self::$owners ?? [] as $owner => $_) {
            $owner->free();
        }
    }
}
