<?php

// Tests that memory stays flat over 10^6 calls, and that exceptions leave nothing behind: php memory.php PACKAGE

declare(strict_types=1);

namespace Rolegate\Tests;

require $argv[1] . '/autoload.php';
require __DIR__ . '/harness.php';

use Rolegate\Action;
use Rolegate\Collection;
use Rolegate\Column;
use Rolegate\Exception;
use Rolegate\JwtKeys;
use Rolegate\Matcher;
use Rolegate\Operation;
use Rolegate\Permission;
use Rolegate\Principal;
use Rolegate\Sql\Dialect;
use Rolegate\Sql\Layout;
use Rolegate\Table;

const PAGE = '{"total":2,"documents":[{"$permissions":["read(\"any\")"]},{"$permissions":["read(\"user:bob\")"]}]}';

/** Returns the memory of the process and of PHP in bytes. */
function memory(): array
{
    return [(int) \explode(' ', \file_get_contents('/proc/self/statm'))[1] * 4096, \memory_get_usage()];
}

/** Calls a function many times, and compares the memory after the first tenth with that at the end. */
function flat(int $rounds, \Closure $body): void
{
    $start = [0, 0];
    for ($round = 0; $round < $rounds; $round++) {
        if ($round === \intdiv($rounds, 10)) {
            $start = memory();
        }
        $body($round);
    }
    $end = memory();
    foreach (['the process', 'PHP'] as $at => $what) {
        if ($end[$at] > $start[$at] + 512 * 1024) {
            throw new Failed("$what has {$end[$at]} bytes, and had {$start[$at]}");
        }
    }
}

/** Calls a function that throws. */
function thrown(\Closure $body): void
{
    try {
        $body();
    } catch (Exception | \TypeError) {
        return;
    }
    throw new Failed('nothing was thrown');
}

test('memory_is_flat_over_a_million_pages', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    flat(1_000_000, static function () use ($matcher): void {
        $matcher->filterJson(PAGE);
    });
});

test('memory_is_flat_over_objects_of_every_kind', static function (): void {
    flat(60_000, static function (int $round): void {
        $ann = Principal::fromUser(['$id' => "u$round", 'labels' => ['a b']]);
        $table = new Table();
        $column = new Column();
        $column->append($table, [['read("any")', 'x'], ['read("users")']]);
        $column->appendStrict($table, [["read(\"user:u$round\")"], []]);
        $selection = $table->resolve($ann, Action::Read)->filter($column);
        same([0, 1, 2], $selection->positions());
        $collection = Collection::from(['$permissions' => ['create("users")'], 'documentSecurity' => true]);
        same(true, $collection->allows($ann, Operation::Create));
        same([true], $collection->matcher($ann, Action::Read)->test([['read("users")']]));
        same(true, $ann->explain(Action::Read, ['read("any")'])->allowed);
        $keys = new JwtKeys(['a', 'b']);
        same("u$round", $keys->verify($keys->create($ann->getUserId(), 's', 60, 1000), 1001)->userId);
        same(2, Layout::perms(Dialect::Sqlite, 'p')->condition($ann, Action::Read)->nextPlaceholder);
        same('any', Permission::parse('read("any")')->getRole());
    });
});

test('memory_is_flat_over_exceptions', static function (): void {
    $guest = Principal::guest();
    $matcher = Matcher::for($guest, Action::Read);
    $table = new Table(lists: 1);
    $column = new Column();
    flat(60_000, static function () use ($guest, $matcher, $table, $column): void {
        thrown(static fn () => Permission::parseAll(['read("any")', 'x']));
        thrown(static fn () => Principal::fromUser('{"$id": "a", "status": false}'));
        thrown(static fn () => Principal::fromRoles(["\xFF"]));
        thrown(static fn () => $matcher->test([['read("any")'], [5]]));
        thrown(static fn () => $matcher->test([["\xFF"]]));
        thrown(static fn () => $matcher->filterJson('[{]'));
        thrown(static fn () => $column->append($table, [['read("any")'], ['read("users")'], ['x']]));
        thrown(static fn () => $column->appendStrict($table, [['read("any")'], ['x']]));
        thrown(static fn () => Collection::from('{}')->check($guest, Operation::Get));
        thrown(static fn () => new JwtKeys(['a', '']));
        thrown(static fn () => (new JwtKeys('a'))->verify('x.y.z'));
        thrown(static fn () => Layout::perms(Dialect::Sqlite, '')->condition($guest, Action::Read));
    });
});

exit(Results::finish());
