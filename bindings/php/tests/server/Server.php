<?php

declare(strict_types=1);

namespace Rolegate\Tests\Server;

use Rolegate\Tests\Failed;

/**
 * A server that answers with the pages of `app.php`. It stops when the object is gone.
 */
interface Server
{
    /** Returns the body of a page. */
    public function get(string $path): string;
}

/**
 * Returns the settings of a server as arguments. An answer must arrive before a fatal error discards it.
 *
 * @param array<string, string> $settings
 * @return list<string>
 */
function arguments(array $settings): array
{
    $arguments = [];
    foreach ($settings + ['display_errors' => '0', 'log_errors' => '0', 'output_buffering' => '0'] as $name => $value) {
        \array_push($arguments, '-d', "$name=$value");
    }
    return $arguments;
}

/** Returns a port that was free a moment ago. */
function freePort(): int
{
    $socket = \stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) \substr(\strrchr(\stream_socket_get_name($socket, false), ':'), 1);
    \fclose($socket);
    return $port;
}

/**
 * Starts a server, and waits until it listens.
 *
 * @param list<string> $command
 * @param array<string, string> $environment
 * @return resource
 */
function start(array $command, int $port, array $environment)
{
    $log = ['file', '/dev/null', 'w'];
    $process = \proc_open($command, [1 => $log, 2 => $log], $pipes, null, $environment);
    for ($tries = 0; $tries < 200 && \proc_get_status($process)['running']; $tries++) {
        $socket = @\stream_socket_client("tcp://127.0.0.1:$port", $code, $message, 1);
        if ($socket !== false) {
            \fclose($socket);
            return $process;
        }
        \usleep(50_000);
    }
    \proc_terminate($process);
    throw new Failed('the server does not start');
}
