#!/bin/sh
# As many KiB of zeros as the query says: chunked, for the length is not announced.
printf 'Content-Type: application/octet-stream\r\n\r\n'
exec head -c "${QUERY_STRING:-1}k" /dev/zero
