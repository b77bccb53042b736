/* bare: accepts connections, answers one request on each and keeps them: what an idle connection
 * costs the kernel by itself. Prints its port. Ends when its standard input does. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nalpha";
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  char bytes[4096];
  if (bind(listener, (struct sockaddr *) &address, length) || listen(listener, 1024)) return 1;
  getsockname(listener, (struct sockaddr *) &address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct pollfd ready[] = { { listener, POLLIN, 0 }, { 0, POLLIN, 0 } };
    poll(ready, 2, -1);
    if (ready[1].revents) return 0;
    int fd = accept(listener, 0, 0);
    if (fd < 0) return 1;
    if (recv(fd, bytes, sizeof bytes, 0) > 0) send(fd, answer, strlen(answer), MSG_NOSIGNAL);
  }
}
