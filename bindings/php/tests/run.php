<?php

// Runs the tests against an installed package: php run.php PACKAGE

declare(strict_types=1);

require $argv[1] . '/autoload.php';
require __DIR__ . '/harness.php';

foreach (glob(__DIR__ . '/cases/*.php') as $file) {
    require $file;
}
exit(Rolegate\Tests\Results::finish());
