/*
 * The files directly in a directory, found by the path of a request target: the comparable work of
 * the C floors. A server has to find the target, hash it, look it up and answer with the current
 * Date; it need not do more to be called a floor.
 */
#ifndef BENCH_FILES_H
#define BENCH_FILES_H

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "net.h"

/* A power of two well above the handful of files of a benchmark root: hardly any collision. */
enum { TABLE_SIZE = 256, HEAD_SIZE = 512, DATE_LENGTH = 29 };

struct file {
    char path[128]; /* as in the request target, with the leading slash */
    size_t path_length;
    int fd;
    size_t size;
    char *body; /* the contents, or NULL if larger than the limit given to load_files */
    char head[HEAD_SIZE];
    size_t head_length;
    size_t date_offset; /* where the 29 bytes of the Date go */
    time_t date;        /* the second that stands there now */
};

static struct file *table[TABLE_SIZE];
static const char *connection_field = "keep-alive"; /* set before load_files if it closes each */

/* FNV-1a. */
static inline uint32_t hash_of(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash;
}

static inline struct file *find_file(const char *path, size_t length) {
    uint32_t slot = hash_of(path, length) % TABLE_SIZE;
    for (int tries = 0; tries < TABLE_SIZE && table[slot]; tries++) {
        struct file *file = table[slot];
        if (file->path_length == length && memcmp(file->path, path, length) == 0) return file;
        slot = (slot + 1) % TABLE_SIZE;
    }
    return NULL;
}

static inline void insert_file(struct file *file) {
    uint32_t slot = hash_of(file->path, file->path_length) % TABLE_SIZE;
    for (int tries = 0; tries < TABLE_SIZE; tries++) {
        if (!table[slot]) {
            table[slot] = file;
            return;
        }
        slot = (slot + 1) % TABLE_SIZE;
    }
    fprintf(stderr, "more files than the table holds (%d)\n", TABLE_SIZE);
    exit(2);
}

/* The usual eight header lines, so that every contestant sends about as many bytes. */
static inline void write_head(struct file *file, const struct stat *facts) {
    char modified[64];
    struct tm tm;
    gmtime_r(&facts->st_mtime, &tm);
    strftime(modified, sizeof modified, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    int before_date = snprintf(file->head, HEAD_SIZE, "HTTP/1.1 200 OK\r\nServer: floor\r\nDate: ");
    int whole = snprintf(file->head, HEAD_SIZE,
                         "HTTP/1.1 200 OK\r\nServer: floor\r\nDate: %*s\r\n"
                         "Content-Type: text/html\r\nContent-Length: %zu\r\nLast-Modified: %s\r\n"
                         "Connection: %s\r\nETag: \"%lx-%zx\"\r\nAccept-Ranges: bytes\r\n\r\n",
                         DATE_LENGTH, "", file->size, modified, connection_field,
                         (long)facts->st_mtime, file->size);
    file->date_offset = (size_t)before_date;
    file->head_length = (size_t)whole;
}

static inline void load_file(int directory, const char *name, size_t memory_limit) {
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) < 0) die(name);
    struct file *file = S_ISREG(facts.st_mode) ? calloc(1, sizeof *file) : NULL;
    if (!file) {
        close(fd);
        return;
    }
    file->fd = fd;
    file->size = (size_t)facts.st_size;
    file->path_length = (size_t)snprintf(file->path, sizeof file->path, "/%s", name);
    if (file->size <= memory_limit) {
        file->body = malloc(file->size + 1);
        if (!file->body || read(fd, file->body, file->size) != (ssize_t)file->size) die(name);
    }
    write_head(file, &facts);
    insert_file(file);
}

/* Files up to memory_limit bytes are kept in memory, of all others only the descriptor. */
static inline void load_files(const char *root, size_t memory_limit) {
    DIR *directory = opendir(root);
    if (!directory) die(root);
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.') load_file(dirfd(directory), entry->d_name, memory_limit);
    closedir(directory);
}

/* Puts the current Date into the head, once per file and second. `now` is read once per turn. */
static inline void date_head(struct file *file, time_t now) {
    if (file->date == now) return;
    struct tm tm;
    char date[64];
    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    memcpy(file->head + file->date_offset, date, DATE_LENGTH);
    file->date = now;
}

static inline time_t coarse_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec;
}

/*
 * The file a complete GET head at the start of `bytes` asks for, and the length of that head.
 * NULL: not a whole head yet (*head_length 0), or nothing we have (*head_length > 0).
 */
static inline struct file *requested_file(const char *bytes, size_t length, size_t *head_length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    *head_length = end ? (size_t)(end - bytes) + 4 : 0;
    if (!end || *head_length < 16 || memcmp(bytes, "GET ", 4) != 0) return NULL;
    const char *target = bytes + 4;
    const char *space = memchr(target, ' ', *head_length - 4);
    return space ? find_file(target, (size_t)(space - target)) : NULL;
}

#endif
