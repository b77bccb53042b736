package net.khttpd.client;

/// The times that every loop measures, each declared once.
///
/// A loop reads its clock once a turn, so each time is exact to one turn: what came and was
/// answered within a turn took until the turn's end; what the kernel finished later took until the
/// turn that heard of it. Before a loop has woken up for it, a request waits unmeasured.
public enum Latency {
  SERVED(
      "latency.served",
      "from a request's being taken (its head is complete, those before it are answered) until the"
          + " kernel has taken the last byte of its answer, of what was served; answers that leave"
          + " together count from the first of them"),
  PASSED_ON(
      "latency.passed_on",
      "from a request's being taken until the kernel has taken the last byte of the backend's"
          + " answer, of what was passed on and wholly answered");

  private final String label;
  private final String sentence;

  Latency(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }
}
