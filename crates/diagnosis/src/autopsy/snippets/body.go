package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
[HEX]	"encoding/hex"
[BASE64]	"encoding/base64"
	"net/http"
	"strings"
)

// Verify takes the raw bytes: io.ReadAll(r.Body), before any decoder.
func Verify(rawBody []byte, header http.Header, secret string) bool {
	sent := header.Get("{HEADER}")
	coded, ok := strings.TrimPrefix(sent, "{PREFIX}"), strings.HasPrefix(sent, "{PREFIX}")
[HEX]	given, err := hex.DecodeString(coded)
[BASE64]	given, err := base64.StdEncoding.DecodeString(coded)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(rawBody)
	return ok && err == nil && hmac.Equal(given, mac.Sum(nil))
}
