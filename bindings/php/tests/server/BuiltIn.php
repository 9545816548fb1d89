<?php

declare(strict_types=1);

namespace Rolegate\Tests\Server;

/**
 * PHP's own server. It is not the command line for `ffi.enable`, and has the restrictions of other servers.
 */
final class BuiltIn implements Server
{
    private readonly int $port;
    /** @var resource */
    private $process;

    /**
     * Starts a server.
     *
     * @param array<string, string> $settings
     * @param string|null $package the package whose autoloader a request needs
     * @param list<string> $prefix a command that runs the server
     */
    public function __construct(array $settings, ?string $package = null, array $prefix = [])
    {
        $this->port = freePort();
        $command = [...$prefix, \PHP_BINARY, ...arguments($settings)];
        \array_push($command, '-S', "127.0.0.1:$this->port", __DIR__ . '/app.php');
        $environment = \getenv();
        if ($package !== null) {
            $environment['ROLEGATE_PACKAGE'] = $package;
        }
        $this->process = start($command, $this->port, $environment);
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
    }

    public function get(string $path): string
    {
        $context = \stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 20]]);
        return \file_get_contents("http://127.0.0.1:$this->port$path", false, $context);
    }
}
