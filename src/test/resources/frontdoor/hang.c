/* A file system of FUSE that hangs when told to: "hang DIRECTORY" mounts it there (as root) and
 * prints "mounted". Every name without a dot in front is a file of 3 MiB; the byte at offset i is (i >> 12) * 31 + i.
 *
 * A line "hold" on stdin leaves reads and look-ups without an answer, each told by a line "held";
 * "free" answers them and all that come. It ends, unmounted, with its stdin.
 *
 * Instead of "mounted" it prints a line "refused: WHAT: WHY" where the machine has no FUSE, or does
 * not let us mount it; any other error goes to stderr, and is a fault of this program or its caller. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE (3u << 20)
#define HELD 1024

static int device;
static int holding;
static struct held { struct fuse_in_header in; struct fuse_read_in read; } held[HELD];
static int count;
static char data[1 << 20];
static char request[(1 << 20) + 4096];

static void reply(unsigned long unique, int error, const void *body, size_t length) {
  struct fuse_out_header out = {sizeof out + length, error, unique};
  struct iovec pieces[] = {{&out, sizeof out}, {(void *)body, length}};
  if (writev(device, pieces, length ? 2 : 1) < 0) return; /* interrupted meanwhile */
}

static struct fuse_attr attributes(unsigned long node) {
  struct fuse_attr a = {.ino = node, .nlink = 1, .blksize = 4096};
  a.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
  a.size = node == FUSE_ROOT_ID ? 0 : SIZE;
  a.mtime = a.ctime = a.atime = 1700000000;
  return a;
}

static void serve(struct fuse_in_header in, struct fuse_read_in read) {
  if (in.opcode == FUSE_LOOKUP) {
    static unsigned long node = FUSE_ROOT_ID;
    struct fuse_entry_out entry = {.nodeid = ++node, .entry_valid = 3600, .attr_valid = 3600};
    entry.attr = attributes(node);
    reply(in.unique, 0, &entry, sizeof entry);
  } else {
    unsigned length = read.offset >= SIZE ? 0 : SIZE - read.offset;
    if (length > read.size) length = read.size;
    for (unsigned i = 0; i < length; i++) {
      unsigned at = read.offset + i;
      data[i] = (at >> 12) * 31 + at;
    }
    reply(in.unique, 0, data, length);
  }
}

static void handle(void) {
  struct fuse_in_header *in = (void *)request;
  void *body = in + 1;
  if (read(device, request, sizeof request) < (ssize_t)sizeof *in) return;
  switch (in->opcode) {
    case FUSE_INIT: {
      struct fuse_init_in *theirs = body;
      struct fuse_init_out mine = {.major = FUSE_KERNEL_VERSION, .minor = 31};
      mine.max_readahead = theirs->max_readahead;
      mine.flags = FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS;
      mine.max_write = 4096;
      reply(in->unique, 0, &mine, sizeof mine);
      break;
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {.attr_valid = 3600, .attr = attributes(in->nodeid)};
      reply(in->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_OPEN: {
      struct fuse_open_out out = {0};
      reply(in->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_STATFS: {
      struct fuse_statfs_out out = {.st = {.bsize = 4096, .namelen = 255}};
      reply(in->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_LOOKUP:
    case FUSE_READ: {
      struct held one = {*in, {0}};
      if (in->opcode == FUSE_LOOKUP && *(char *)body == '.') {
        reply(in->unique, -ENOENT, NULL, 0);
        break;
      }
      if (in->opcode == FUSE_READ) one.read = *(struct fuse_read_in *)body;
      if (!holding) {
        serve(one.in, one.read);
      } else if (count < HELD) {
        held[count++] = one;
        puts("held");
      }
      break;
    }
    case FUSE_RELEASE:
    case FUSE_FLUSH:
      reply(in->unique, 0, NULL, 0);
      break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      break;
    default:
      reply(in->unique, -ENOSYS, NULL, 0);
  }
}

static int failed(const char *what, int refused) {
  fprintf(refused ? stdout : stderr, "%s%s: %s\n", refused ? "refused: " : "", what, strerror(errno));
  return 1;
}

int main(int arguments, char **argument) {
  char options[100], line[16];
  if (arguments < 2) return 2;
  if ((device = open("/dev/fuse", O_RDWR)) < 0)
    return failed("open /dev/fuse", errno == ENOENT || errno == ENXIO || errno == ENODEV || errno == EACCES || errno == EPERM);
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
  if (mount("hang", argument[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
    return failed("mount a FUSE file system", errno == EPERM || errno == EACCES || errno == ENODEV);
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("mounted");
  struct pollfd both[] = {{0, POLLIN, 0}, {device, POLLIN, 0}};
  while (poll(both, 2, -1) > 0) {
    if (both[0].revents) {
      ssize_t length = read(0, line, 5); /* "hold\n" or "free\n" */
      if (length <= 0) break;
      holding = line[0] == 'h';
      for (; !holding && count > 0; count--) serve(held[count - 1].in, held[count - 1].read);
      puts(holding ? "holding" : "going");
    }
    if (both[1].revents & POLLIN) handle();
    if (both[1].revents & POLLERR) break;
  }
  umount2(argument[1], MNT_DETACH);
  return 0;
}
