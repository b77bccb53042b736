/*
 * Opens connections, has one request answered on each, then keeps them all open and idle until its
 * standard input ends. Prints `held N` when the last one is idle.
 *
 * usage: hold CONNECTIONS PORT TARGET
 */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "net.h"

enum { ANSWER_SIZE = 64 * 1024 };

/* Reads one answer with a Content-Length; the buffer must hold all of it. */
static void read_answer(int fd) {
    static char answer[ANSWER_SIZE + 1];
    size_t used = 0;
    for (;;) {
        ssize_t count = recv(fd, answer + used, ANSWER_SIZE - used, 0);
        if (count <= 0) {
            fprintf(stderr, "hold: no whole answer\n");
            exit(1);
        }
        used += (size_t)count;
        answer[used] = 0;
        char *end = strstr(answer, "\r\n\r\n");
        char *length = end ? strcasestr(answer, "\r\nContent-Length:") : NULL;
        if (length && used >= (size_t)(end - answer) + 4 + strtoul(length + 17, NULL, 10)) return;
    }
}

static void raise_descriptor_limit(int connections) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < (rlim_t)connections + 16 || setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        fprintf(stderr, "hold: the hard limit of open files is below %d\n", connections + 16);
        exit(2);
    }
}

int main(int argc, char **argv) {
    int connections = argc == 4 ? atoi(argv[1]) : 0;
    if (connections < 1) usage("hold CONNECTIONS PORT TARGET");
    raise_descriptor_limit(connections);
    struct sockaddr_in address = loopback(port_of(argv[2]));
    char request[1024];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[3]);
    for (int i = 0; i < connections; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
        if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) die("send");
        read_answer(fd);
    }
    printf("held %d\n", connections);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
    return 0;
}
