#!/bin/sh
# What of the request must arrive the same, whoever stands in front.
printf 'Content-Type: text/plain; charset=utf-8\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nX-Echo:  two  blanks \r\n\r\n'
printf 'method=%s\nuri=%s\nquery=%s\npath_info=%s\nhost=%s\ncookie=%s\naccept=%s\ntype=%s\nunder_score=%s\n' \
  "$REQUEST_METHOD" "$REQUEST_URI" "$QUERY_STRING" "$PATH_INFO" "$HTTP_HOST" "$HTTP_COOKIE" "$HTTP_ACCEPT" \
  "$CONTENT_TYPE" "$HTTP_X_SAME"
