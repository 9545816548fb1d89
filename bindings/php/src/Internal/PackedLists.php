<?php

declare(strict_types=1);

namespace Rolegate\Internal;

use FFI;
use FFI\CData;

/**
 * Lists of permissions in memory of C, as `rolegate_packed_lists`.
 *
 * @internal
 */
final class PackedLists
{
    /** The largest number of arguments in one call of `pack`. */
    private const MAX_ARGUMENTS = 8192;

    public readonly int $count;
    private readonly CData $lists;
    private readonly ?CData $bytes;
    private readonly ?CData $textLens;
    private readonly ?CData $listLens;

    /**
     * @param array<array-key, array<array-key, string>> $lists
     * @throws \TypeError if a permission is not a string, or a list is not an array
     */
    public function __construct(array $lists)
    {
        $bytes = '';
        $textLens = [];
        $listLens = [];
        foreach ($lists as $list) {
            if (!\is_array($list)) {
                throw self::wrongType('list ' . \count($listLens), 'array', $list);
            }
            foreach ($list as $text) {
                if (!\is_string($text)) {
                    throw self::wrongType('a text of list ' . \count($listLens), 'string', $text);
                }
                $textLens[] = \strlen($text);
            }
            $listLens[] = \count($list);
            $bytes .= \implode('', $list);
        }
        $this->count = \count($listLens);
        $this->bytes = Library::copy('char', $bytes);
        $this->textLens = Library::copy('uint32_t', self::pack($textLens));
        $this->listLens = Library::copy('uint32_t', self::pack($listLens));
        $this->lists = Library::new('rolegate_packed_lists');
        $this->lists->bytes = Library::pointer('char*', $this->bytes);
        $this->lists->len = \strlen($bytes);
        $this->lists->text_lens = Library::pointer('uint32_t*', $this->textLens);
        $this->lists->text_count = \count($textLens);
        $this->lists->list_lens = Library::pointer('uint32_t*', $this->listLens);
        $this->lists->count = $this->count;
    }

    public function address(): CData
    {
        return FFI::addr($this->lists);
    }

    /** @param list<int> $numbers */
    private static function pack(array $numbers): string
    {
        if (\count($numbers) <= self::MAX_ARGUMENTS) {
            return \pack('L*', ...$numbers);
        }
        $packed = '';
        foreach (\array_chunk($numbers, self::MAX_ARGUMENTS) as $chunk) {
            $packed .= \pack('L*', ...$chunk);
        }
        return $packed;
    }

    private static function wrongType(string $what, string $expected, mixed $found): \TypeError
    {
        return new \TypeError("$what must be of type $expected, " . \get_debug_type($found) . ' given');
    }
}
