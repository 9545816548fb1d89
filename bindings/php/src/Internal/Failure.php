<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;
use Rolegate\Exception;

/**
 * Conversion of errors to exceptions.
 *
 * @internal
 */
final class Failure
{
    /**
     * Reads an error, and frees it.
     */
    public static function read(FFI $ffi, int $status, CData $error): Exception
    {
        $class = self::exception($status);
        try {
            $info = $ffi->new('rolegate_error_info');
            if ($ffi->rolegate_error_read($error, FFI::addr($info)) !== 0) {
                return new $class("the library returned status $status");
            }
            return new $class(
                FFI::string($info->message->data, $info->message->len),
                self::text($info->kind),
                self::text($info->hint),
                $info->http_status === 0 ? null : $info->http_status,
                self::text($info->error_type),
                self::number($info->list),
                self::number($info->text),
                self::number($info->start),
                self::number($info->end),
                self::number($info->line),
                self::number($info->column),
            );
        } finally {
            $ffi->rolegate_error_free($error);
        }
    }

    /** @return class-string<Exception> */
    private static function exception(int $status): string
    {
        // The numbers are those of `rolegate_status`.
        return match ($status) {
            3, 4 => Exception\InvalidArgument::class,
            5 => Exception\InvalidUtf8::class,
            6 => Exception\Malformed::class,
            7 => Exception\InvalidJson::class,
            8 => Exception\Denied::class,
            9 => Exception\Full::class,
            10 => Exception\InvalidToken::class,
            11 => Exception\InvalidLayout::class,
            default => Exception\LibraryFailed::class,
        };
    }

    private static function text(CData $bytes): ?string
    {
        return $bytes->len === 0 ? null : FFI::string($bytes->data, $bytes->len);
    }

    private static function number(int $number): ?int
    {
        // `ROLEGATE_NONE` is the largest number of 64 bits, which is -1 in PHP.
        return $number === -1 ? null : $number;
    }
}
