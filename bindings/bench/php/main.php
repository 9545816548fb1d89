<?php

// Measures the package for PHP beside the same work in PHP, in one run: php main.php PACKAGE FOLDER

declare(strict_types=1);

[, $package, $folder] = $argv;
require "$package/autoload.php";

use Rolegate\Action;
use Rolegate\Collection;
use Rolegate\Column;
use Rolegate\Exception;
use Rolegate\Internal\Library;
use Rolegate\Matcher;
use Rolegate\Principal;
use Rolegate\Selection;
use Rolegate\Table;

const SAMPLES = 101;

function median(array $samples): float
{
    sort($samples);
    return $samples[intdiv(count($samples), 2)];
}

/** Returns the time of one round in microseconds. */
function time_of(Closure $work, int $rounds, mixed &$answer): float
{
    $start = hrtime(true);
    for ($round = 0; $round < $rounds; $round++) {
        $answer = $work();
    }
    return (hrtime(true) - $start) / $rounds / 1000;
}

/**
 * Measures two ways to do the same work, one sample after the other. PHP must take at least `$target` times as long.
 *
 * @param int $more the number of rounds of ours for each round of PHP
 */
function compare(string $what, Closure $ours, Closure $php, int $rounds, ?float $target, int $more = 1): void
{
    $samples = [[], []];
    for ($sample = 0; $sample < SAMPLES; $sample++) {
        $samples[0][] = time_of($ours, $rounds * $more, $answer);
        $samples[1][] = time_of($php, $rounds, $expected);
        if ($answer !== $expected) {
            fwrite(STDERR, "$what: the answers differ\n");
            exit(1);
        }
    }
    [$mine, $other] = array_map(median(...), $samples);
    $missed = $target !== null && $other < $target * $mine ? 'MISSED' : '';
    $wanted = $target === null ? 'none' : ">= $target";
    $ratio = $other / $mine;
    printf("%-50s %12.2f %12.2f  PHP / ours %8.2f  %-6s %s\n", $what, $mine, $other, $ratio, $wanted, $missed);
}

/** Appwrite's Document::getPermissionsByType and Authorization::isValid. */
final class Authorization
{
    /** @param array<string, true> $roles */
    public function __construct(private readonly array $roles)
    {
    }

    public function isValid(string $action, array $permissions): bool
    {
        $roles = [];
        foreach ($permissions as $permission) {
            if (str_starts_with($permission, $action)) {
                $roles[] = str_replace([$action . '(', ')', '"', ' '], '', $permission);
            }
        }
        foreach (array_unique($roles) as $role) {
            if (array_key_exists($role, $this->roles)) {
                return true;
            }
        }
        return false;
    }
}

/** Returns the lists of a file with one document on each line, and tabs between permissions. */
function lists(string $file): array
{
    return array_map(static fn (string $line): array => explode("\t", $line), file($file, FILE_IGNORE_NEW_LINES));
}

$user = file_get_contents("$folder/user.json");
$page = file_get_contents("$folder/page.json");
$response = file_get_contents("$folder/response.json");
$pageLists = lists("$folder/page.txt");
$allLists = lists("$folder/documents.txt");
$principal = Principal::fromUser($user);
$matcher = Matcher::for($principal, Action::Read);
$roles = $principal->getRoles();
$authorization = new Authorization(array_fill_keys($roles, true));
$wanted = array_fill_keys(array_map(static fn (string $role): string => "read(\"$role\")", $roles), true);

// The work in PHP. The JSON must be the same afterwards, byte for byte.
$filterInPhp = static function (string $json) use ($authorization): string {
    $response = json_decode($json, true);
    $visible = [];
    foreach ($response['documents'] as $document) {
        if ($authorization->isValid('read', $document['$permissions'])) {
            $visible[] = $document;
        }
    }
    return json_encode(['total' => count($visible), 'documents' => $visible], JSON_UNESCAPED_SLASHES);
};
$loop = static function (array $lists) use ($wanted): array {
    $answers = [];
    foreach ($lists as $key => $list) {
        $answers[$key] = false;
        foreach ($list as $permission) {
            if (isset($wanted[$permission])) {
                $answers[$key] = true;
                break;
            }
        }
    }
    return $answers;
};
$countAsAppwrite = static function (array $lists) use ($authorization): int {
    $count = 0;
    foreach ($lists as $list) {
        $count += (int) $authorization->isValid('read', $list);
    }
    return $count;
};
$countInLoop = static function (array $lists) use ($wanted): int {
    $count = 0;
    foreach ($lists as $list) {
        foreach ($list as $permission) {
            if (isset($wanted[$permission])) {
                $count++;
                break;
            }
        }
    }
    return $count;
};
$positionsInLoop = static fn (): array => array_keys(array_filter($loop($allLists)));

$table = new Table();
$column = new Column();
$column->appendStrict($table, $allLists);
$selection = new Selection();
$resolve = static fn (): Selection => $table->resolve($principal, Action::Read)->filter($column, $selection);
$resolveAndCount = static fn (): int => count($resolve());
$resolveAndList = static fn (): array => $resolve()->positions();

$opcache = (opcache_get_status(false)['opcache_enabled'] ?? false) ? 'on' : 'off';
$jit = ini_get('opcache.jit_buffer_size') === '0' ? 'off' : 'on';
printf("PHP %s, opcache %s, JIT %s; medians of %d samples, in microseconds\n", PHP_VERSION, $opcache, $jit, SAMPLES);
printf("%-50s %12s %12s\n", '', 'ours', 'PHP');
$filter = static fn (): string => $matcher->filterJson($page)->json;
$request = static fn (): string => Matcher::for(Principal::fromUser($user), Action::Read)->filterJson($page)->json;
compare('page of 25 documents, JSON', $filter, static fn () => $filterInPhp($page), 150, 3);
compare('the same with a principal of its own', $request, static fn () => $filterInPhp($page), 150, 3);
$large = static fn (): string => $matcher->filterJson($response)->json;
compare('response of 1 MB, JSON', $large, static fn () => $filterInPhp($response), 1, 5);
$strings = static fn (): array => $matcher->test($pageLists);
$isValid = static fn (array $list): bool => $authorization->isValid('read', $list);
compare('page of 25 documents, strings, loop with isset', $strings, static fn () => $loop($pageLists), 500, null);
$asAppwrite = static fn (): array => array_map($isValid, $pageLists);
compare('page of 25 documents, strings, Authorization', $strings, $asAppwrite, 500, null);
$asAppwrite = static fn (): int => $countAsAppwrite($allLists);
$inLoop = static fn (): int => $countInLoop($allLists);
compare('100,000 compiled documents, Authorization', $resolveAndCount, $asAppwrite, 1, 50, 20);
compare('100,000 compiled documents, loop with isset', $resolveAndCount, $inLoop, 1, 50, 20);
compare('the same with all positions, loop with isset', $resolveAndList, $positionsInLoop, 1, null, 5);
$none = static fn (): bool => $principal->can(Action::Read, []);
$calls = [];
for ($sample = 0; $sample < SAMPLES; $sample++) {
    $calls[] = time_of($none, 10000, $answer);
}
printf("%-50s %12.2f\n", 'a call without work', median($calls));

/** Returns the resident memory in KiB. */
function resident(): int
{
    return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
}

$live = static fn (): int => Library::ffi()->rolegate_live_handles();
$oneOfEach = static function () use ($pageLists, $user): void {
    $table = new Table();
    $column = new Column();
    $column->append($table, $pageLists);
    $table->resolve(Principal::fromUser($user), Action::Read)->filter($column)->positions();
    Collection::from('{"$permissions": [], "documentSecurity": true}')->matcher(Principal::guest(), Action::Read);
    try {
        Principal::fromRoles(['usr:a']);
    } catch (Exception) {
    }
};
for ($round = 0; $round < 1000000; $round++) {
    if ($round === 10000) {
        $start = [resident(), memory_get_usage(), $live()];
    }
    if ($round % 10 === 0) {
        $oneOfEach();
    }
    $filter();
}
$end = [resident(), memory_get_usage(), $live()];
$flat = $end[0] <= $start[0] + 256 && $end[1] <= $start[1] + 1024 && $end[2] === $start[2];
printf(
    "memory after 10^6 requests: %d KiB, %d KiB after the first 10,000, %d handles more  flat  %s\n",
    $end[0],
    $start[0],
    $end[2] - $start[2],
    $flat ? '' : 'MISSED',
);
