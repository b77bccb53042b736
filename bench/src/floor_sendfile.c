/*
 * Floor for large files: head by send(MSG_MORE), then the file by sendfile(2) of the whole rest,
 * as much in one call as the socket takes.
 *
 * usage: floor_sendfile PORT ROOT
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/sendfile.h>

#include "files.h"

enum { REQUEST_SIZE = 4096 };

struct connection {
    int fd;
    size_t used;          /* bytes of an incomplete head */
    struct file *sending; /* NULL between requests */
    size_t head_sent;
    off_t offset; /* of the body */
    char request[REQUEST_SIZE];
};

static int epoll;
static time_t now;

static void end(struct connection *connection) {
    close(connection->fd);
    free(connection);
}

/* True once head and file are gone, false on EAGAIN or an error. */
static int send_rest(struct connection *connection) {
    struct file *file = connection->sending;
    while (connection->head_sent < file->head_length) {
        ssize_t count = send(connection->fd, file->head + connection->head_sent,
                             file->head_length - connection->head_sent, MSG_NOSIGNAL | MSG_MORE);
        if (count < 0) return 0;
        connection->head_sent += (size_t)count;
    }
    while ((size_t)connection->offset < file->size) {
        ssize_t count = sendfile(connection->fd, file->fd, &connection->offset,
                                 file->size - (size_t)connection->offset);
        if (count < 0) return 0;
        if (count == 0) { /* the file has shrunk: cut, never pad */
            errno = EIO;
            return 0;
        }
    }
    connection->sending = NULL;
    return 1;
}

static void receive(struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->request + connection->used,
                         REQUEST_SIZE - connection->used, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        end(connection);
        return;
    }
    connection->used += (size_t)count;
    size_t head_length;
    struct file *file = requested_file(connection->request, connection->used, &head_length);
    if (!head_length && connection->used < REQUEST_SIZE) return;
    if (!file || head_length != connection->used) { /* no error answers, no pipelining */
        end(connection);
        return;
    }
    date_head(file, now);
    connection->used = 0;
    connection->sending = file;
    connection->head_sent = 0;
    connection->offset = 0;
    if (!send_rest(connection) && errno != EAGAIN) end(connection);
}

/* Edge-triggered, both directions registered once: no epoll_ctl while a file is being sent. */
static void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection) die("calloc");
        connection->fd = fd;
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLET, connection);
    }
}

static void serve(struct connection *connection, uint32_t events) {
    if (connection->sending) {
        if (!send_rest(connection)) {
            if (errno != EAGAIN) end(connection);
            return;
        }
        events |= EPOLLIN; /* the edge of a request that came meanwhile was not acted upon */
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
}

int main(int argc, char **argv) {
    if (argc != 3) usage("floor_sendfile PORT ROOT");
    signal(SIGPIPE, SIG_IGN); /* sendfile(2) has no MSG_NOSIGNAL */
    load_files(argv[2], 0);
    int listener = listen_on(port_of(argv[1]));
    epoll = new_epoll();
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
        now = coarse_now();
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                serve(events[i].data.ptr, events[i].events);
            else
                accept_all(listener);
        }
    }
}
