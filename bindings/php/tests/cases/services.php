<?php

// JSON, JWTs and SQL.

declare(strict_types=1);

namespace Rolegate\Tests;

use Rolegate\Action;
use Rolegate\Collection;
use Rolegate\Exception\Denied;
use Rolegate\Exception\InvalidArgument;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidLayout;
use Rolegate\Exception\InvalidToken;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\JsonFormat;
use Rolegate\JwtKeys;
use Rolegate\Matcher;
use Rolegate\Nested;
use Rolegate\Principal;
use Rolegate\Sql\ColumnType;
use Rolegate\Sql\Condition;
use Rolegate\Sql\Dialect;
use Rolegate\Sql\Layout;

const VISIBLE = '{"$id": "a", "n": 1.50, "$permissions": ["read(\"any\")"]}';
const HIDDEN = '{"$id": "b", "$permissions": ["read(\"user:bob\")", "x"]}';

test('json_list_response_keeps_visible_bytes_and_total', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $result = $matcher->filterJson('{"total": 3, "documents": [' . \implode(', ', [HIDDEN, VISIBLE, HIDDEN]) . ']}');
    same('{"total": 1, "documents": [' . VISIBLE . ']}', $result->json);
    same($result->json, (string) $result);
    same([JsonFormat::List, 1, 2, 0], [$result->format, $result->visible, $result->removed, $result->nestedRemoved]);
    same([0, 0, 2], [$result->withoutPermissions, $result->notObjects, $result->malformedPermissions]);
});

test('json_formats_are_detected_or_given', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    same('[' . VISIBLE . ']', $matcher->filterJson('[' . HIDDEN . ',' . VISIBLE . ']')->json);
    $lines = $matcher->filterJson(HIDDEN . "\n" . VISIBLE . "\n");
    same([VISIBLE . "\n", JsonFormat::Lines], [$lines->json, $lines->format]);
    same('[]', $matcher->filterJson('[1]', JsonFormat::Array)->json);
    same('', $matcher->filterJson('', JsonFormat::Lines)->json);
    same('{"users":[]}', $matcher->filterJson('{"users":[' . HIDDEN . ']}', listKeys: ['people', 'users'])->json);
});

test('json_nested_documents_are_kept_or_filtered', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $document = '[{"$id": "c", "$permissions": ["read(\"any\")"], "inner": [' . HIDDEN . ']}]';
    same($document, $matcher->filterJson($document)->json);
    $filtered = $matcher->filterJson($document, nested: Nested::Filter);
    same([1, false], [$filtered->nestedRemoved, \str_contains($filtered->json, '"b"')]);
});

test('json_unreadable_throws_with_place', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $thrown = throws(InvalidJson::class, static fn () => $matcher->filterJson("[\n{]"));
    same([2, 2, 3], [$thrown->jsonLine, $thrown->jsonColumn, $thrown->start]);
    throws(InvalidJson::class, static fn () => $matcher->filterJson('', JsonFormat::Array));
    throws(InvalidJson::class, static fn () => $matcher->filterJson("[\0]"));
    throws(InvalidJson::class, static fn () => $matcher->filterJson('[' . VISIBLE . ']', maxDocumentLength: 10));
    throws(InvalidArgument::class, static fn () => $matcher->filterJson('[]', maxDocumentLength: -1));
    throws(InvalidUtf8::class, static fn () => $matcher->filterJson('[]', listKeys: ["\xFF"]));
});

test('json_invalid_utf8_throws', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $thrown = throws(InvalidJson::class, static fn () => $matcher->filterJson("[{\"a\": \"\xFF\"}]"));
    same([8, 'InvalidUtf8'], [$thrown->start, $thrown->kind]);
});

test('json_large_response_is_filtered', static function (): void {
    $json = '[' . \implode(',', \array_fill(0, 100000, VISIBLE . ',' . HIDDEN)) . ']';
    $result = Matcher::for(Principal::guest(), Action::Read)->filterJson($json);
    same('[' . \implode(',', \array_fill(0, 100000, VISIBLE)) . ']', $result->json);
});

test('jwt_created_is_verified', static function (): void {
    $keys = new JwtKeys('secret');
    $claims = $keys->verify($keys->create('ann', 's1', 600, 1000), 1599);
    same(['ann', 's1', 1600], [$claims->userId, $claims->sessionId, $claims->exp]);
    same('ann', $keys->verify($keys->create('ann', 's1'))->userId);
    $expired = static fn () => $keys->verify($keys->create('ann', 's1', 600, 1000), 1600);
    same('Expired', throws(InvalidToken::class, $expired)->kind);
    $later = new JwtKeys(['new', "sec\0ret", 'secret'], 60);
    same('ann', $later->verify($keys->create('ann', 's1', 600, 1000), 1659)->userId);
    throws(InvalidToken::class, static fn () => $keys->verify($later->create('ann', 's1', 600, 1000), 1000));
});

test('jwt_wrong_arguments_throw', static function (): void {
    $keys = new JwtKeys('secret');
    throws(InvalidArgument::class, static fn () => new JwtKeys(''));
    throws(InvalidArgument::class, static fn () => new JwtKeys([]));
    throws(InvalidArgument::class, static fn () => new JwtKeys('secret', 121));
    throws(InvalidArgument::class, static fn () => $keys->create('ann', 's1', -1));
    throws(InvalidArgument::class, static fn () => $keys->verify('x', -1));
    throws(InvalidToken::class, static fn () => $keys->create('ann', 's1', 3601));
    throws(InvalidToken::class, static fn () => $keys->create('', 's1'));
    throws(InvalidToken::class, static fn () => $keys->verify(''));
    throws(InvalidUtf8::class, static fn () => $keys->verify("\xFF"));
});

test('jwt_keys_are_not_printed_and_not_serialised', static function (): void {
    $keys = new JwtKeys('my-secret');
    \ob_start();
    \var_dump($keys);
    same(false, \str_contains(\ob_get_clean(), 'my-secret'));
    throws(\Exception::class, static fn () => \serialize($keys));
});

test('sql_condition_selects_visible_rows', static function (): void {
    $database = new \PDO('sqlite::memory:');
    $database->exec('CREATE TABLE docs (_uid TEXT)');
    $database->exec('CREATE TABLE perms (_document TEXT, _type TEXT, _permission TEXT)');
    $database->exec("INSERT INTO docs VALUES ('a'), ('b'), ('c')");
    $database->exec("INSERT INTO perms VALUES ('a', 'read', 'user:ann'), ('b', 'read', 'user:bob')");
    $database->exec("INSERT INTO perms VALUES ('c', 'update', 'any'), ('d', 'read', 'any')");
    $layout = Layout::perms(Dialect::Sqlite, 'perms')->withAlias('docs');
    $condition = $layout->condition(Principal::fromUser(['$id' => 'ann']), Action::Read);
    same('matching', $condition->plan);
    $sql = "SELECT _uid FROM docs WHERE $condition->sql AND _uid <> ?$condition->nextPlaceholder";
    $statement = $database->prepare($sql);
    foreach ([...$condition->binds, 'z'] as $at => $value) {
        $statement->bindValue($at + 1, $value);
    }
    $statement->execute();
    same(['a'], $statement->fetchAll(\PDO::FETCH_COLUMN));
});

test('sql_condition_follows_layout_and_collection', static function (): void {
    $ann = Principal::fromUser(['$id' => 'ann']);
    $column = Layout::column(Dialect::Postgres, ColumnType::TextArray);
    $column = $column->withColumnName('perms')->withAlias('d')->withTenant(-7);
    $condition = $column->condition($ann, Action::Update, 3);
    contains('"d"."perms"', $condition->sql);
    contains('$3', $condition->sql);
    same([true, '-7'], [\in_array('update("user:ann")', $condition->binds[0], true), $condition->binds[1]]);
    same(5, $condition->nextPlaceholder);
    same('{"any","read(\"x\")","a\\\\b"}', Condition::arrayLiteral(['any', 'read("x")', 'a\\b']));
    same('everything', Layout::acl(Dialect::MariaDb, 'p')->condition(Principal::keyWithBypass(), Action::Read)->plan);
    same('nothing', $column->condition(Principal::fromRoles([]), Action::Read)->plan);
    $open = Collection::from(['$permissions' => ['read("any")']]);
    same('everything', $open->condition($ann, Action::Read, $column)->plan);
    throws(Denied::class, static fn () => Collection::from([])->condition($ann, Action::Read, $column));
});

test('sql_layout_with_impossible_name_throws', static function (): void {
    $guest = Principal::guest();
    $impossible = [
        Layout::perms(Dialect::Sqlite, ''),
        Layout::perms(Dialect::Postgres, "a\0b"),
        Layout::column(Dialect::Sqlite, ColumnType::Jsonb),
    ];
    foreach ($impossible as $layout) {
        throws(InvalidLayout::class, static fn () => $layout->condition($guest, Action::Read));
    }
    $layout = Layout::perms(Dialect::Sqlite, "\xFF");
    throws(InvalidUtf8::class, static fn () => $layout->condition($guest, Action::Read));
    $layout = Layout::perms(Dialect::Sqlite, 'p');
    throws(InvalidArgument::class, static fn () => $layout->condition($guest, Action::Read, -1));
});
