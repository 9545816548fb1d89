<?php

// Compares the package with Appwrite's own answers: php run.php PACKAGE tests/data
//
// The vectors are in the folder `conformance` of the data, or in ROLEGATE_VECTORS.

declare(strict_types=1);

namespace Rolegate\Tests\Conformance;

require $argv[1] . '/autoload.php';
require __DIR__ . '/Vectors.php';
require __DIR__ . '/Differences.php';
require __DIR__ . '/language.php';
require __DIR__ . '/decisions.php';
require __DIR__ . '/collections.php';
require __DIR__ . '/jwt.php';

$other = \getenv('ROLEGATE_VECTORS');
$vectors = $other === false || $other === ''
    ? new Vectors("$argv[2]/conformance", new Differences(\file_get_contents("$argv[2]/differences.json")))
    // Vectors from elsewhere have differences without names.
    : new Vectors($other, new Differences(null));
$vectors->check('permissions', checkPermission(...));
$vectors->check('roles', checkRole(...));
$vectors->check('aggregate', checkAggregate(...));
$vectors->check('user_roles', checkUserRoles(...));
$vectors->check('decisions', checkDecision(...));
$vectors->check('decisions_raw', checkRawDecision(...));
$vectors->check('collections', checkCollection(...));
$vectors->check('collections_raw', checkCollection(...));
$vectors->check('jwt', checkToken(...));
echo "conformance audience, keys, requests: not in this interface\n";
exit($vectors->finish());
