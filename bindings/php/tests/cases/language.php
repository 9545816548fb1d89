<?php

// Permissions and roles.

declare(strict_types=1);

namespace Rolegate\Tests;

use Rolegate\Action;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Permission;
use Rolegate\Role;

test('permission_well_formed_has_parts', static function (): void {
    $permission = Permission::parse('read("team:t1/owner")');
    same('read', $permission->getPermission());
    same('team', $permission->getRole());
    same('t1', $permission->getIdentifier());
    same('owner', $permission->getDimension());
    same('team:t1/owner', $permission->role->toString());
    same('read("team:t1/owner")', (string) $permission);
    same('read("team:t1/owner")', $permission->toString());
    same([false, true, false, false], \array_map($permission->names(...), Action::cases()));
});

test('permission_and_role_in_json_are_texts', static function (): void {
    same('"read(\"any\")"', \json_encode(Permission::parse('read("any")')));
    same('["user:ann"]', \json_encode([Role::user('ann')]));
});

test('permission_write_names_create_update_and_delete', static function (): void {
    $permission = Permission::parse('write("any")');
    same('write', $permission->getPermission());
    same([true, false, true, true], \array_map($permission->names(...), Action::cases()));
});

test('permission_malformed_throws_with_position_span_and_hint', static function (): void {
    $thrown = throws(Malformed::class, static fn () => Permission::parseAll(['read("any")', 'read("usr:a")']));
    same([1, 6, 9], [$thrown->textPosition, $thrown->start, $thrown->end]);
    same('UnknownRole', $thrown->kind);
    same('write `user:a`', $thrown->hint);
    contains('found `usr`', $thrown->getMessage());
    same([null, null, null, null], [$thrown->listPosition, $thrown->httpStatus, $thrown->type, $thrown->jsonLine]);
});

test('permission_old_spelling_throws_with_hint', static function (): void {
    contains('any', throws(Malformed::class, static fn () => Permission::parse('read("*")'))->hint);
});

test('permission_with_nul_byte_is_malformed', static function (): void {
    same(12, throws(Malformed::class, static fn () => Permission::parse("read(\"user:a\0\")"))->start);
    same(false, Permission::isValid("read(\"any\")\0"));
});

test('permission_with_invalid_utf8_throws', static function (): void {
    $thrown = throws(InvalidUtf8::class, static fn () => Permission::parseAll(['read("any")', "read(\"\xFFany\")"]));
    same([1, 6], [$thrown->textPosition, $thrown->start]);
    same(false, Permission::isValid("\xC3"));
});

test('permission_of_another_type_throws', static function (): void {
    $thrown = throws(\TypeError::class, static fn () => Permission::parseAll(['read("any")', 5]));
    contains('text 1 must be of type string, int given', $thrown->getMessage());
});

test('permissions_empty_list_gives_empty_list', static function (): void {
    same([], Permission::parseAll([]));
    same([], Role::parseAll([]));
    same([], Permission::aggregate([]));
});

test('permissions_with_keys_are_parsed_in_order', static function (): void {
    $parsed = Permission::parseAll(['x' => 'read("any")', 7 => 'update("any")']);
    same(['read', 'update'], \array_map(static fn (Permission $p): string => $p->getPermission(), $parsed));
});

test('aggregate_write_gives_allowed_actions_without_repetitions', static function (): void {
    $allowed = [Action::Read, Action::Update, Action::Delete];
    $aggregated = Permission::aggregate(['write("any")', 'read("any")', 'update("any")'], $allowed);
    same(['update("any")', 'delete("any")', 'read("any")'], $aggregated);
    same(['create("any")', 'update("any")', 'delete("any")'], Permission::aggregate(['write("any")']));
    same([], Permission::aggregate(['write("any")'], []));
});

test('aggregate_malformed_throws_with_position', static function (): void {
    same(1, throws(Malformed::class, static fn () => Permission::aggregate(['read("any")', '']))->textPosition);
});

test('builders_give_texts_that_parse', static function (): void {
    $users = [Role::users(), Role::users('verified'), Role::user('a'), Role::user('a', 'unverified')];
    $teams = [Role::team('t'), Role::team('t', 'owner'), Role::member('m')];
    $roles = [Role::any(), Role::guests(), ...$users, ...$teams, Role::label('vip')];
    foreach ($roles as $role) {
        same($role->toString(), Role::parse((string) $role)->toString());
        foreach (['create', 'read', 'update', 'delete', 'write'] as $verb) {
            $text = Permission::$verb($role);
            same("$verb(\"$role\")", $text);
            $parsed = Permission::parse($text);
            same($verb, $parsed->getPermission());
            same($role->getRole(), $parsed->getRole());
            same($role->getIdentifier(), $parsed->getIdentifier());
            same($role->getDimension(), $parsed->getDimension());
        }
    }
});

test('builder_with_separator_in_identifier_throws', static function (): void {
    throws(Malformed::class, static fn () => Role::user('a/verified'));
    throws(Malformed::class, static fn () => Role::team('t1/owner'));
    throws(Malformed::class, static fn () => Role::team('t', 'a/b'));
    throws(Malformed::class, static fn () => Role::users('verified/x'));
    throws(Malformed::class, static fn () => Role::user(''));
    throws(Malformed::class, static fn () => Role::user('a")'));
    throws(Malformed::class, static fn () => Role::label("v\0"));
});

test('role_malformed_throws_with_position', static function (): void {
    $thrown = throws(Malformed::class, static fn () => Role::parseAll(['any', 'user:', 'x']));
    same(1, $thrown->textPosition);
});
