<?php
// Laravel: $request->getContent(). Plain PHP: file_get_contents('php://input').
function verify(string $rawBody, array $server, string $secret, ?int $now = null): bool
{
    $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6), true) : $secret;
    $id = $server['{CGI_FAMILY}_ID'] ?? '';
    $time = $server['{CGI_FAMILY}_TIMESTAMP'] ?? '';
    if ($key === false || $id === '' || !preg_match('/\A[0-9]{1,12}\z/', $time)) return false;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$rawBody", $key, true));
    $matches = false;
    foreach (explode(' ', $server['{CGI}'] ?? '') as $value) {
        if (hash_equals($expected, $value)) $matches = true;
    }
    return $matches && abs(($now ?? time()) - (int) $time) <= 300;
}
