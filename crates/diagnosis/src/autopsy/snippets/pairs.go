package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Verify takes the raw bytes: io.ReadAll(r.Body), before any decoder.
func Verify(rawBody []byte, header http.Header, secret string, now time.Time) bool {
	sent, times, given := "", 0, [][]byte{}
	for _, part := range strings.Split(header.Get("{HEADER}"), ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "t":
			sent, times = value, times+1
		case "v1":
			if digest, err := hex.DecodeString(value); err == nil {
				given = append(given, digest)
			}
		}
	}
	seconds, err := strconv.ParseUint(sent, 10, 40)
	if times != 1 || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(sent + "."))
	mac.Write(rawBody)
	expected, matches := mac.Sum(nil), false
	for _, digest := range given {
		matches = hmac.Equal(digest, expected) || matches
	}
	age := now.Unix() - int64(seconds)
	return matches && age <= 300 && age >= -300
}
