/*
 * The load generator: N connections, one request in flight on each, and a count of the complete,
 * right-length 200 answers. After the given seconds it begins no more requests and finishes those
 * in flight, so that every request the server has worked on is counted.
 *
 * usage: load [-b BYTES] [-c CONNECTIONS] [-d SECONDS] [-e STATUS] [-H FIELD]... [-r RATE] [-s] [-t]
 *             [-u BYTES] [-x] PORT TARGET[:SIZE[:WEIGHT]]...
 *
 *   -b BYTES each request is a POST with a body of this length.
 *   -e STATUS the status that answers must have, instead of 200. A 200 of the right length is right
 *            as well: the C floors know no other, and are what a 206 or 304 is compared with.
 *   -H FIELD  a further line of each request, such as 'Range: bytes=0-99'.
 *   -r RATE  begin this many requests a second over all connections, evenly spaced; latency then
 *            counts from the moment a request was due (no coordinated omission). Without: each
 *            connection begins its next request at once.
 *   -s       spin: never sleep. On the loopback it is the sender who pays for waking the receiver, so
 *            a server would be charged for a client that sleeps, and the more the slower it is. A
 *            client on another machine costs no wake-up. Needs a core of its own.
 *   -t       let the kernel discard bodies uncopied (MSG_TRUNC): a client that costs next to nothing,
 *            to keep its core free for another one. Without, bytes are read, as a client would.
 *   -u BYTES each connection is upgraded to a WebSocket first; then a request is a binary message of
 *            this many bytes (1..125) that has to come back, with its frame, as it was sent.
 *   -x       a connection per request ("Connection: close"); it ends when the server closes, so
 *            that TIME_WAIT stays with the server and our ports do not run out.
 *   SIZE     the length each answer must have; without it any framed answer is right.
 *   WEIGHT   how often this target is taken, relative to the others; default 1.
 *
 * Prints one JSON object. Exit 1 if any answer was wrong, 2 if it could not run.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdint.h>
#include <strings.h>
#include <sys/prctl.h>
#include <time.h>

#include "histogram.h"
#include "net.h"

enum { BUFFER_SIZE = 16 * 1024, SCRATCH_SIZE = 64 * 1024, MAX_CONNECTIONS = 4096, MAX_TARGETS = 16,
       REQUEST_SIZE = 1024, FRAME_HEAD = 6, MAX_MESSAGE = 125 };

#define USAGE \
    "load [-b BYTES] [-c 1..4096] [-d SECONDS] [-e 200..599] [-H FIELD]... [-r RATE] [-s] [-t] " \
    "[-u 1..125] [-x] PORT TARGET[:SIZE[:WEIGHT]]..."

/* After the last request was begun: the bound on waiting for answers. */
static const int64_t DRAIN_NANOS = 10000000000;

#define UPGRADE \
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

struct target {
    char request[REQUEST_SIZE];
    size_t request_length;
    int64_t size; /* -1: any */
    int weight;
};

enum state {
    IDLE,       /* nothing in flight */
    CONNECTING, /* request to be sent when the connection is there */
    SENDING,    /* `remaining` bytes of the request's body are still to be sent */
    HEAD,       /* waiting for the whole head of the answer */
    BODY,       /* `remaining` bytes of a body with a length to come */
    CHUNKED,    /* in a chunked body */
    UPGRADING,  /* waiting for the head of the 101 */
    ECHO,       /* waiting for `remaining` bytes of the message */
    CLOSING     /* answer complete, waiting for the server to close (-x) */
};

struct connection {
    int fd;
    enum state state;
    struct target *target;
    int64_t began; /* ns; with -r when the request was due */
    int64_t remaining; /* BODY, SENDING: of the body; CHUNKED: of the chunk and its CRLF; ECHO */
    int upgraded;
    size_t used;   /* bytes in the buffer */
    struct connection *next_idle;
    char buffer[BUFFER_SIZE]; /* the head, then (chunked only) what is not yet decoded */
};

static struct target targets[MAX_TARGETS];
static char fields[REQUEST_SIZE]; /* -H, each with its line end */
static int status = 200;
static int target_count, total_weight, port, epoll, connection_per_request, discard, spin;
static int64_t body_size = -1; /* -1: requests are GETs */
static char frame[FRAME_HEAD + MAX_MESSAGE]; /* -u: a masked binary frame (RFC 6455 5.2) */
static int frame_length;           /* 0: no upgrade */
static char scratch[SCRATCH_SIZE]; /* where bodies go that nobody looks at, and come from */
static struct connection *idle_first, *idle_last;
static struct histogram latencies;
static int64_t requests, errors, bytes, in_flight, stop_at;
static double rate;
static char first_error[128];

static int64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* xorshift: the same order of targets in each run, cheap, and without the bias of a round-robin. */
static struct target *next_target(void) {
    static uint32_t random = 2463534242u;
    if (target_count == 1) return targets;
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    int ticket = (int)(random % (uint32_t)total_weight);
    struct target *target = targets;
    while ((ticket -= target->weight) >= 0) target++;
    return target;
}

static void set_idle(struct connection *connection) {
    connection->state = IDLE;
    connection->next_idle = NULL;
    if (idle_last) idle_last->next_idle = connection;
    else idle_first = connection;
    idle_last = connection;
}

static struct connection *take_idle(void) {
    struct connection *connection = idle_first;
    if (connection && !(idle_first = connection->next_idle)) idle_last = NULL;
    return connection;
}

static void open_connection(struct connection *connection) {
    struct sockaddr_in address = loopback(port);
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) die("socket");
    set_option(connection->fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0 &&
        errno != EINPROGRESS)
        die("connect");
    watch(epoll, EPOLL_CTL_ADD, connection->fd, EPOLLIN | EPOLLOUT | EPOLLET, connection);
}

static void close_connection(struct connection *connection) {
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
    connection->used = 0;
    connection->upgraded = 0;
}

/* A wrong answer, or none: counted, the first one told. Its connection is replaced by the next. */
static void fail(struct connection *connection, const char *what) {
    if (!errors++) snprintf(first_error, sizeof first_error, "%s", what);
    close_connection(connection);
    in_flight--;
    set_idle(connection);
}

/* Quotes what came, without the characters that would break the report. */
static int fail_with_status_line(struct connection *connection) {
    char what[64];
    const char *line = connection->buffer;
    int length = 0;
    while (length < 40 && isprint((unsigned char)line[length]) && !strchr("\"\\", line[length])) length++;
    snprintf(what, sizeof what, "instead of %d came: %.*s", status, length, line);
    fail(connection, what);
    return 0;
}

/* Sends as much of the request's body as the socket takes; an answer may come before its end. */
static void send_body(struct connection *connection) {
    while (connection->remaining > 0) {
        size_t wanted = connection->remaining < SCRATCH_SIZE ? (size_t)connection->remaining : SCRATCH_SIZE;
        ssize_t count = send(connection->fd, scratch, wanted, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) return;
        if (count < 0) {
            fail(connection, "request body could not be sent");
            return;
        }
        bytes += count;
        connection->remaining -= count;
    }
    connection->state = HEAD;
}

static void send_all(struct connection *connection, const char *from, size_t length) {
    if (send(connection->fd, from, length, MSG_NOSIGNAL) != (ssize_t)length)
        fail(connection, "request could not be sent");
}

static void send_message(struct connection *connection) {
    connection->state = ECHO;
    connection->remaining = frame_length;
    send_all(connection, frame, (size_t)frame_length);
}

static void send_request(struct connection *connection) {
    struct target *target = connection->target;
    if (connection->upgraded) {
        send_message(connection);
        return;
    }
    connection->state = frame_length ? UPGRADING : body_size >= 0 ? SENDING : HEAD;
    connection->used = 0;
    connection->remaining = body_size;
    send_all(connection, target->request, target->request_length);
    if (connection->state == SENDING) send_body(connection);
}

static void begin(struct connection *connection, int64_t due) {
    connection->target = next_target();
    connection->began = due;
    in_flight++;
    if (connection->fd < 0) {
        connection->state = CONNECTING;
        open_connection(connection);
    } else {
        send_request(connection);
    }
}

static void finish(struct connection *connection) {
    requests++;
    in_flight--;
    int64_t now = now_nanos();
    record(&latencies, now - connection->began);
    if (connection_per_request) close_connection(connection);
    set_idle(connection);
    if (rate == 0 && now < stop_at) begin(take_idle(), now);
}

static void answered(struct connection *connection) {
    if (connection_per_request) connection->state = CLOSING;
    else finish(connection);
}

/* The value of a field in a whole head (the name with its colon), or NULL. */
static const char *field(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; (line = memchr(line, '\n', (size_t)(end - line)));) {
        if ((size_t)(end - ++line) <= length) return NULL;
        if ((*line | 32) == (*name | 32) && strncasecmp(line, name, length) == 0) {
            for (line += length; *line == ' ';) line++;
            return line;
        }
    }
    return NULL;
}

/* Understands the head in the buffer; false while it is incomplete or after a failure. */
static int read_head(struct connection *connection) {
    char *end = memmem(connection->buffer, connection->used, "\r\n\r\n", 4);
    if (!end) {
        if (connection->used == BUFFER_SIZE) fail(connection, "head too long");
        return 0;
    }
    int came = memcmp(connection->buffer, "HTTP/1.1 ", 9) == 0 ? atoi(connection->buffer + 9) : 0;
    if (came != status && came != 200) return fail_with_status_line(connection);
    size_t head_length = (size_t)(end - connection->buffer) + 4;
    const char *length = field(connection->buffer, end + 2, "Content-Length:");
    if (came == 304 || came == 204) length = "0"; /* whatever it says: no body follows */
    int64_t expected = connection->target->size;
    int64_t after_head = (int64_t)(connection->used - head_length);
    if (length) {
        int64_t size = strtoll(length, NULL, 10);
        if ((expected >= 0 && size != expected) || after_head > size) {
            fail(connection, "answer has the wrong length");
            return 0;
        }
        bytes += (int64_t)connection->used;
        connection->remaining = size - after_head;
        connection->used = 0;
        connection->state = BODY;
        return 1;
    }
    const char *coding = field(connection->buffer, end + 2, "Transfer-Encoding:");
    if (!coding || strncasecmp(coding, "chunked", 7) != 0 || expected >= 0) {
        fail(connection, "answer has no Content-Length");
        return 0;
    }
    bytes += (int64_t)head_length;
    connection->used = (size_t)after_head;
    memmove(connection->buffer, connection->buffer + head_length, connection->used);
    connection->remaining = 0;
    connection->state = CHUNKED;
    return 1;
}

/* Understands the 101 in the buffer and sends the first message; false while it is incomplete. */
static int read_upgrade(struct connection *connection) {
    if (!memmem(connection->buffer, connection->used, "\r\n\r\n", 4)) return 0;
    if (memcmp(connection->buffer, "HTTP/1.1 101", 12) != 0) return fail_with_status_line(connection);
    connection->upgraded = 1;
    connection->used = 0;
    send_message(connection);
    return 1;
}

/* What has come of the message; true at its end, which must be the frame itself. */
static int read_echo(struct connection *connection) {
    if ((int)connection->used < frame_length) return 0;
    if ((int)connection->used > frame_length || memcmp(connection->buffer, frame, (size_t)frame_length)) {
        fail(connection, "the message came back changed");
        return 0;
    }
    bytes += frame_length;
    connection->used = 0;
    return 1;
}

/* Skips what it can of a chunked body in the buffer; true at its end. No trailers expected. */
static int skip_chunks(struct connection *connection) {
    for (;;) {
        size_t skip = connection->used;
        if ((int64_t)skip > connection->remaining) skip = (size_t)connection->remaining;
        connection->remaining -= (int64_t)skip;
        connection->used -= skip;
        bytes += (int64_t)skip;
        memmove(connection->buffer, connection->buffer + skip, connection->used);
        char *line_end = memmem(connection->buffer, connection->used, "\r\n", 2);
        if (connection->remaining || !line_end) return 0;
        int64_t size = strtoll(connection->buffer, NULL, 16);
        int64_t line = line_end - connection->buffer + 2;
        if (size == 0) {
            if ((int64_t)connection->used < line + 2) return 0;
            connection->used = 0;
            return 1;
        }
        connection->remaining = line + size + 2;
    }
}

/* Within a body of known length nobody looks at the bytes. */
static ssize_t read_some(struct connection *connection) {
    if (connection->state == BODY) {
        size_t wanted = (size_t)connection->remaining;
        if (discard) return recv(connection->fd, NULL, wanted, MSG_TRUNC);
        return recv(connection->fd, scratch, wanted < SCRATCH_SIZE ? wanted : SCRATCH_SIZE, 0);
    }
    if (connection->used == BUFFER_SIZE) return 0;
    return recv(connection->fd, connection->buffer + connection->used,
                BUFFER_SIZE - connection->used, 0);
}

static void receive(struct connection *connection) {
    while (connection->state != IDLE) {
        if (connection->state == BODY && connection->remaining == 0) {
            answered(connection);
            if (connection->state != CLOSING) return; /* the next answer has an edge of its own */
        }
        ssize_t count = read_some(connection);
        if (count < 0 && errno == EAGAIN) return;
        if (connection->state == CLOSING) {
            if (count == 0) finish(connection);
            else fail(connection, "connection not closed cleanly after the answer");
            return;
        }
        if (count <= 0) {
            fail(connection, count ? "connection reset" : "answer cut short");
            return;
        }
        if (connection->state == BODY) {
            bytes += count;
            connection->remaining -= count;
            continue;
        }
        connection->used += (size_t)count;
        if (connection->state == UPGRADING) {
            read_upgrade(connection);
            continue;
        }
        if (connection->state == ECHO) {
            if (!read_echo(connection)) continue;
            finish(connection);
            return; /* the next echo has an edge of its own */
        }
        if (connection->state == HEAD && !read_head(connection)) {
            if (connection->state == IDLE) return;
            continue;
        }
        if (connection->state == CHUNKED && skip_chunks(connection)) {
            connection->state = BODY;
            connection->remaining = 0;
        }
    }
}

static void handle(struct connection *connection, uint32_t events) {
    if (connection->state == CONNECTING) {
        if (events & (EPOLLERR | EPOLLHUP)) fail(connection, "connection refused");
        else if (events & EPOLLOUT) send_request(connection);
    } else if (connection->state == SENDING && (events & EPOLLOUT)) {
        send_body(connection);
    }
    if (connection->state == IDLE) {
        /* A server may close an idle connection; the next request then opens a new one. */
        if (connection->fd >= 0 && (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)))
            close_connection(connection);
    } else if (connection->state != SENDING && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        receive(connection);
    }
}

/* Begins what is due at the fixed rate; returns the nanoseconds until the next is due. */
static int64_t begin_due(int64_t start, int64_t *begun, int64_t now) {
    for (;;) {
        int64_t due = start + (int64_t)((double)*begun * 1e9 / rate);
        if (due > now || due >= stop_at || !idle_first) return due > now ? due - now : 1000000;
        ++*begun;
        begin(take_idle(), due);
    }
}

static void run(int64_t start) {
    static struct epoll_event events[MAX_EVENTS];
    int64_t begun = 0;
    for (int64_t now = start; now < stop_at || in_flight; now = now_nanos()) {
        if (now > stop_at + DRAIN_NANOS) {
            errors += in_flight;
            snprintf(first_error, sizeof first_error, "no answer within 10 s of the end");
            return;
        }
        int64_t wait = 100000000;
        if (rate > 0 && now < stop_at) wait = begin_due(start, &begun, now);
        else if (rate == 0 && now < stop_at)
            while (idle_first) begin(take_idle(), now); /* at the start, and after failures */
        struct timespec timeout = {0, spin ? 0 : wait < 100000000 ? wait : 100000000};
        int count = epoll_pwait2(epoll, events, MAX_EVENTS, &timeout, NULL);
        for (int i = 0; i < count; i++) handle(events[i].data.ptr, events[i].events);
    }
}

/* TARGET[:SIZE[:WEIGHT]] */
static void add_target(char *word) {
    if (target_count == MAX_TARGETS) usage("load: at most 16 targets");
    struct target *target = &targets[target_count++];
    char *size = strchr(word, ':');
    char *weight = size ? strchr(size + 1, ':') : NULL;
    if (size) *size++ = 0;
    if (weight) *weight++ = 0;
    target->size = size && *size ? strtoll(size, NULL, 10) : -1;
    target->weight = weight ? atoi(weight) : 1;
    total_weight += target->weight;
    char framing[64] = "";
    if (body_size >= 0)
        snprintf(framing, sizeof framing, "Content-Length: %lld\r\n", (long long)body_size);
    target->request_length = (size_t)snprintf(
        target->request, REQUEST_SIZE, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%s%s\r\n",
        body_size < 0 ? "GET" : "POST", word, port, fields, framing, frame_length ? UPGRADE : "",
        connection_per_request ? "Connection: close\r\n" : "");
    if (target->weight < 1 || target->request_length >= REQUEST_SIZE) usage("load: bad target");
}

/* One final binary frame, masked as a client's must be. */
static void set_message(int length) {
    if (length < 1 || length > MAX_MESSAGE) usage("load: a message has 1..125 bytes");
    frame[0] = (char)0x82;
    frame[1] = (char)(0x80 | length);
    memcpy(frame + 2, "\x12\x34\x56\x78", 4);
    for (int i = 0; i < length; i++) frame[FRAME_HEAD + i] = (char)i;
    frame_length = FRAME_HEAD + length;
}

static void add_field(const char *line) {
    size_t used = strlen(fields);
    int length = snprintf(fields + used, sizeof fields - used, "%s\r\n", line);
    if (!strchr(line, ':') || length >= (int)(sizeof fields - used)) usage("load: bad field");
}

static void print(double seconds) {
    printf("{\"requests\": %lld, \"errors\": %lld, \"bytes\": %lld, \"seconds\": %.6f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f, "
           "\"first_error\": \"%s\"}\n",
           (long long)requests, (long long)errors, (long long)bytes, seconds,
           percentile(&latencies, 0.5), percentile(&latencies, 0.99),
           percentile(&latencies, 0.999), (double)latencies.max / 1000, first_error);
}

int main(int argc, char **argv) {
    int connections = 64;
    double seconds = 4;
    for (int option; (option = getopt(argc, argv, "b:c:d:e:H:r:stu:x")) != -1;) {
        if (option == 'b') body_size = strtoll(optarg, NULL, 10);
        else if (option == 'c') connections = atoi(optarg);
        else if (option == 'd') seconds = atof(optarg);
        else if (option == 'e') status = atoi(optarg);
        else if (option == 'H') add_field(optarg);
        else if (option == 'r') rate = atof(optarg);
        else if (option == 's') spin = 1;
        else if (option == 't') discard = 1;
        else if (option == 'u') set_message(atoi(optarg));
        else if (option == 'x') connection_per_request = 1;
        else usage(USAGE);
    }
    if (argc - optind < 2 || connections < 1 || connections > MAX_CONNECTIONS || seconds <= 0 ||
        status < 200 || status > 599)
        usage(USAGE);
    port = port_of(argv[optind]);
    for (int i = optind + 1; i < argc; i++) add_target(argv[i]);
    prctl(PR_SET_TIMERSLACK, 1); /* evenly spaced requests need timers better than 50 us */
    epoll = new_epoll();
    for (int i = 0; i < connections; i++) {
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection) die("calloc");
        connection->fd = -1;
        set_idle(connection);
    }
    int64_t start = now_nanos();
    stop_at = start + (int64_t)(seconds * 1e9);
    run(start);
    print((double)(now_nanos() - start) / 1e9);
    return errors ? 1 : 0;
}
