<?php

declare(strict_types=1);

namespace Rolegate;

use FFI;
use Rolegate\Exception\Full;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Internal\PackedLists;
use Rolegate\Internal\Texts;

/**
 * One list of a table for each document. Documents have the positions from 0, in the order in which they were appended.
 */
final class Column implements \Countable
{
    /** @internal */
    public readonly Handle $handle;

    /** Creates a column without documents. */
    public function __construct()
    {
        $this->handle = Handle::create('column', 'rolegate_column_new');
    }

    /** Returns the number of documents. */
    public function count(): int
    {
        $len = Library::new('size_t');
        Library::call('rolegate_column_len', $this->handle->pointer, FFI::addr($len));
        return $len->cdata;
    }

    /**
     * Compiles lists in a table, and appends a document for each list. Malformed permissions grant nothing. Takes time
     * in proportion to the bytes.
     *
     * @param array<array-key, list<string>> $lists
     * @throws Full if the table is full. No document is appended then
     * @throws InvalidUtf8 with the positions of the list, the text and the byte
     */
    public function append(Table $table, array $lists): MalformedPermissions
    {
        $input = new PackedLists($lists);
        $count = Library::new('size_t');
        $first = new Buffer();
        $arguments = [$table->handle->pointer, $input->address(), FFI::addr($count), $first->address()];
        Library::call('rolegate_column_append_packed', $this->handle->pointer, ...$arguments);
        return MalformedPermissions::read($count->cdata, $first);
    }

    /**
     * Compiles lists in a table, and appends a document for each list.
     *
     * @param array<array-key, list<string>> $lists
     * @throws Malformed with the positions of the list and the text. No document is appended then
     * @throws Full if the table is full. No document is appended then
     * @throws InvalidUtf8
     */
    public function appendStrict(Table $table, array $lists): void
    {
        $offset = 0;
        $offsets = \pack('Q', 0);
        foreach ($lists as $list) {
            $offset += \count($list);
            $offsets .= \pack('Q', $offset);
        }
        $texts = new Texts(\array_merge(...\array_map('array_values', \array_values($lists))));
        $memory = Library::copy('size_t', $offsets);
        $input = Library::new('rolegate_lists');
        $input->texts = Library::pointer('rolegate_bytes*', $texts->array);
        $input->text_count = $texts->count;
        $input->offsets = Library::pointer('size_t*', $memory);
        $input->count = \count($lists);
        $arguments = [$table->handle->pointer, FFI::addr($input)];
        Library::call('rolegate_column_append_strict', $this->handle->pointer, ...$arguments);
    }

    /**
     * Replaces the list of a document.
     *
     * @param list<string> $permissions
     * @throws Malformed with the position of the first malformed permission
     * @throws Full if the table is full
     * @throws InvalidArgument if there is no such document
     * @throws InvalidUtf8
     */
    public function set(int $position, Table $table, array $permissions): void
    {
        $input = new Texts($permissions);
        $arguments = [Input::unsigned('position', $position), $table->handle->pointer, $input->array, $input->count];
        Library::call('rolegate_column_set', $this->handle->pointer, ...$arguments);
    }

    /**
     * Removes a document. The last document takes its place.
     *
     * @throws InvalidArgument if there is no such document
     */
    public function swapRemove(int $position): void
    {
        Library::call('rolegate_column_swap_remove', $this->handle->pointer, Input::unsigned('position', $position));
    }
}
