package net.khttpd.kernel;

/// The numbers of io_uring(7) that we use: operations, their flags, and flags of completions
/// (io_uring_enter(2)); and the events of poll(2). The same on x86-64 and aarch64; a test compares
/// them with the C headers.
public final class RingOperation {
  public static final int OP_POLL_ADD = 6;
  public static final int OP_SENDMSG = 9;
  public static final int OP_TIMEOUT = 11;
  public static final int OP_ACCEPT = 13;
  public static final int OP_ASYNC_CANCEL = 14;
  public static final int OP_CONNECT = 16;
  public static final int OP_CLOSE = 19;
  public static final int OP_SEND = 26;
  public static final int OP_RECV = 27;

  public static final int SQE_BUFFER_SELECT = 1 << 5;
  public static final int SQE_CQE_SKIP_SUCCESS = 1 << 6;
  public static final int RECV_MULTISHOT = 2;
  public static final int ACCEPT_MULTISHOT = 1;
  public static final int POLL_MULTISHOT = 1;
  public static final int CANCEL_ALL = 1;
  public static final int CANCEL_FD = 2;
  public static final int CQE_BUFFER = 1;
  public static final int CQE_MORE = 2;
  public static final int POLLIN = 1;
  public static final int POLLOUT = 4;
  public static final int POLLERR = 8;
  public static final int POLLHUP = 16;
  public static final int POLLRDHUP = 0x2000;

  private RingOperation() {}
}
