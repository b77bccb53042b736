package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The layouts of rings, events and sockets that are written by hand (as literals, named in the
/// documentation of each class) are those of this machine's C headers.
final class SocketLayoutTest {
  private static final String PROGRAM =
      """
      #define _GNU_SOURCE
      #include <linux/io_uring.h>
      #include <linux/tcp.h>
      #include <netinet/in.h>
      #include <poll.h>
      #include <stddef.h>
      #include <stdio.h>
      #include <sys/epoll.h>
      #include <sys/file.h>
      #include <sys/eventfd.h>
      #include <sys/mman.h>
      #include <sys/socket.h>
      #include <sys/syscall.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #include <fcntl.h>
      #define AT(type, field) printf(#type "." #field "=%zu\\n", offsetof(struct type, field))
      #define SIZE(type) printf(#type "=%zu\\n", sizeof(struct type))
      #define IS(name) printf(#name "=%lld\\n", (long long)(name))
      int main(void) {
        SIZE(io_uring_params); AT(io_uring_params, sq_entries); AT(io_uring_params, cq_entries);
        AT(io_uring_params, flags); AT(io_uring_params, features);
        AT(io_uring_params, sq_off.head); AT(io_uring_params, sq_off.tail);
        AT(io_uring_params, sq_off.ring_mask); AT(io_uring_params, sq_off.flags);
        AT(io_uring_params, sq_off.array); AT(io_uring_params, cq_off.head);
        AT(io_uring_params, cq_off.tail); AT(io_uring_params, cq_off.ring_mask);
        AT(io_uring_params, cq_off.cqes);
        SIZE(io_uring_sqe); AT(io_uring_sqe, opcode); AT(io_uring_sqe, flags);
        AT(io_uring_sqe, ioprio); AT(io_uring_sqe, fd); AT(io_uring_sqe, off);
        AT(io_uring_sqe, addr); AT(io_uring_sqe, len); AT(io_uring_sqe, msg_flags);
        AT(io_uring_sqe, user_data); AT(io_uring_sqe, buf_group);
        SIZE(io_uring_cqe); AT(io_uring_cqe, res); AT(io_uring_cqe, flags);
        SIZE(io_uring_buf); AT(io_uring_buf, addr); AT(io_uring_buf, len); AT(io_uring_buf, bid);
        AT(io_uring_buf_ring, tail);
        SIZE(io_uring_buf_reg); AT(io_uring_buf_reg, ring_addr);
        AT(io_uring_buf_reg, ring_entries); AT(io_uring_buf_reg, bgid);
        SIZE(io_uring_getevents_arg); AT(io_uring_getevents_arg, ts);
        SIZE(io_uring_rsrc_update); AT(io_uring_rsrc_update, data);
        SIZE(epoll_event); AT(epoll_event, data);
        SIZE(msghdr); AT(msghdr, msg_iov); AT(msghdr, msg_iovlen); AT(msghdr, msg_flags);
        SIZE(iovec); AT(iovec, iov_len);
        SIZE(sockaddr_in); AT(sockaddr_in, sin_port); AT(sockaddr_in, sin_addr);
        SIZE(sockaddr_in6); AT(sockaddr_in6, sin6_port); AT(sockaddr_in6, sin6_addr);
        AT(sockaddr_in6, sin6_scope_id); SIZE(sockaddr_un); AT(sockaddr_un, sun_path);
        AT(tcp_info, tcpi_bytes_acked);
        IS(SYS_io_uring_setup); IS(SYS_io_uring_enter); IS(SYS_io_uring_register);
        IS(IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL);
        IS(IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
        IS(IORING_FEAT_SINGLE_MMAP | IORING_FEAT_EXT_ARG); IS(IORING_OFF_SQES);
        IS(IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | IORING_ENTER_REGISTERED_RING);
        IS(IORING_SQ_CQ_OVERFLOW); IS(IORING_REGISTER_IOWQ_MAX_WORKERS);
        IS(IORING_REGISTER_RING_FDS); IS(IORING_UNREGISTER_RING_FDS);
        IS(IORING_REGISTER_PBUF_RING);
        IS(IORING_OP_POLL_ADD); IS(IORING_OP_SENDMSG); IS(IORING_OP_ACCEPT);
        IS(IORING_OP_ASYNC_CANCEL); IS(IORING_OP_CONNECT); IS(IORING_OP_CLOSE);
        IS(IORING_OP_SEND); IS(IORING_OP_RECV); IS(IORING_OP_TIMEOUT);
        IS(IOSQE_BUFFER_SELECT); IS(IOSQE_CQE_SKIP_SUCCESS); IS(IORING_RECV_MULTISHOT);
        IS(IORING_ACCEPT_MULTISHOT); IS(IORING_POLL_ADD_MULTI);
        IS(IORING_ASYNC_CANCEL_ALL); IS(IORING_ASYNC_CANCEL_FD);
        IS(IORING_CQE_F_BUFFER); IS(IORING_CQE_F_MORE); IS(IORING_CQE_BUFFER_SHIFT);
        IS(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP); IS((int) EPOLLET);
        IS(SO_REUSEADDR); IS(SO_ERROR); IS(SO_LINGER); IS(SO_REUSEPORT); IS(IPV6_V6ONLY);
        IS(TCP_NODELAY); IS(TCP_INFO); IS(F_SETFL); IS(SOCK_NONBLOCK); IS(SOCK_CLOEXEC);
        IS(MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL); IS(MSG_NOSIGNAL | MSG_MORE);
        IS(MAP_SHARED | MAP_POPULATE); IS(EFD_NONBLOCK | EFD_CLOEXEC);
        SIZE(pollfd); AT(pollfd, events); AT(pollfd, revents); IS(POLLIN); IS(POLLOUT);
        SIZE(ucred); AT(ucred, pid); AT(ucred, uid); IS(SO_PEERCRED); IS(LOCK_EX | LOCK_NB);
        AT(msghdr, msg_control); AT(msghdr, msg_controllen);
        SIZE(cmsghdr); AT(cmsghdr, cmsg_level); AT(cmsghdr, cmsg_type);
        IS(CMSG_LEN(4)); IS(CMSG_SPACE(4)); IS(SCM_RIGHTS); IS(SO_RCVLOWAT); IS(MSG_TRUNC);
        return 0;
      }
      """;

  private static final boolean X86 = System.getProperty("os.arch").equals("amd64");

  private static final String EXPECTED =
      """
      io_uring_params=120
      io_uring_params.sq_entries=0
      io_uring_params.cq_entries=4
      io_uring_params.flags=8
      io_uring_params.features=20
      io_uring_params.sq_off.head=40
      io_uring_params.sq_off.tail=44
      io_uring_params.sq_off.ring_mask=48
      io_uring_params.sq_off.flags=56
      io_uring_params.sq_off.array=64
      io_uring_params.cq_off.head=80
      io_uring_params.cq_off.tail=84
      io_uring_params.cq_off.ring_mask=88
      io_uring_params.cq_off.cqes=100
      io_uring_sqe=64
      io_uring_sqe.opcode=0
      io_uring_sqe.flags=1
      io_uring_sqe.ioprio=2
      io_uring_sqe.fd=4
      io_uring_sqe.off=8
      io_uring_sqe.addr=16
      io_uring_sqe.len=24
      io_uring_sqe.msg_flags=28
      io_uring_sqe.user_data=32
      io_uring_sqe.buf_group=40
      io_uring_cqe=16
      io_uring_cqe.res=8
      io_uring_cqe.flags=12
      io_uring_buf=16
      io_uring_buf.addr=0
      io_uring_buf.len=8
      io_uring_buf.bid=12
      io_uring_buf_ring.tail=14
      io_uring_buf_reg=40
      io_uring_buf_reg.ring_addr=0
      io_uring_buf_reg.ring_entries=8
      io_uring_buf_reg.bgid=12
      io_uring_getevents_arg=24
      io_uring_getevents_arg.ts=16
      io_uring_rsrc_update=16
      io_uring_rsrc_update.data=8
      epoll_event=%d
      epoll_event.data=%d
      msghdr=56
      msghdr.msg_iov=16
      msghdr.msg_iovlen=24
      msghdr.msg_flags=48
      iovec=16
      iovec.iov_len=8
      sockaddr_in=16
      sockaddr_in.sin_port=2
      sockaddr_in.sin_addr=4
      sockaddr_in6=28
      sockaddr_in6.sin6_port=2
      sockaddr_in6.sin6_addr=8
      sockaddr_in6.sin6_scope_id=24
      sockaddr_un=110
      sockaddr_un.sun_path=2
      tcp_info.tcpi_bytes_acked=120
      SYS_io_uring_setup=425
      SYS_io_uring_enter=426
      SYS_io_uring_register=427
      IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL=152
      IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN=12544
      IORING_FEAT_SINGLE_MMAP | IORING_FEAT_EXT_ARG=257
      IORING_OFF_SQES=268435456
      IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | IORING_ENTER_REGISTERED_RING=25
      IORING_SQ_CQ_OVERFLOW=2
      IORING_REGISTER_IOWQ_MAX_WORKERS=19
      IORING_REGISTER_RING_FDS=20
      IORING_UNREGISTER_RING_FDS=21
      IORING_REGISTER_PBUF_RING=22
      IORING_OP_POLL_ADD=6
      IORING_OP_SENDMSG=9
      IORING_OP_ACCEPT=13
      IORING_OP_ASYNC_CANCEL=14
      IORING_OP_CONNECT=16
      IORING_OP_CLOSE=19
      IORING_OP_SEND=26
      IORING_OP_RECV=27
      IORING_OP_TIMEOUT=11
      IOSQE_BUFFER_SELECT=32
      IOSQE_CQE_SKIP_SUCCESS=64
      IORING_RECV_MULTISHOT=2
      IORING_ACCEPT_MULTISHOT=1
      IORING_POLL_ADD_MULTI=1
      IORING_ASYNC_CANCEL_ALL=1
      IORING_ASYNC_CANCEL_FD=2
      IORING_CQE_F_BUFFER=1
      IORING_CQE_F_MORE=2
      IORING_CQE_BUFFER_SHIFT=16
      EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP=8221
      (int) EPOLLET=-2147483648
      SO_REUSEADDR=2
      SO_ERROR=4
      SO_LINGER=13
      SO_REUSEPORT=15
      IPV6_V6ONLY=26
      TCP_NODELAY=1
      TCP_INFO=11
      F_SETFL=4
      SOCK_NONBLOCK=2048
      SOCK_CLOEXEC=524288
      MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL=322
      MSG_NOSIGNAL | MSG_MORE=49152
      MAP_SHARED | MAP_POPULATE=32769
      EFD_NONBLOCK | EFD_CLOEXEC=526336
      pollfd=8
      pollfd.events=4
      pollfd.revents=6
      POLLIN=1
      POLLOUT=4
      ucred=12
      ucred.pid=0
      ucred.uid=4
      SO_PEERCRED=17
      LOCK_EX | LOCK_NB=6
      msghdr.msg_control=32
      msghdr.msg_controllen=40
      cmsghdr=16
      cmsghdr.cmsg_level=8
      cmsghdr.cmsg_type=12
      CMSG_LEN(4)=20
      CMSG_SPACE(4)=24
      SCM_RIGHTS=1
      SO_RCVLOWAT=18
      MSG_TRUNC=32
      """
          .formatted(X86 ? 12 : 16, X86 ? 4 : 8);

  @Test
  void offsetsAndConstantsAreThoseOfTheHeaders(@TempDir Path directory) throws Exception {
    assertEquals(EXPECTED, CProgram.compile(PROGRAM, directory).run());
  }
}
