package net.khttpd.settings;

/// One entry of `backend_weight`: how many requests a backend gets, compared with the others. Of
/// two entries for one backend the last holds.
public record BackendWeight(BackendAddress backend, int weight) {
  /// Of a backend that has no entry.
  public static final int INITIAL = 1;

  static final String FORM = "ADDRESS N (as in backend, N from 1 to 256)";
  private static final int MOST = 256;

  static BackendWeight read(String text) throws BadValueException {
    int blank = text.lastIndexOf(' '); // a path may hold some
    String number = blank < 0 ? "" : text.substring(blank + 1).strip();
    if (!number.matches("[0-9]{1,3}")) {
      throw new BadValueException("is not " + FORM);
    }
    int weight = Integer.parseInt(number);
    if (weight < 1 || weight > MOST) {
      throw new BadValueException(
          "has a weight out of bounds (1 to 256); backend_drain takes a backend out");
    }
    return new BackendWeight(BackendAddress.read(text.substring(0, blank).strip()), weight);
  }

  String text() {
    return backend.text() + " " + weight;
  }
}
