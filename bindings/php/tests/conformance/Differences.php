<?php

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Action;
use Rolegate\Exception;
use Rolegate\Permission;

/**
 * Deliberate differences from Appwrite on malformed or unexpanded lists. Each has a name and a reason in a file.
 */
final class Differences
{
    /** @var array<string, array<string, string>>|null */
    private readonly ?array $named;
    /** @var array<string, string> for each difference of the current file, the part of the reason that must be named */
    private array $found = [];

    /**
     * @param string|null $named the JSON of the named differences, or null if they have no names
     */
    public function __construct(?string $named)
    {
        $this->named = $named === null ? null : \json_decode($named, true, 512, \JSON_THROW_ON_ERROR);
    }

    /**
     * Compares our verdict with Appwrite's.
     *
     * What this library allows, Appwrite allows too, except through `write`, which Appwrite expands when a list is
     * saved. If only Appwrite allows an action, a malformed permission is the reason.
     *
     * @param list<string> $roles
     * @param list<list<string>> $lists the lists that count
     */
    public function compare(
        Vectors $vectors,
        string $name,
        bool $ours,
        bool $appwrite,
        Action $action,
        array $roles,
        bool $bypass,
        array $lists,
    ): void {
        $lax = $bypass;
        $reason = null;
        foreach (\array_merge(...$lists) as $text) {
            if (self::isLax($text, $action, $roles)) {
                $lax = true;
                $reason ??= self::malformed($text);
            }
        }
        $vectors->same($lax, $appwrite, "$name: Appwrite's code");
        if ($ours === $appwrite) {
            return;
        }
        if ($ours) {
            if ($action === Action::Read || self::isAllowedWithoutWrite($action, $roles, $bypass, $lists)) {
                $vectors->wrong("$name: allowed, and not only through write");
            }
            $reason = ': write is expanded when evaluated';
        } elseif ($reason === null) {
            $vectors->wrong("$name: denied, and no malformed permission is the reason");
        }
        $this->found[$name] = (string) $reason;
    }

    /** Prints the number of differences of a file, if it can have any, and compares them with the named ones. */
    public function finish(Vectors $vectors): void
    {
        $known = $this->named[$vectors->name] ?? [];
        if ($known !== [] || $this->found !== []) {
            echo "conformance $vectors->name: ", \count($this->found), " differences\n";
        }
        if ($this->named !== null) {
            foreach (\array_diff_key($known, $this->found) as $name => $_) {
                $vectors->wrong("$name: a named difference was not found");
            }
            foreach ($this->found as $name => $reason) {
                if (!\str_contains($known[$name] ?? '', $reason) || !isset($known[$name])) {
                    $vectors->wrong("$name: a difference without its name:$reason");
                }
            }
        }
        $this->found = [];
    }

    /**
     * Returns true if Appwrite allows the action through a text. Appwrite removes every `action(`, `)`, `"` and space
     * of a text that begins with the action, and looks for the rest among the roles.
     *
     * @param list<string> $roles
     */
    private static function isLax(string $text, Action $action, array $roles): bool
    {
        $rest = \str_replace(["$action->value(", ')', '"', ' '], '', $text);
        return \str_starts_with($text, $action->value) && \in_array($rest, $roles, true);
    }

    private static function malformed(string $text): ?string
    {
        try {
            Permission::parse($text);
            return null;
        } catch (Exception $exception) {
            return " is malformed ($exception->kind) and grants nothing";
        }
    }

    /**
     * @param list<string> $roles
     * @param list<list<string>> $lists
     */
    private static function isAllowedWithoutWrite(Action $action, array $roles, bool $bypass, array $lists): bool
    {
        $isOther = static fn (string $text): bool => !\str_starts_with($text, 'write(');
        $permissions = \array_values(\array_filter(\array_merge(...$lists), $isOther));
        return principalOf($roles, $bypass)->can($action, $permissions);
    }
}
