<?php
// Laravel: $request->getContent(). Plain PHP: file_get_contents('php://input').
function verify(string $rawBody, array $server, string $secret, ?int $now = null): bool
{
    $times = [];
    $given = [];
    foreach (explode(',', $server['{CGI}'] ?? '') as $part) {
        [$key, $value] = explode('=', $part, 2) + [1 => ''];
        if ($key === 't') $times[] = $value;
        if ($key === 'v1') $given[] = strtolower($value);
    }
    if (count($times) !== 1 || !preg_match('/\A[0-9]{1,12}\z/', $times[0])) return false;
    $expected = hash_hmac('sha256', $times[0] . '.' . $rawBody, $secret);
    $matches = false;
    foreach ($given as $value) {
        if (hash_equals($expected, $value)) $matches = true;
    }
    return $matches && abs(($now ?? time()) - (int) $times[0]) <= 300;
}
