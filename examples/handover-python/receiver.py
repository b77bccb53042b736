#!/usr/bin/env python3
"""Takes sockets that kHTTPd hands over (handover=unix:PATH) and answers on them.

    receiver.py PATH

The protocol is described in docs/passing-on.md, "Handing over the socket".
"""
import os
import socket
import struct
import sys
import threading

HEADER = struct.Struct("!4sBBHIHH16s16s")  # 48 bytes


def take(offer):
    """The client's socket and the bytes already read from it, or None."""
    head, descriptors, _, _ = socket.recv_fds(offer, 65536, 1)
    if not descriptors:
        return None
    client = socket.socket(fileno=descriptors[0])
    while len(head) < HEADER.size or len(head) < HEADER.size + HEADER.unpack_from(head)[4]:
        more = offer.recv(65536)
        if not more:
            return None
        head += more
    offer.sendall(b"A")  # we will
    if offer.recv(1) != b"G":
        client.detach() if os.close(client.fileno()) is None else None
        return None  # taken back: not ours, not touched
    return client, head[HEADER.size :]


def serve(offer):
    with offer:
        taken = take(offer)
    if taken is None:
        return
    client, unread = taken
    client.setblocking(True)
    with client, client.makefile("rb") as stream:
        while True:
            while b"\r\n\r\n" not in unread:
                more = stream.read1(65536)
                if not more:
                    return
                unread += more
            request, _, unread = unread.partition(b"\r\n\r\n")
            body = b"python: " + request.split(b"\r\n")[0] + b"\n"
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def main(path):
    if os.path.exists(path):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        print("ready", flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
