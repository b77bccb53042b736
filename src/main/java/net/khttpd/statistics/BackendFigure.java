package net.khttpd.statistics;

import net.khttpd.passon.BackendState;

/// What is told of each backend, each declared once; all are gauges.
public enum BackendFigure {
  UP(
      "up",
      "1, or 0 if it is not asked: out after failures, down by its checks, draining, no address"),
  CONNECTIONS("connections", "connections to it, idle ones included"),
  IDLE("idle", "connections to it that wait for a request"),
  WEIGHT("weight", "how many requests it gets, compared with the others");

  private final String label;
  private final String sentence;

  BackendFigure(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }

  /// Its value for a backend.
  public long of(BackendState state) {
    return switch (this) {
      case UP -> state.up() ? 1 : 0;
      case CONNECTIONS -> state.connections();
      case IDLE -> state.idle();
      case WEIGHT -> state.weight();
    };
  }
}
