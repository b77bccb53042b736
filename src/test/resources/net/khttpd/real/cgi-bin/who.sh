#!/bin/sh
# Who the application thinks has asked.
printf 'Content-Type: text/plain\r\n\r\n'
printf '%s %s' "$REMOTE_ADDR" "$HTTP_X_FORWARDED_FOR"
