<?php

// Prints the declarations of the C header that FFI can read: no comments, directives, attributes or C++.

declare(strict_types=1);

$text = file_get_contents($argv[1]);
$without = ['~/\*.*?\*/~s', '~^#.*$~m', '~^extern "C" \{.*$~m', '~^\}\s*(?://.*)?$~m', '~^ROLEGATE_MUST_USE$~m'];
$text = preg_replace($without, '', $text);
$lines = array_filter(explode("\n", $text), static fn (string $line): bool => trim($line) !== '');
echo implode("\n", $lines), "\n";
