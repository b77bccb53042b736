package net.khttpd.settings;

/// What the operator got wrong. The message is one sentence that names the setting (or option, or
/// file) and the likely cause; the command line prints it as it stands and exits with 2.
public final class OperatorException extends Exception {
  private static final long serialVersionUID = 1L;

  public OperatorException(String sentence) {
    super(sentence);
  }

  public OperatorException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  /// The sentence, never null.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
