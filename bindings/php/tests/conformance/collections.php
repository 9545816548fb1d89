<?php

// `collections`, `collections_raw`: which operations a collection and its documents allow.

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Action;
use Rolegate\Collection;
use Rolegate\Column;
use Rolegate\Exception\Denied;
use Rolegate\Operation;
use Rolegate\Principal;
use Rolegate\Table;

/** An absent flag means enabled, and null means disabled. */
function isEnabled(array $settings): bool
{
    return $settings['enabled'] ?? !\array_key_exists('enabled', $settings);
}

/** Compares two verdicts on an action on a document, or on the collection if there is no document. */
function compareVerdicts(
    Vectors $vectors,
    array $fields,
    string $what,
    Action $action,
    ?array $document,
    bool $ours,
    bool $appwrite,
): void {
    if ($vectors->name === 'collections') {
        $vectors->same($ours, $appwrite, $what);
        return;
    }
    $settings = $fields['collection'];
    $lists = [];
    if (isEnabled($settings)) {
        $lists[] = $settings['permissions'];
        if (($settings['documentSecurity'] ?? false) && $document !== null) {
            $lists[] = $document['$permissions'];
        }
    }
    $question = [$action, $fields['roles'], $fields['bypass'], $lists];
    $vectors->differences->compare($vectors, "line $vectors->line: $what", $ours, $appwrite, ...$question);
}

function checkCollection(Vectors $vectors, array $fields): void
{
    $settings = $fields['collection'];
    $collection = Collection::from(['$permissions' => $settings['permissions'], ...$settings]);
    $principal = principalOf($fields['roles'], $fields['bypass']);
    checkList($vectors, $fields, $collection, $principal);
    checkOperations($vectors, $fields, $collection, $principal);
}

function checkList(Vectors $vectors, array $fields, Collection $collection, Principal $principal): void
{
    $documents = $fields['documents'];
    $lists = \array_column($documents, '$permissions');
    $listed = $fields['list']['ok'] ?? null;
    $denied = null;
    $visible = [];
    $table = new Table();
    $column = new Column();
    $column->append($table, $lists);
    try {
        $visible = $collection->visibility($principal, Action::Read, $table)->filter($column)->pick($documents);
    } catch (Denied $exception) {
        $denied = $exception->type === 'user_unauthorized' ? 'Authorization' : $exception->type;
    }
    try {
        $collection->list($principal);
        $matched = $collection->matcher($principal, Action::Read)->filter($documents);
        $isSame = $denied === null && \array_values($matched) === $visible;
    } catch (Denied) {
        $isSame = $denied !== null;
    }
    if (!$isSame) {
        $vectors->wrong('compiled and raw lists differ');
    }
    $settings = $fields['collection'];
    $documentsCount = ($settings['documentSecurity'] ?? false) && isEnabled($settings);
    if ($vectors->name === 'collections') {
        $vectors->same($denied, $fields['list']['error'] ?? null, 'list');
    } elseif (!$documentsCount) {
        compareVerdicts($vectors, $fields, 'list', Action::Read, null, $denied === null, $listed !== null);
    } elseif ($denied !== null || $listed === null) {
        $vectors->wrong('an error, although documents can grant');
    }
    foreach ($documents as $document) {
        $id = $document['$id'];
        $ours = \in_array($document, $visible, true);
        $appwrite = \in_array($id, $listed ?? [], true);
        compareVerdicts($vectors, $fields, "list $id", Action::Read, $document, $ours, $appwrite);
    }
}

/** Returns true if Appwrite allowed an operation. */
function isAllowed(bool|string $answer): bool
{
    return match ($answer) {
        true, 'ok' => true,
        false, 'Authorization', 'collection_not_found', 'table_not_found' => false,
    };
}

function checkOperations(Vectors $vectors, array $fields, Collection $collection, Principal $principal): void
{
    $operations = [
        'get' => [Operation::Get, Action::Read],
        'update' => [Operation::Update, Action::Update],
        'delete' => [Operation::Delete, Action::Delete],
    ];
    foreach ($fields['documents'] as $document) {
        $id = $document['$id'];
        $list = $document['$permissions'];
        foreach ($operations as $name => [$operation, $action]) {
            $ours = $collection->allows($principal, $operation, $list);
            if ($collection->explain($principal, $action, $list)->allowed !== $ours) {
                $vectors->wrong("$name $id: the explanation differs");
            }
            compareVerdicts($vectors, $fields, "$name $id", $action, $document, $ours, isAllowed($fields[$name][$id]));
        }
        $get = $collection->allows($principal, Operation::Get, $list);
        if ($collection->allows($principal, Operation::UpdateWithoutChanges, $list) !== $get) {
            $vectors->wrong('an update without changes needs read');
        }
    }
    $ours = $collection->allows($principal, Operation::Create);
    if ($collection->explain($principal, Action::Create)->allowed !== $ours) {
        $vectors->wrong('create: the explanation differs');
    }
    compareVerdicts($vectors, $fields, 'create', Action::Create, null, $ours, isAllowed($fields['create']));
}
