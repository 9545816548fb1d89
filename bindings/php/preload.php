<?php

// The script for `opcache.preload`. Loads all classes, and the library unless `ffi.preload` loaded it.

declare(strict_types=1);

namespace Rolegate;

require __DIR__ . '/autoload.php';

foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(__DIR__ . '/src')) as $file) {
    if ($file->getExtension() === 'php') {
        require_once $file->getPathname();
    }
}

if (!Internal\Library::isPreloaded()) {
    Internal\Library::preload();
}
