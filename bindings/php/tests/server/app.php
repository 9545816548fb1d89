<?php

// A page for each behaviour that needs a server. It has no autoloader if the server preloads the package.

declare(strict_types=1);

use Rolegate\Action;
use Rolegate\Exception\LibraryNotLoaded;
use Rolegate\Internal\Buffer;
use Rolegate\Internal\Library;
use Rolegate\Matcher;
use Rolegate\Principal;
use Rolegate\Table;

if (getenv('ROLEGATE_PACKAGE') !== false) {
    require getenv('ROLEGATE_PACKAGE') . '/autoload.php';
}

/** Creates objects and a buffer that are alive when the request ends, and prints the number of handles. */
function objects(): array
{
    $guest = Principal::guest();
    $buffer = new Buffer();
    Library::call('rolegate_principal_json', $guest->handle->pointer, $buffer->address());
    $objects = [$guest, Matcher::for($guest, Action::Read), new Table(), $buffer];
    echo Library::ffi()->rolegate_live_handles();
    flush();
    return $objects;
}

header('Content-Type: text/plain');
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/filter':
        try {
            $page = '[{"$permissions":["read(\"any\")"]},{"$permissions":[]}]';
            echo Matcher::for(Principal::guest(), Action::Read)->filterJson($page);
            echo Library::isPreloaded() ? ' preloaded' : ' loaded';
        } catch (LibraryNotLoaded $exception) {
            echo $exception->getMessage();
        }
        break;
    case '/live':
        echo Library::ffi()->rolegate_live_handles();
        break;
    case '/memory-limit':
        $objects = objects();
        ini_set('memory_limit', '8M');
        str_repeat('x', 10_000_000);
        break;
    case '/time-limit':
        $objects = objects();
        set_time_limit(1);
        while (true) {
        }
    case '/exception':
        $objects = objects();
        throw new RuntimeException('not caught');
    case '/exit':
        $objects = objects();
        exit;
    case '/cycle':
        $cycle = new ArrayObject(objects());
        $cycle['self'] = $cycle;
        break;
}
