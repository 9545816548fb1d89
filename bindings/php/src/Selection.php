<?php

declare(strict_types=1);

namespace Rolegate;

use FFI;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;

/**
 * The selected documents of a column. `Visibility::filter` fills it.
 *
 * @implements \IteratorAggregate<int, int>
 */
final class Selection implements \Countable, \IteratorAggregate
{
    /** The number of positions that an iteration reads at a time. */
    private const PAGE = 4096;

    /** @internal */
    public readonly Handle $handle;

    /** Creates an empty selection. */
    public function __construct()
    {
        $this->handle = Handle::create('selection', 'rolegate_selection_new');
    }

    /** Returns the number of selected documents. */
    public function count(): int
    {
        $selected = Library::new('size_t');
        Library::call('rolegate_selection_count', $this->handle->pointer, null, FFI::addr($selected));
        return $selected->cdata;
    }

    /** Returns the number of all documents. */
    public function documents(): int
    {
        $documents = Library::new('size_t');
        Library::call('rolegate_selection_count', $this->handle->pointer, FFI::addr($documents), null);
        return $documents->cdata;
    }

    /**
     * Returns the positions of selected documents in ascending order.
     *
     * @param int $from the first position to return. For the next page, pass the last position plus 1
     * @param int|null $limit the largest number of positions. Null stands for all
     * @return list<int>
     * @throws InvalidArgument
     */
    public function positions(int $from = 0, ?int $limit = null): array
    {
        $count = $this->count();
        $capacity = $limit === null ? $count : \min($count, Input::unsigned('limit', $limit));
        if ($capacity === 0) {
            return [];
        }
        $positions = Library::new("uint32_t[$capacity]");
        $written = Library::new('size_t');
        $address = Library::pointer('uint32_t*', $positions);
        $arguments = [Input::unsigned('from', $from), $address, $capacity, FFI::addr($written)];
        Library::call('rolegate_selection_positions', $this->handle->pointer, ...$arguments);
        $bytes = FFI::string(Library::pointer('char*', $positions), $written->cdata * 4);
        return $bytes === '' ? [] : \array_values(\unpack('L*', $bytes));
    }

    /**
     * Returns the selected documents. Documents stand in the order of the column, and their keys are ignored.
     *
     * @template TDocument
     * @param array<array-key, TDocument> $documents
     * @return list<TDocument>
     * @throws InvalidArgument if the column had another number of documents
     */
    public function pick(array $documents): array
    {
        if (\count($documents) !== $this->documents()) {
            $message = "expected {$this->documents()} documents, found " . \count($documents);
            throw new InvalidArgument($message);
        }
        $documents = \array_values($documents);
        $picked = [];
        foreach ($this->positions() as $position) {
            $picked[] = $documents[$position];
        }
        return $picked;
    }

    /**
     * Returns one bit for each document: document `i` is bit `i % 8` of byte `i / 8`, from the lowest bit.
     */
    public function bitmap(): string
    {
        $len = \intdiv($this->documents() + 7, 8);
        if ($len === 0) {
            return '';
        }
        $bitmap = Library::new("uint8_t[$len]");
        Library::call('rolegate_selection_bitmap', $this->handle->pointer, Library::pointer('uint8_t*', $bitmap), $len);
        return FFI::string($bitmap, $len);
    }

    /**
     * Iterates over the positions of selected documents in ascending order.
     *
     * @return \Generator<int, int>
     */
    public function getIterator(): \Generator
    {
        $from = 0;
        do {
            $page = $this->positions($from, self::PAGE);
            foreach ($page as $position) {
                yield $position;
                $from = $position + 1;
            }
        } while ($page !== []);
    }
}
