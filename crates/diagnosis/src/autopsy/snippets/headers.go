package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Verify takes the raw bytes: io.ReadAll(r.Body), before any decoder.
func Verify(rawBody []byte, header http.Header, secret string, now time.Time) bool {
	key := []byte(secret)
	if strings.HasPrefix(secret, "whsec_") {
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return false
		}
		key = decoded
	}
	id, sent := header.Get("{FAMILY}-id"), header.Get("{FAMILY}-timestamp")
	seconds, err := strconv.ParseUint(sent, 10, 40)
	if id == "" || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + sent + "."))
	mac.Write(rawBody)
	expected, matches := mac.Sum(nil), false
	for _, item := range strings.Fields(header.Get("{HEADER}")) {
		ok := strings.HasPrefix(item, "v1,")
		digest, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(item, "v1,"))
		matches = (ok && err == nil && hmac.Equal(digest, expected)) || matches
	}
	age := now.Unix() - int64(seconds)
	return matches && age <= 300 && age >= -300
}
