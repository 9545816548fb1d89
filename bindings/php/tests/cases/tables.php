<?php

// Compiled lists, and collections.

declare(strict_types=1);

namespace Rolegate\Tests;

use Rolegate\Action;
use Rolegate\Collection;
use Rolegate\Column;
use Rolegate\Exception\Denied;
use Rolegate\Exception\Full;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\LibraryFailed;
use Rolegate\Exception\Malformed;
use Rolegate\Listing;
use Rolegate\Operation;
use Rolegate\Principal;
use Rolegate\Selection;
use Rolegate\Table;

const LISTS = [['read("any")'], ['read("user:ann")', 'update("any")'], [], ['read("any")'], ['read("user:bob")']];

test('column_is_filtered_by_visibility', static function (): void {
    $table = new Table();
    $column = new Column();
    same(0, \count($column->append($table, LISTS)));
    same([4, 5], [\count($table), \count($column)]);
    same(true, $table->memory() > 0);
    $selection = $table->resolve(Principal::fromRoles(['any', 'user:ann']), Action::Read)->filter($column);
    same([3, 5, [0, 1, 3]], [\count($selection), $selection->documents(), $selection->positions()]);
    same("\x0B", $selection->bitmap());
    same([0, 1, 3], \iterator_to_array($selection));
    same(['A', 'B', 'D'], $selection->pick(['A', 'B', 'C', 'D', 'E']));
    same([1, 3], $selection->positions(1));
    same([1], $selection->positions(1, 1));
    same([], $selection->positions(4));
    same([], $selection->positions(0, 0));
    same([], $selection->positions(\PHP_INT_MAX));
});

test('selection_is_used_again', static function (): void {
    $table = new Table();
    $column = new Column();
    $column->append($table, LISTS);
    $selection = new Selection();
    same([0, 0], [\count($selection), $selection->documents()]);
    same([[], '', []], [$selection->positions(), $selection->bitmap(), \iterator_to_array($selection)]);
    same($selection, $table->resolve(Principal::guest(), Action::Read)->filter($column, $selection));
    same([0, 3], $selection->positions());
    $table->resolve(Principal::guest(), Action::Update)->filter($column, $selection);
    same([1], $selection->positions());
    throws(InvalidArgument::class, static fn () => $selection->pick(['A']));
});

test('column_append_reports_malformed_permissions', static function (): void {
    $column = new Column();
    $table = new Table();
    $malformed = $column->append($table, ['x' => ['read("any")'], 'y' => ['read("any")', 'read("usr:a")']]);
    same(1, \count($malformed));
    same(['list' => 1, 'text' => 1, 'start' => 6, 'end' => 9], \array_slice($malformed->first[0], 0, 4));
    same(150, \count($more = $column->append($table, \array_fill(0, 150, ['']))));
    same(100, \count($more->first));
    same(152, \count($column));
});

test('pick_follows_the_order_of_documents_and_not_their_keys', static function (): void {
    $table = new Table();
    $column = new Column();
    $documents = [1 => ['$id' => 'a', '$permissions' => ['read("any")']], 0 => ['$id' => 'b', '$permissions' => []]];
    $column->append($table, \array_column($documents, '$permissions'));
    $visible = $table->resolve(Principal::guest(), Action::Read)->filter($column);
    same([$documents[1]], $visible->pick($documents));
    same(['x'], $visible->pick(['k' => 'x', 'l' => 'y']));
});

test('failed_filter_leaves_no_documents_of_the_filter_before', static function (): void {
    $table = new Table();
    $column = new Column();
    $column->append($table, LISTS);
    $visibility = $table->resolve(Principal::guest(), Action::Read);
    $selection = $visibility->filter($column);
    same([0, 3], $selection->positions());
    $column->handle->free();
    throws(LibraryFailed::class, static fn () => $visibility->filter($column, $selection));
    same([], $selection->positions());
});

test('column_append_strict_throws_and_appends_nothing', static function (): void {
    $column = new Column();
    $table = new Table();
    $lists = ['x' => ['k' => 'read("any")'], 'y' => ['k' => 'read("any")', 'l' => 'x']];
    $thrown = throws(Malformed::class, static fn () => $column->appendStrict($table, $lists));
    same([1, 1, 0], [$thrown->listPosition, $thrown->textPosition, \count($column)]);
    $column->appendStrict($table, ['x' => ['k' => 'read("any")'], 'y' => [], 'z' => ['k' => 'read("users")']]);
    $column->appendStrict($table, []);
    same([0], $table->resolve(Principal::guest(), Action::Read)->filter($column)->positions());
    same(3, \count($column));
    throws(InvalidUtf8::class, static fn () => $column->append($table, [["\xFF"]]));
    throws(\TypeError::class, static fn () => $column->appendStrict($table, [[1]]));
    throws(\TypeError::class, static fn () => $column->append($table, [[1]]));
    same(3, \count($column));
});

test('column_set_and_swap_remove_change_documents', static function (): void {
    $column = new Column();
    $table = new Table();
    $column->append($table, LISTS);
    $read = static fn (): array => $table->resolve(Principal::guest(), Action::Read)->filter($column)->positions();
    $column->set(2, $table, ['read("guests")']);
    same([0, 2, 3], $read());
    $column->swapRemove(0);
    same([2, 3], $read());
    same(4, \count($column));
    throws(InvalidArgument::class, static fn () => $column->set(4, $table, []));
    throws(InvalidArgument::class, static fn () => $column->swapRemove(-1));
    throws(Malformed::class, static fn () => $column->set(0, $table, ['x']));
});

test('table_full_throws_and_appends_nothing', static function (): void {
    $column = new Column();
    $table = new Table(lists: 2);
    throws(Full::class, static fn () => $column->append($table, LISTS));
    same(0, \count($column));
    throws(InvalidArgument::class, static fn () => new Table(lists: -1));
    throws(InvalidArgument::class, static fn () => new Table(roles: 0x1_0000_0000));
});

test('column_of_another_table_is_not_visible', static function (): void {
    $table = new Table();
    $column = new Column();
    $column->append($table, LISTS);
    same([], (new Table())->resolve(Principal::guest(), Action::Read)->filter($column)->positions());
});

test('objects_outlive_those_that_they_were_made_from', static function (): void {
    $column = new Column();
    $visibility = (static function () use ($column): \Rolegate\Visibility {
        $table = new Table();
        $column->append($table, LISTS);
        return $table->resolve(Principal::guest(), Action::Read);
    })();
    \gc_collect_cycles();
    same([0, 3], $visibility->filter($column)->positions());
});

test('selection_is_iterated_in_pages', static function (): void {
    $table = new Table();
    $column = new Column();
    $column->append($table, \array_fill(0, 10000, ['read("any")']));
    $selection = $table->resolve(Principal::guest(), Action::Read)->filter($column);
    same(\range(0, 9999), \iterator_to_array($selection));
    same(\range(0, 9999), $selection->positions());
});

test('collection_decides_on_listings', static function (): void {
    $ann = Principal::fromUser(['$id' => 'ann']);
    $open = Collection::from(['$permissions' => ['read("users")'], 'documentSecurity' => true]);
    $closed = Collection::from(['$permissions' => ['read("any")'], 'enabled' => false]);
    $mixed = Collection::from('{"$permissions": ["create(\"users\")", "x"], "rowSecurity": true}');
    $plain = Collection::from(['$permissions' => []]);
    same(Listing::EveryDocument, $open->list($ann));
    same(Listing::FilterByDocument, $mixed->list($ann));
    same([1, 1], [\count($mixed->malformed), $mixed->malformed->first[0]['text']]);
    $denied = throws(Denied::class, static fn () => $plain->list($ann));
    same([401, 'user_unauthorized'], [$denied->httpStatus, $denied->type]);
    same(404, throws(Denied::class, static fn () => $closed->list($ann))->httpStatus);
    same(Listing::EveryDocument, $closed->list(Principal::keyWithBypass()));
    same([true], $open->matcher($ann, Action::Read)->test([[]]));
    same([false, true], $mixed->matcher($ann, Action::Read)->test([[], ['read("any")']]));
    throws(Denied::class, static fn () => $plain->matcher($ann, Action::Read));
    $table = new Table();
    $column = new Column();
    $column->append($table, LISTS);
    same([0, 1, 2, 3, 4], $open->visibility($ann, Action::Read, $table)->filter($column)->positions());
    same([0, 1, 3], $mixed->visibility($ann, Action::Read, $table)->filter($column)->positions());
    throws(Denied::class, static fn () => $plain->visibility($ann, Action::Read, $table));
});

test('collection_decides_on_operations', static function (): void {
    $ann = Principal::fromUser(['$id' => 'ann']);
    $collection = Collection::from(['$permissions' => ['create("users")'], 'documentSecurity' => true]);
    $list = ['read("user:ann")'];
    same(true, $collection->allows($ann, Operation::Get, $list));
    same(true, $collection->allows($ann, Operation::UpdateWithoutChanges, $list));
    same(true, $collection->allows($ann, Operation::Create));
    same(false, $collection->allows(Principal::guest(), Operation::Create));
    $types = [
        'user_unauthorized' => static fn () => $collection->check($ann, Operation::Update, $list),
        'document_not_found' => static fn () => $collection->check($ann, Operation::Get, ['read("user:bob")']),
    ];
    foreach ($types as $type => $call) {
        same($type, throws(Denied::class, $call)->type);
    }
    same(false, $collection->explain($ann, Action::Delete, $list)->allowed);
    same(true, $collection->explain($ann, Action::Read, $list)->allowed);
});

test('collection_unreadable_throws', static function (): void {
    throws(InvalidJson::class, static fn () => Collection::from('x'));
    throws(InvalidJson::class, static fn () => Collection::from(['enabled' => 'yes']));
    throws(InvalidJson::class, static fn () => Collection::from("{\"\xFF\": 1}"));
});
