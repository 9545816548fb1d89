<?php

// Principals, and decisions on one list or on a page.

declare(strict_types=1);

namespace Rolegate\Tests;

use Rolegate\Action;
use Rolegate\Exception\Denied;
use Rolegate\Exception\InvalidJson;
use Rolegate\Exception\InvalidUtf8;
use Rolegate\Exception\Malformed;
use Rolegate\Matcher;
use Rolegate\Principal;
use Rolegate\Role;

const ANN = ['$id' => 'ann', 'emailVerification' => true, 'labels' => ['vip'], 'memberships' => [
    ['$id' => 'm1', 'teamId' => 't1', 'confirm' => true, 'roles' => ['owner']],
    ['$id' => 'm2', 'teamId' => 't2', 'confirm' => false, 'roles' => ['owner']],
]];

test('principal_of_user_has_roles', static function (): void {
    $expected = ['any', 'label:vip', 'member:m1', 'team:t1', 'team:t1/owner', 'user:ann', 'user:ann/verified'];
    \array_push($expected, 'users', 'users/verified');
    foreach ([ANN, \json_encode(ANN)] as $user) {
        $ann = Principal::fromUser($user);
        same(['user', 'ann', $expected], [$ann->getKind(), $ann->getUserId(), $ann->getRoles()]);
        same(['memberships[1]'], \array_column($ann->getSkipped(), 'path'));
    }
    same(true, Principal::fromUser(ANN)->hasRole(Role::team('t1', 'owner')));
    same(false, Principal::fromUser(ANN)->hasRole('team:t2'));
});

test('principal_of_user_without_id_is_guest', static function (): void {
    foreach ([[], ['$id' => ''], ['$id' => '0'], '{}'] as $user) {
        $guest = Principal::fromUser($user);
        same(['guest', null, ['any', 'guests']], [$guest->getKind(), $guest->getUserId(), $guest->getRoles()]);
    }
    same(['any', 'guests'], Principal::guest()->getRoles());
});

test('principal_of_user_reports_values_that_give_no_role', static function (): void {
    $skipped = Principal::fromUser(['$id' => 'ann', 'labels' => ['ok', 'a b']])->getSkipped();
    same([1, 'labels[1]', 'a b'], [\count($skipped), $skipped[0]['path'], $skipped[0]['value']]);
});

test('principal_of_blocked_user_throws', static function (): void {
    $thrown = throws(Denied::class, static fn () => Principal::fromUser(['$id' => 'ann', 'status' => false]));
    same(['user_blocked', 403], [$thrown->type, $thrown->httpStatus]);
});

test('principal_of_unreadable_user_throws', static function (): void {
    same(1, throws(InvalidJson::class, static fn () => Principal::fromUser('{"$id": '))->jsonLine);
    throws(InvalidJson::class, static fn () => Principal::fromUser('[]'));
    throws(InvalidJson::class, static fn () => Principal::fromUser(['ann']));
    throws(InvalidJson::class, static fn () => Principal::fromUser(['$id' => 5]));
    throws(InvalidJson::class, static fn () => Principal::fromUser(['$id' => 'ann', 'labels' => [1 => 'vip']]));
    throws(InvalidJson::class, static fn () => Principal::fromUser(['$id' => 'ann', 'status' => 0]));
    throws(InvalidJson::class, static fn () => Principal::fromUser(['$id' => \NAN]));
    contains('UTF-8', throws(InvalidJson::class, static fn () => Principal::fromUser(['$id' => "\xFF"]))->getMessage());
    same(9, throws(InvalidJson::class, static fn () => Principal::fromUser("{\"\$id\":\"\xFF\"}"))->jsonColumn);
});

test('principal_of_roles_has_these_roles', static function (): void {
    $holder = Principal::fromRoles(['user:a', 'label:vip']);
    same(['roles', ['label:vip', 'user:a']], [$holder->getKind(), $holder->getRoles()]);
    same([], Principal::fromRoles([])->getRoles());
    same(1, throws(Malformed::class, static fn () => Principal::fromRoles(['any', 'a']))->textPosition);
});

test('can_compares_action_and_role', static function (): void {
    $ann = Principal::fromUser(ANN);
    same(true, $ann->can(Action::Read, ['read("user:bob")', 'read("team:t1/owner")']));
    same(false, $ann->can(Action::Update, ['read("team:t1/owner")']));
    same(true, $ann->can(Action::Delete, ['write("any")']));
    same(false, $ann->can(Action::Read, ['write("any")']));
    same(false, $ann->can(Action::Read, []));
    same(true, Principal::keyWithBypass()->can(Action::Read, []));
    same('bypass', Principal::keyWithBypass()->getKind());
});

test('can_malformed_permission_grants_nothing', static function (): void {
    $guest = Principal::guest();
    same(false, $guest->can(Action::Read, ['read(any)', "read(\"any\")\0", 'read("any") ', '']));
    same(true, $guest->can(Action::Read, ['', 'read("any")']));
});

test('can_with_invalid_utf8_throws_with_position', static function (): void {
    $list = ['read("any")', "a\xFF"];
    $thrown = throws(InvalidUtf8::class, static fn () => Principal::guest()->can(Action::Read, $list));
    same([1, 1], [$thrown->textPosition, $thrown->start]);
});

test('explanation_has_verdict_of_can', static function (): void {
    $ann = Principal::fromUser(ANN);
    $explanation = $ann->explain(Action::Read, ['read("user:bob")', 'x']);
    same([Action::Read, false, 'not_granted'], [$explanation->action, $explanation->allowed, $explanation->reason]);
    same(['user:bob'], $explanation->fields['roles']);
    contains('read denied', (string) $explanation);
    $granted = $ann->explain(Action::Read, ['read("any")']);
    same([true, 'granted'], [$granted->allowed, $granted->reason]);
});

test('document_permissions_name_own_roles_only', static function (): void {
    $ann = Principal::fromUser(ANN);
    $stored = $ann->documentPermissions(['read("any")', 'write("user:ann")']);
    same(['read("any")', 'update("user:ann")', 'delete("user:ann")'], $stored);
    $defaults = ['read("user:ann")', 'update("user:ann")', 'delete("user:ann")'];
    same($defaults, $ann->documentPermissions(null));
    same([], $ann->documentPermissions([]));
    $thrown = throws(Denied::class, static fn () => $ann->documentPermissions(['read("any")', 'read("user:bob")']));
    same(1, $thrown->textPosition);
    same(['read("user:bob")'], Principal::keyWithBypass()->documentPermissions(['read("user:bob")']));
});

test('matcher_tests_a_page', static function (): void {
    $matcher = Matcher::for(Principal::fromUser(ANN), Action::Read);
    same(true, $matcher->isValid(['read("users")']));
    same(false, $matcher->isValid([]));
    same([], $matcher->test([]));
    $answers = $matcher->test(['a' => ['read("user:bob")'], 5 => ['', 'read("any")'], 'c' => []]);
    same(['a' => false, 5 => true, 'c' => false], $answers);
    same([false, false], $matcher->test([[], []]));
});

test('matcher_test_leaves_references_of_the_caller_unchanged', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $list = ['read("any")'];
    $lists = ['a' => &$list, 'b' => []];
    $answers = $matcher->test($lists);
    same(['read("any")'], $list);
    $list = false;
    same(['a' => true, 'b' => false], $answers);
});

test('matcher_filters_documents_and_keeps_keys', static function (): void {
    $matcher = Matcher::for(Principal::fromUser(ANN), Action::Read);
    $object = new \ArrayObject(['$id' => 'o', '$permissions' => ['read("label:vip")']]);
    $documents = [
        'x' => ['$id' => 'x', '$permissions' => ['read("user:ann")']],
        'y' => ['$id' => 'y'],
        3 => $object,
        4 => ['$id' => 'z', '$permissions' => null],
        5 => new \ArrayObject([]),
    ];
    same(['x' => $documents['x'], 3 => $object], $matcher->filter($documents));
    same([], $matcher->filter([]));
});

test('matcher_of_wrong_types_throws_with_position', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $calls = [
        'list 0' => static fn () => $matcher->filter([['$permissions' => 'read("any")']]),
        'list 1' => static fn () => $matcher->test([['read("any")'], 'read("any")']),
        'list 2' => static fn () => $matcher->test([[], [], ['', null]]),
    ];
    foreach ($calls as $place => $call) {
        contains($place, throws(\TypeError::class, $call)->getMessage());
    }
});

test('matcher_with_invalid_utf8_throws_with_positions', static function (): void {
    $matcher = Matcher::for(Principal::guest(), Action::Read);
    $thrown = throws(InvalidUtf8::class, static fn () => $matcher->test([['read("any")'], ['', "ab\xC3"]]));
    same([1, 1, 2], [$thrown->listPosition, $thrown->textPosition, $thrown->start]);
    // Two texts that are UTF-8 together only.
    throws(InvalidUtf8::class, static fn () => $matcher->test([["\xC3", "\xA4"]]));
});

test('matcher_tests_many_lists', static function (): void {
    $lists = [];
    for ($i = 0; $i < 300000; $i++) {
        $lists[] = $i % 3 === 0 ? ['read("any")', 'update("users")'] : ["read(\"user:u$i\")"];
    }
    $answers = Matcher::for(Principal::guest(), Action::Read)->test($lists);
    same(100000, \count(\array_filter($answers)));
    same([true, false, false], \array_slice($answers, 299997));
});

test('matcher_tests_a_long_list_and_a_long_text', static function (): void {
    $matcher = Matcher::for(Principal::fromRoles(['user:u99999']), Action::Read);
    $list = [];
    for ($i = 0; $i < 100000; $i++) {
        $list[] = "read(\"user:u$i\")";
    }
    same([true, false, true], $matcher->test([$list, [\str_repeat('x', 20_000_000)], ['read("user:u99999")']]));
});
