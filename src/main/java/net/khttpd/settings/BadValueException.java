package net.khttpd.settings;

/// A text that is not of its setting's [Kind]; the message follows the quoted text ("… is not a
/// whole number"). [Draft] puts the setting's name before it.
public final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadValueException(String message) {
    super(message);
  }

  public BadValueException(String message, Throwable cause) {
    super(message, cause);
  }
}
