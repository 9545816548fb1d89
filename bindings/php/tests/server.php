<?php

// Tests the package in servers, with and without preloading: php server.php PACKAGE

declare(strict_types=1);

namespace Rolegate\Tests;

require $argv[1] . '/autoload.php';
require __DIR__ . '/harness.php';
require __DIR__ . '/server/Server.php';
require __DIR__ . '/server/BuiltIn.php';
require __DIR__ . '/server/Fpm.php';

use Rolegate\Tests\Server\BuiltIn;
use Rolegate\Tests\Server\Fpm;
use Rolegate\Tests\Server\Server;

use function Rolegate\Tests\Server\arguments;

const FILTERED = '[{"$permissions":["read(\"any\")"]}]';

/** Checks that the objects of requests that end in any way are freed. */
function checkEnds(Server $server): void
{
    foreach (['/memory-limit', '/exception', '/exit', '/cycle', '/time-limit'] as $path) {
        same('3', $server->get($path), $path);
        same('0', $server->get('/live'), $path);
    }
}

// The package must be readable for another user.
$package = \sys_get_temp_dir() . '/rolegate-' . \getmypid();
[$from, $to] = \array_map(\escapeshellarg(...), [$argv[1], $package]);
\exec("cp -R $from $to && chmod -R a+rX $to");
$isRoot = \posix_geteuid() === 0;
$asNobody = $isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
$preload = ['opcache.enable' => '1', 'opcache.preload' => "$package/preload.php", 'ffi.enable' => 'preload'];
// A server that root starts cannot load a library in the preload script.
$header = "$package/preload.h";
\proc_close(\proc_open([\PHP_BINARY, "$package/bin/rolegate-ffi-header"], [1 => ['file', $header, 'w']], $pipes));
$preloadHeader = [...$preload, 'ffi.preload' => $header, ...($isRoot ? ['opcache.preload_user' => 'nobody'] : [])];

/** Checks that a server loads the library at its start, and frees the objects of requests. */
function checkPreloaded(Server $server): void
{
    same(FILTERED . ' preloaded', $server->get('/filter'));
    same(FILTERED . ' preloaded', $server->get('/filter'));
    checkEnds($server);
}

test('server_with_preload_script_loads_the_library_once', static function () use ($preload, $asNobody): void {
    checkPreloaded(new BuiltIn($preload, null, $asNobody));
});

test('server_with_ffi_preload_loads_the_library_once', static function () use ($preloadHeader): void {
    checkPreloaded(new BuiltIn($preloadHeader));
});

test('server_without_preload_loads_the_library_in_each_request', static function () use ($package): void {
    $server = new BuiltIn(['ffi.enable' => 'true'], $package);
    same(FILTERED . ' loaded', $server->get('/filter'));
    checkEnds($server);
});

test('server_that_restricts_ffi_gets_an_exception', static function () use ($package): void {
    contains('restricted', (new BuiltIn(['ffi.enable' => 'preload'], $package))->get('/filter'));
    contains('restricted', (new BuiltIn(['ffi.enable' => 'false'], $package))->get('/filter'));
});

test('command_line_with_preload_script_needs_no_autoloader', static function () use ($preload, $asNobody): void {
    $code = 'echo Rolegate\Permission::parse("read(\"any\")"), " ", (int) Rolegate\Internal\Library::isPreloaded();';
    $settings = arguments([...$preload, 'opcache.enable_cli' => '1']);
    $process = \proc_open([...$asNobody, \PHP_BINARY, ...$settings, '-r', $code], [1 => ['pipe', 'w']], $pipes);
    $output = \stream_get_contents($pipes[1]);
    same([0, 'read("any") 1'], [\proc_close($process), $output]);
});

if (\is_file(Fpm::PROGRAM) && \is_file('/usr/bin/cgi-fcgi')) {
    test('fpm_with_ffi_preload_loads_the_library_once', static function () use ($preloadHeader, $package): void {
        checkPreloaded(new Fpm($preloadHeader, $package));
    });

    test('fpm_with_preload_script_loads_the_library_once', static function () use ($preload, $package, $asNobody) {
        checkPreloaded(new Fpm($preload, $package, $asNobody));
    });
} else {
    echo "not tested: PHP-FPM or cgi-fcgi is missing\n";
}

\exec("rm -r $to");
exit(Results::finish());
