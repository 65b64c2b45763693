<?php
// Laravel: $request->getContent(). Plain PHP: file_get_contents('php://input').
function verify(string $rawBody, array $server, string $secret): bool
{
[HEX]    $expected = '{PREFIX}' . hash_hmac('sha256', $rawBody, $secret);
[HEX]    return hash_equals($expected, strtolower($server['{CGI}'] ?? ''));
[BASE64]    $expected = base64_encode(hash_hmac('sha256', $rawBody, $secret, true));
[BASE64]    return hash_equals($expected, $server['{CGI}'] ?? '');
}
