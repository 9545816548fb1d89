<?php

declare(strict_types=1);

namespace Rolegate\Tests\Server;

/**
 * PHP-FPM with one process that answers requests.
 */
final class Fpm implements Server
{
    public const PROGRAM = '/usr/sbin/php-fpm' . \PHP_MAJOR_VERSION . '.' . \PHP_MINOR_VERSION;

    private readonly int $port;
    private readonly string $app;
    /** @var resource */
    private $process;

    /**
     * Starts a server.
     *
     * @param array<string, string> $settings
     * @param string $folder a folder that the user of the server can read
     * @param list<string> $prefix a command that runs the server
     */
    public function __construct(array $settings, string $folder, array $prefix = [])
    {
        $this->port = freePort();
        $this->app = "$folder/app.php";
        \copy(__DIR__ . '/app.php', $this->app);
        $pool = ['[global]', 'error_log = /dev/null', '[www]', "listen = 127.0.0.1:$this->port", 'pm = static'];
        \array_push($pool, 'pm.max_children = 1', 'user = nobody', 'group = nogroup');
        \file_put_contents("$folder/fpm.conf", \implode("\n", $pool));
        $command = [...$prefix, self::PROGRAM, '-F', '-y', "$folder/fpm.conf", ...arguments($settings)];
        $this->process = start($command, $this->port, \getenv());
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
    }

    public function get(string $path): string
    {
        $request = ['SCRIPT_FILENAME' => $this->app, 'REQUEST_URI' => $path, 'REQUEST_METHOD' => 'GET'];
        $command = ['cgi-fcgi', '-bind', '-connect', "127.0.0.1:$this->port"];
        $process = \proc_open($command, [1 => ['pipe', 'w']], $pipes, null, $request + \getenv());
        $answer = \stream_get_contents($pipes[1]);
        \proc_close($process);
        return \explode("\r\n\r\n", $answer, 2)[1];
    }
}
