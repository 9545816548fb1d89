<?php

declare(strict_types=1);

namespace Rolegate;

use FFI;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Handle;
use Rolegate\Internal\Input;
use Rolegate\Internal\Library;
use Rolegate\Internal\PackedLists;
use Rolegate\Internal\Texts;

/**
 * A principal and an action, prepared to test documents that are seen once. It never changes.
 *
 * `Collection::matcher` creates a matcher that also knows the settings of a collection.
 */
final class Matcher
{
    private function __construct(private readonly Handle $handle)
    {
    }

    /** Creates a matcher. Takes time in proportion to the roles of the principal. */
    public static function for(Principal $principal, Action $action): self
    {
        return new self(Handle::create('matcher', 'rolegate_matcher_new', $principal->handle->pointer, $action->bit()));
    }

    /**
     * Creates a matcher for documents of a collection.
     *
     * @throws Exception\Denied if the collection allows no listing
     * @internal
     */
    public static function forCollection(Collection $collection, Principal $principal, Action $action): self
    {
        $arguments = [$collection->handle->pointer, $principal->handle->pointer, $action->bit()];
        return new self(Handle::create('matcher', 'rolegate_collection_matcher', ...$arguments));
    }

    /**
     * Returns `true` if a list of permissions allows the action. Malformed permissions grant nothing.
     *
     * @param list<string> $permissions
     * @throws InvalidUtf8
     */
    public function isValid(array $permissions): bool
    {
        return $this->answers([$permissions]) === "\1";
    }

    /**
     * Tests the permissions of a page of documents. Keys are kept. Takes time in proportion to the bytes.
     *
     * @template TKey of array-key
     * @param array<TKey, list<string>> $lists
     * @return array<TKey, bool>
     * @throws InvalidUtf8 with the positions of the list, the text and the byte
     */
    public function test(array $lists): array
    {
        $answers = $this->answers($lists);
        // A new array, because elements of the old one can be references to variables of the caller.
        $allowed = [];
        $position = 0;
        foreach ($lists as $key => $_) {
            $allowed[$key] = $answers[$position++] === "\1";
        }
        return $allowed;
    }

    /**
     * Returns the visible documents of a page. Keys are kept. A document without `$permissions` has an empty list.
     *
     * @template TKey of array-key
     * @template TDocument of array<string, mixed>|\ArrayAccess<string, mixed>
     * @param array<TKey, TDocument> $documents
     * @return array<TKey, TDocument>
     * @throws InvalidUtf8 with the positions of the document, the text and the byte
     */
    public function filter(array $documents): array
    {
        $lists = [];
        foreach ($documents as $document) {
            $lists[] = $document['$permissions'] ?? [];
        }
        $answers = $this->answers($lists);
        $visible = [];
        $position = 0;
        foreach ($documents as $key => $document) {
            if ($answers[$position++] === "\1") {
                $visible[$key] = $document;
            }
        }
        return $visible;
    }

    /**
     * Filters JSON: documents in, visible documents out. Bytes of visible documents stay as they are.
     *
     * The input is a list response, an array of documents, or newline-delimited JSON. A number `total` of a list
     * response becomes the number of visible documents. Takes time in proportion to the bytes.
     *
     * @param list<string> $listKeys keys under which a list response may have its documents, besides `documents` and
     *     `rows`
     * @param int $maxDocumentLength the maximum length of a document in bytes. Zero stands for 16 MiB
     * @throws InvalidJson with line, column and byte
     * @throws InvalidUtf8
     * @throws InvalidArgument
     */
    public function filterJson(
        string $json,
        JsonFormat $format = JsonFormat::Detect,
        Nested $nested = Nested::Keep,
        array $listKeys = [],
        int $maxDocumentLength = 0,
    ): FilteredJson {
        $keys = new Texts($listKeys);
        $options = Library::new('rolegate_json_options');
        $options->format = $format->value;
        $options->nested = $nested->value;
        $options->list_keys = Library::pointer('rolegate_bytes*', $keys->array);
        $options->list_key_count = $keys->count;
        $options->max_document_len = Input::unsigned('maxDocumentLength', $maxDocumentLength);
        $report = Library::new('rolegate_json_report');
        $output = new Buffer();
        $arguments = [FFI::addr($options), $output->address(), FFI::addr($report)];
        Library::call('rolegate_json_filter', $this->handle->pointer, $json, \strlen($json), ...$arguments);
        return FilteredJson::read($output->take(), $report);
    }

    /**
     * Returns a byte for each list: 1 if it allows the action, else 0.
     *
     * @param array<array-key, list<string>> $lists
     */
    private function answers(array $lists): string
    {
        $input = new PackedLists($lists);
        if ($input->count === 0) {
            return '';
        }
        $allowed = Library::new("uint8_t[{$input->count}]");
        $arguments = [$input->address(), Library::pointer('uint8_t*', $allowed), $input->count, null];
        Library::call('rolegate_matcher_filter_packed', $this->handle->pointer, ...$arguments);
        return FFI::string($allowed, $input->count);
    }
}
