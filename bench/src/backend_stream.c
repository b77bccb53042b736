/*
 * The backend of the rows that pass on more than a small answer: takes a request with its body,
 * whose length the head must give, throws the body away, and answers with 200 and SIZE bytes. A
 * request with Upgrade gets 101, and from then on everything back that it sends.
 *
 * usage: backend_stream PORT SIZE
 */
#define _GNU_SOURCE
#include <stdint.h>

#include "net.h"

enum { BUFFER_SIZE = 256 * 1024 };

enum state {
    HEAD,    /* waiting for a whole head */
    BODY,    /* `remaining` bytes of the request's body are still to come */
    ANSWER,  /* `remaining` bytes of the answer are still to be sent, its head included */
    TUNNEL   /* bytes go back; `used` of them still have to */
};

struct connection {
    int fd;
    enum state state;
    int64_t remaining;
    size_t used;
    char buffer[4096];
};

static const char SWITCHING[] =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static char head[256], scratch[BUFFER_SIZE], body[BUFFER_SIZE];
static int head_length;
static int64_t answer_length;

/* The next piece of the answer: of its head first, then of the body. */
static ssize_t send_some(struct connection *connection) {
    int64_t sent = answer_length - connection->remaining;
    if (sent < head_length)
        return send(connection->fd, head + sent, (size_t)(head_length - sent),
                    MSG_NOSIGNAL | (answer_length > head_length ? MSG_MORE : 0));
    size_t most = connection->remaining < BUFFER_SIZE ? (size_t)connection->remaining : BUFFER_SIZE;
    return send(connection->fd, body, most, MSG_NOSIGNAL);
}

static int answer(struct connection *connection) {
    while (connection->remaining > 0) {
        ssize_t count = send_some(connection);
        if (count < 0) return errno == EAGAIN;
        connection->remaining -= count;
    }
    connection->state = HEAD;
    return 1;
}

static int begin_answer(struct connection *connection) {
    connection->state = ANSWER;
    connection->remaining = answer_length;
    return answer(connection);
}

/* A whole head in the buffer; what follows it is of the body. False: it is not understood. */
static int understand(struct connection *connection, size_t length) {
    connection->buffer[length - 1] = 0;
    size_t after = connection->used - length;
    connection->used = 0;
    if (strcasestr(connection->buffer, "\r\nUpgrade:")) {
        connection->state = TUNNEL;
        return after == 0 && send(connection->fd, SWITCHING, sizeof SWITCHING - 1, MSG_NOSIGNAL) > 0;
    }
    const char *field = strcasestr(connection->buffer, "\r\nContent-Length:");
    connection->remaining = (field ? strtoll(field + 17, NULL, 10) : 0) - (int64_t)after;
    connection->state = BODY;
    if (connection->remaining > 0) return 1;
    return connection->remaining == 0 && begin_answer(connection);
}

static int read_head(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->buffer + connection->used,
                         sizeof connection->buffer - connection->used, 0);
    if (count <= 0) return count < 0 && errno == EAGAIN ? -1 : 0;
    connection->used += (size_t)count;
    char *end = memmem(connection->buffer, connection->used, "\r\n\r\n", 4);
    if (!end) return connection->used < sizeof connection->buffer;
    return understand(connection, (size_t)(end - connection->buffer) + 4);
}

static int read_body(struct connection *connection) {
    size_t most = connection->remaining < BUFFER_SIZE ? (size_t)connection->remaining : BUFFER_SIZE;
    ssize_t count = recv(connection->fd, scratch, most, MSG_TRUNC);
    if (count <= 0) return count < 0 && errno == EAGAIN ? -1 : 0;
    connection->remaining -= count;
    return connection->remaining > 0 || begin_answer(connection);
}

static int echo(struct connection *connection) {
    ssize_t count = recv(connection->fd, scratch, BUFFER_SIZE, 0);
    if (count <= 0) return count < 0 && errno == EAGAIN ? -1 : 0;
    return send(connection->fd, scratch, (size_t)count, MSG_NOSIGNAL) == count ? 1 : 0;
}

/* Goes on as far as it can: 1 again, -1 nothing more just now, 0 the end. */
static int step(struct connection *connection) {
    switch (connection->state) {
        case HEAD: return read_head(connection);
        case BODY: return read_body(connection);
        case ANSWER: return answer(connection) ? connection->state == ANSWER ? -1 : 1 : 0;
        case TUNNEL: return echo(connection);
    }
    return 0;
}

static void serve(struct connection *connection) {
    int went = 1;
    while (went > 0) went = step(connection);
    if (went < 0) return;
    close(connection->fd);
    free(connection);
}

int main(int argc, char **argv) {
    if (argc != 3 || atoll(argv[2]) < 0) usage("backend_stream PORT SIZE");
    memset(body, 'x', sizeof body);
    head_length = snprintf(head, sizeof head,
                           "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
                           "Content-Type: text/html\r\nContent-Length: %lld\r\n\r\n",
                           atoll(argv[2]));
    answer_length = head_length + atoll(argv[2]);
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
            watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLET, connection);
        }
    }
}
