/* What every C program of the benchmark needs: sockets on the loopback, epoll, and a way to fail. */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Events taken per epoll_wait: more than the connections of any row, so a turn sees them all. */
enum { MAX_EVENTS = 512 };

static inline void die(const char *what) {
    perror(what);
    exit(2);
}

static inline void usage(const char *text) {
    fprintf(stderr, "usage: %s\n", text);
    exit(2);
}

static inline struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static inline void set_option(int fd, int level, int name, int value) {
    if (setsockopt(fd, level, name, &value, sizeof value) < 0) die("setsockopt");
}

/* A non-blocking listener on 127.0.0.1; accepted sockets inherit TCP_NODELAY from it. */
static inline int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket");
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    struct sockaddr_in address = loopback(port);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(fd, 4096) < 0) die("listen");
    return fd;
}

static inline int new_epoll(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) die("epoll_create1");
    return fd;
}

static inline void watch(int epoll, int operation, int fd, uint32_t events, void *data) {
    struct epoll_event event = {.events = events, .data.ptr = data};
    if (epoll_ctl(epoll, operation, fd, &event) < 0) die("epoll_ctl");
}

/* The port number in a word of the command line, or the end of the program. */
static inline int port_of(const char *word) {
    int port = atoi(word);
    if (port < 1 || port > 65535) {
        fprintf(stderr, "not a port: %s\n", word);
        exit(2);
    }
    return port;
}

#endif
