<?php

// `decisions`, `decisions_raw`: lists that allow an action to some roles, or do not.

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Action;
use Rolegate\Column;
use Rolegate\Matcher;
use Rolegate\Table;

/** Returns the decision of this library. Every path must give the same decision. */
function decide(Vectors $vectors, array $fields): bool
{
    $list = $fields['permissions'];
    $action = Action::from($fields['action']);
    $principal = principalOf($fields['roles'], $fields['bypass']);
    $can = $principal->can($action, $list);
    $matcher = Matcher::for($principal, $action);
    $documents = [['$permissions' => $list]];
    $json = \json_encode($documents, \JSON_THROW_ON_ERROR);
    $table = new Table();
    $column = new Column();
    $column->append($table, [$list]);
    $answers = [
        'explain' => $principal->explain($action, $list)->allowed,
        'isValid' => $matcher->isValid($list),
        'test' => $matcher->test([[], $list])[1],
        'filter' => $matcher->filter($documents) === $documents,
        'filterJson' => $matcher->filterJson($json)->visible === 1,
        'compiled' => $table->resolve($principal, $action)->filter($column)->positions() === [0],
    ];
    foreach ($answers as $path => $answer) {
        if ($answer !== $can) {
            $vectors->wrong("$path differs from can");
        }
    }
    return $can;
}

function checkDecision(Vectors $vectors, array $fields): void
{
    $vectors->same(decide($vectors, $fields), $fields['allowed'], 'allowed');
}

function checkRawDecision(Vectors $vectors, array $fields): void
{
    $ours = decide($vectors, $fields);
    $action = Action::from($fields['action']);
    $question = [$action, $fields['roles'], $fields['bypass'], [$fields['permissions']]];
    $vectors->differences->compare($vectors, "line $vectors->line", $ours, $fields['allowed'], ...$question);
}
