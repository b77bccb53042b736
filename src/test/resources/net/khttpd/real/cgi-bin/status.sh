#!/bin/sh
# The status that the query names, with a body where there is one.
printf 'Status: %s Because\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n\r\n' "$QUERY_STRING"
case $QUERY_STRING in 204|304) ;; *) printf 'status %s\n' "$QUERY_STRING" ;; esac
