<?php

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

use Rolegate\Exception;
use Rolegate\Internal\Library;
use Rolegate\Principal;
use Rolegate\Role;

/**
 * Lines of JSON with inputs and Appwrite's outputs. The case that is being checked is at `$name`, line `$line`.
 */
final class Vectors
{
    public string $name = '';
    public int $line = 0;
    private int $mistakes = 0;
    private int $passed = 0;
    private int $failed = 0;

    public function __construct(private readonly string $folder, public readonly Differences $differences)
    {
    }

    /**
     * Checks every case of a file, and prints the number of cases.
     *
     * @param \Closure(self, array<string, mixed>): void $check
     */
    public function check(string $name, \Closure $check): void
    {
        [$this->name, $this->line, $this->mistakes] = [$name, 0, 0];
        $cases = 0;
        $file = @\fopen("$this->folder/$name.ndjson", 'rb');
        while ($file !== false && ($text = \fgets($file)) !== false) {
            $this->line++;
            if (\trim($text) === '') {
                continue;
            }
            $cases++;
            try {
                $check($this, \json_decode($text, true, 512, \JSON_THROW_ON_ERROR));
            } catch (\Throwable $failure) {
                $this->wrong($failure::class . ': ' . $failure->getMessage());
            }
        }
        if ($cases === 0) {
            $this->wrong('no cases');
        }
        echo "conformance $name: $cases cases\n";
        $this->differences->finish($this);
        $this->mistakes === 0 ? $this->passed++ : $this->failed++;
    }

    /** Reports a mistake of the case that is being checked. */
    public function wrong(string $message): void
    {
        $this->mistakes++;
        \fwrite(\STDERR, "$this->folder/$this->name.ndjson:$this->line: $message\n");
    }

    /** Checks that two values are the same. */
    public function same(mixed $ours, mixed $appwrite, string $what): void
    {
        if ($ours !== $appwrite) {
            $this->wrong("$what: ours " . \json_encode($ours) . ", Appwrite's " . \json_encode($appwrite));
        }
    }

    /** Prints the numbers, and returns the exit status. */
    public function finish(): int
    {
        \gc_collect_cycles();
        $live = Library::ffi()->rolegate_live_handles();
        if ($live !== 0) {
            echo "FAILED $live handles are not freed\n";
            $this->failed++;
        }
        echo "$this->passed passed, $this->failed failed\n";
        return $this->failed === 0 ? 0 : 1;
    }
}

function isRole(string $text): bool
{
    try {
        Role::parse($text);
        return true;
    } catch (Exception) {
        return false;
    }
}

/**
 * Returns a principal with those of the roles that are well-formed, or with bypass.
 *
 * @param list<string> $roles
 */
function principalOf(array $roles, bool $bypass): Principal
{
    $wellFormed = \array_values(\array_filter($roles, isRole(...)));
    return $bypass ? Principal::keyWithBypass() : Principal::fromRoles($wellFormed);
}
