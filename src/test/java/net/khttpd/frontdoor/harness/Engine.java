package net.khttpd.frontdoor.harness;

/// The two engines; every front-door test runs on each.
public enum Engine {
  IO_URING("io_uring"),
  EPOLL("epoll");

  private final String setting;

  Engine(String setting) {
    this.setting = setting;
  }

  /// The value of the setting `engine`.
  public String setting() {
    return setting;
  }
}
