/*
 * Floor for passing on: takes a request, forwards its bytes on a pooled keep-alive connection to
 * the backend, copies the answer back. It looks at nothing but the Content-Length of the answer,
 * which tells when the backend connection is free again.
 *
 * usage: floor_relay PORT BACKEND-PORT
 */
#define _GNU_SOURCE
#include "net.h"

enum { BUFFER_SIZE = 16 * 1024, MAX_POOL = 1024 };

/* One end of the relay: a client, or a connection to the backend. */
struct end {
    int fd;
    int is_backend;
    struct end *other; /* the end it is relaying to just now, or NULL */
    size_t remaining;  /* backend: bytes of the answer still to come; 0 before its head */
};

static int epoll, backend_port;
static struct end *pool[MAX_POOL];
static int pooled;
static char buffer[BUFFER_SIZE];

static struct end *new_end(int fd, int is_backend) {
    struct end *end = calloc(1, sizeof *end);
    if (!end) die("calloc");
    end->fd = fd;
    end->is_backend = is_backend;
    watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, end);
    return end;
}

/* Newest first: the connection whose memory is warm, and the least likely to be stale. */
static struct end *take_backend(void) {
    if (pooled) return pool[--pooled];
    /* Blocking connect: on the loopback it is done at once, and only the first requests pay it. */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(backend_port);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("backend");
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return new_end(fd, 1);
}

static void drop(struct end *end) {
    for (int i = 0; i < pooled; i++)
        if (pool[i] == end) pool[i] = pool[--pooled];
    close(end->fd);
    free(end);
}

/* Both ends of a relay that went wrong. Only for ends without a later event in this turn. */
static void cut(struct end *end) {
    if (end->other) {
        /* The other end may have an event pending in this turn: shut it, its EOF comes by epoll. */
        shutdown(end->other->fd, SHUT_RDWR);
        end->other->other = NULL;
    }
    drop(end);
}

/* The whole length of the answer whose head begins the buffer, or 0 if it is not understood. */
static size_t answer_length(size_t length) {
    char *end = memmem(buffer, length, "\r\n\r\n", 4);
    if (!end) return 0;
    char *field = memmem(buffer, (size_t)(end - buffer), "Content-Length: ", 16);
    return field ? (size_t)(end - buffer) + 4 + strtoul(field + 16, NULL, 10) : 0;
}

static void from_client(struct end *client) {
    ssize_t count = recv(client->fd, buffer, BUFFER_SIZE, MSG_DONTWAIT);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) cut(client);
        return;
    }
    struct end *backend = client->other ? client->other : take_backend();
    client->other = backend;
    backend->other = client;
    if (send(backend->fd, buffer, (size_t)count, MSG_NOSIGNAL) != count) cut(client);
}

static void from_backend(struct end *backend) {
    ssize_t count = recv(backend->fd, buffer, BUFFER_SIZE, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    struct end *client = backend->other;
    if (count <= 0 || !client) {
        cut(backend);
        return;
    }
    if (!backend->remaining) backend->remaining = answer_length((size_t)count);
    if ((size_t)count > backend->remaining ||
        send(client->fd, buffer, (size_t)count, MSG_NOSIGNAL) != count) {
        cut(backend);
        return;
    }
    backend->remaining -= (size_t)count;
    if (backend->remaining || pooled == MAX_POOL) return;
    client->other = backend->other = NULL;
    pool[pooled++] = backend;
}

int main(int argc, char **argv) {
    if (argc != 3) usage("floor_relay PORT BACKEND-PORT");
    backend_port = port_of(argv[2]);
    int listener = listen_on(port_of(argv[1]));
    epoll = new_epoll();
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct end *end = events[i].data.ptr;
            if (end) {
                end->is_backend ? from_backend(end) : from_client(end);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (fd >= 0) new_end(fd, 0);
        }
    }
}
