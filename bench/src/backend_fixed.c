/*
 * The backend of the pass-on rows: answers every request head with the same 200 of SIZE bytes.
 * It reads no further than the empty line, so requests must have no body.
 *
 * usage: backend_fixed PORT SIZE
 */
#define _GNU_SOURCE
#include "net.h"

enum { REQUEST_SIZE = 8192, MAX_SIZE = 64 * 1024 };

struct connection {
    int fd;
    size_t used;
    char request[REQUEST_SIZE];
};

static char reply[MAX_SIZE + 512];
static size_t reply_length;

static void prepare(size_t size) {
    int head = snprintf(reply, 512,
                        "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
                        "Content-Type: text/html\r\nContent-Length: %zu\r\n\r\n",
                        size);
    memset(reply + head, 'x', size);
    reply_length = (size_t)head + size;
}

static void serve(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->request + connection->used,
                         REQUEST_SIZE - connection->used, 0);
    if (count < 0 && errno == EAGAIN) return;
    int good = count > 0;
    connection->used += good ? (size_t)count : 0;
    for (char *end; good && (end = memmem(connection->request, connection->used, "\r\n\r\n", 4));) {
        size_t head_length = (size_t)(end - connection->request) + 4;
        connection->used -= head_length;
        memmove(connection->request, connection->request + head_length, connection->used);
        /* A socket buffer holds several replies: a short send means a peer that does not read. */
        good = send(connection->fd, reply, reply_length, MSG_NOSIGNAL) == (ssize_t)reply_length;
    }
    if (good && connection->used < REQUEST_SIZE) return;
    close(connection->fd);
    free(connection);
}

int main(int argc, char **argv) {
    if (argc != 3 || atoi(argv[2]) < 0 || atoi(argv[2]) > MAX_SIZE)
        usage("backend_fixed PORT SIZE (at most 65536)");
    prepare((size_t)atoi(argv[2]));
    int listener = listen_on(port_of(argv[1]));
    int epoll = new_epoll();
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) {
                serve(events[i].data.ptr);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) continue;
            struct connection *connection = calloc(1, sizeof *connection);
            if (!connection) die("calloc");
            connection->fd = fd;
            watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, connection);
        }
    }
}
