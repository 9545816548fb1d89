<?php

// `permissions`, `roles`, `aggregate`, `user_roles`: the accepted language, and the roles of a user.

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Action;
use Rolegate\Exception\Malformed;
use Rolegate\Permission;
use Rolegate\Principal;
use Rolegate\Role;

/** A text is accepted if Appwrite's validator accepts it and prints it back unchanged. */
function isAccepted(array $fields): bool
{
    return $fields['valid'] && $fields['canonical'] === $fields['in'];
}

/** Compares the parts of a role or permission with the fields of a case. */
function compareParts(Vectors $vectors, array $fields, Permission|Role|null $parsed): void
{
    $vectors->same($parsed !== null, isAccepted($fields), 'accepted');
    if ($parsed !== null) {
        $vectors->same($parsed->getRole(), $fields['role'], 'role');
        $vectors->same($parsed->getIdentifier(), $fields['identifier'], 'identifier');
        $vectors->same($parsed->getDimension(), $fields['dimension'], 'dimension');
    }
}

function checkPermission(Vectors $vectors, array $fields): void
{
    try {
        $permission = Permission::parse($fields['in']);
    } catch (Malformed) {
        $permission = null;
    }
    compareParts($vectors, $fields, $permission);
    $vectors->same(Permission::isValid($fields['in']), $permission !== null, 'isValid');
    if ($permission !== null) {
        $vectors->same($permission->getPermission(), $fields['action'], 'action');
    }
}

function checkRole(Vectors $vectors, array $fields): void
{
    try {
        $role = Role::parse($fields['in']);
    } catch (Malformed) {
        $role = null;
    }
    compareParts($vectors, $fields, $role);
}

/**
 * Appwrite also aggregates malformed permissions that its lax parser reads, and this library takes well-formed ones
 * only. Lists with a malformed permission are not compared.
 */
function checkAggregate(Vectors $vectors, array $fields): void
{
    $permissions = $fields['permissions'] ?? [];
    $isMalformed = \array_filter($permissions, static fn (string $text): bool => !Permission::isValid($text)) !== [];
    try {
        $ours = Permission::aggregate($permissions, \array_map(Action::from(...), $fields['allowed']));
        $vectors->same($ours, $fields['out'], 'expansion');
        $vectors->same($isMalformed, false, 'malformed');
    } catch (Malformed) {
        $vectors->same($isMalformed, true, 'malformed');
    }
}

function checkUserRoles(Vectors $vectors, array $fields): void
{
    $user = $fields['user'];
    [$good, $bad] = joinedRoles($user);
    $expected = ['any'];
    foreach ($fields['roles'] as $role) {
        if (isRole($role) && (!\in_array($role, $bad, true) || \in_array($role, $good, true))) {
            $expected[] = $role;
        }
    }
    $expected = \array_values(\array_unique($expected));
    \sort($expected, \SORT_STRING);
    $vectors->same(Principal::fromUser($user)->getRoles(), $expected, 'roles');
}

/**
 * Returns the roles that come from ids without a separator, and those that come from ids with one. Appwrite joins
 * ids without checking them: the team id `t1/owner` must not give the role of the owners of `t1`.
 *
 * @return array{list<string>, list<string>}
 */
function joinedRoles(array $user): array
{
    $joined = [['user', [$user['$id'] ?? '']]];
    foreach ($user['memberships'] ?? [] as $membership) {
        $member = $membership['$id'] ?? null;
        $team = $membership['teamId'] ?? null;
        if (($membership['confirm'] ?? false) !== true || !\is_string($member) || !\is_string($team)) {
            continue;
        }
        $joined[] = ['team', [$team]];
        $joined[] = ['member', [$member]];
        foreach ($membership['roles'] ?? [] as $role) {
            $joined[] = ['team', [$team, $role]];
        }
    }
    $roles = [[], []];
    foreach ($joined as [$kind, $parts]) {
        $hasSeparator = \strpbrk(\implode('', $parts), '/:') !== false;
        $roles[(int) $hasSeparator][] = "$kind:" . \implode('/', $parts);
    }
    return $roles;
}
