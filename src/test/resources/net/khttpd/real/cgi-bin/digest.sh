#!/bin/sh
# Length and hash of the request's body, with a length or chunked.
body=$(mktemp) || exit 1
trap 'rm -f "$body"' EXIT
cat >"$body"
printf 'Content-Type: text/plain\r\n\r\n%s %s\n' "$(wc -c <"$body")" "$(sha256sum <"$body" | cut -d' ' -f1)"
