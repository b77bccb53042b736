#!/usr/bin/env python3
"""Takes sockets that kHTTPd hands over (handover=unix:PATH) and answers on them: receiver.py PATH

The protocol is in docs/passing-on.md, "Handing over the socket"; take() is all of it.
"""
import os
import socket
import struct
import sys
import threading

HEADER = struct.Struct("!4sBBHIHH16s16s")


def take(offer):
    """The client's socket and what was already read from it; None if it was taken back."""
    data, descriptors, _, _ = socket.recv_fds(offer, 65536, 1)
    if not descriptors:
        return None
    with socket.socket(fileno=descriptors[0]) as client:
        while len(data) < HEADER.size or len(data) < HEADER.size + HEADER.unpack_from(data)[4]:
            more = offer.recv(65536)
            if not more:
                return None
            data += more
        offer.sendall(b"A")  # we take it ...
        if offer.recv(1) != b"G":  # ... and touch it only now
            return None
        client.setblocking(True)
        return client.dup(), data[HEADER.size :]


def serve(offer):
    with offer:
        taken = take(offer)
    if not taken:
        return
    client, unread = taken
    with client:
        while True:
            while b"\r\n\r\n" not in unread:
                more = client.recv(65536)
                if not more:
                    return
                unread += more
            head, _, unread = unread.partition(b"\r\n\r\n")
            body = b"python: " + head.split(b"\r\n")[0] + b"\n"
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def main(path):
    if os.path.exists(path):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
