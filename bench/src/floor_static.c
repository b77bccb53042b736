/*
 * Floor for small files: what a static request costs a plain C epoll server that does comparable
 * work, and no more. It finds the target, looks it up by hash, puts the current Date into a
 * prepared head, and sends head and body from memory with one send(2).
 *
 * usage: floor_static PORT ROOT [close]
 *
 * With `close` it serves one request per connection: accept, recv, send, close. TCP_DEFER_ACCEPT
 * then lets accept wait for the request, so that such a connection never meets epoll at all.
 */
#define _GNU_SOURCE
#include "files.h"

/* Up to here head and body are copied into one buffer: at 1 KiB cheaper than a gathering write. */
enum { COPY_LIMIT = 16 * 1024, REQUEST_SIZE = 4096, MEMORY_LIMIT = 4 * 1024 * 1024 };

struct connection {
    int fd;
    size_t used; /* bytes of an incomplete head */
    struct file *sending; /* a file the socket had no room for yet, or NULL */
    size_t sent;          /* bytes of its head and body already gone */
    char request[REQUEST_SIZE];
};

static int epoll, listener, close_each;
static time_t now;
static char copy[HEAD_SIZE + COPY_LIMIT];

static void end(struct connection *connection) {
    close(connection->fd); /* also leaves the epoll set */
    free(connection);
}

/* Sends what is left; true once everything is gone, false to wait for EPOLLOUT or on an error. */
static int send_rest(struct connection *connection) {
    struct file *file = connection->sending;
    while (connection->sent < file->head_length + file->size) {
        ssize_t count;
        if (connection->sent == 0 && file->size <= COPY_LIMIT) {
            memcpy(copy, file->head, file->head_length);
            memcpy(copy + file->head_length, file->body, file->size);
            count = send(connection->fd, copy, file->head_length + file->size, MSG_NOSIGNAL);
        } else if (connection->sent < file->head_length) {
            count = send(connection->fd, file->head + connection->sent,
                         file->head_length - connection->sent, MSG_NOSIGNAL | MSG_MORE);
        } else {
            size_t offset = connection->sent - file->head_length;
            count = send(connection->fd, file->body + offset, file->size - offset, MSG_NOSIGNAL);
        }
        if (count < 0) return 0;
        connection->sent += (size_t)count;
    }
    connection->sending = NULL;
    return 1;
}

/* Answers every whole head in the buffer; false when the connection has ended. */
static int answer(struct connection *connection) {
    for (;;) {
        size_t head_length;
        struct file *file = requested_file(connection->request, connection->used, &head_length);
        if (!head_length) {
            if (connection->used < REQUEST_SIZE) return 1;
            end(connection);
            return 0;
        }
        if (!file || !file->body) { /* a floor has no error answers */
            end(connection);
            return 0;
        }
        date_head(file, now);
        connection->used -= head_length;
        if (connection->used)
            memmove(connection->request, connection->request + head_length, connection->used);
        connection->sending = file;
        connection->sent = 0;
        if (!send_rest(connection)) {
            if (errno != EAGAIN) {
                end(connection);
                return 0;
            }
            watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
            return 1;
        }
        if (close_each) {
            end(connection);
            return 0;
        }
    }
}

/* False when the connection has ended; errno EAGAIN does not end it. */
static int receive(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->request + connection->used,
                         REQUEST_SIZE - connection->used, 0);
    if (count < 0 && errno == EAGAIN) return 1;
    if (count <= 0) {
        end(connection);
        return 0;
    }
    connection->used += (size_t)count;
    return answer(connection);
}

static void accept_all(void) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct connection *connection = malloc(sizeof *connection);
        if (!connection) die("malloc");
        connection->fd = fd;
        connection->used = 0;
        connection->sending = NULL;
        /* Deferred accepts arrive with their request; the rare one without is not worth a wait. */
        if (close_each)
            receive(connection) ? end(connection) : (void)0;
        else
            watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
}

static void serve(struct connection *connection) {
    if (!connection->sending) {
        receive(connection);
    } else if (send_rest(connection)) {
        watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
        answer(connection);
    } else if (errno != EAGAIN) {
        end(connection);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) usage("floor_static PORT ROOT [close]");
    close_each = argc > 3;
    if (close_each) connection_field = "close";
    load_files(argv[2], MEMORY_LIMIT);
    listener = listen_on(port_of(argv[1]));
    if (close_each) set_option(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
    epoll = new_epoll();
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        now = coarse_now();
        for (int i = 0; i < count; i++)
            events[i].data.ptr ? serve(events[i].data.ptr) : accept_all();
    }
}
