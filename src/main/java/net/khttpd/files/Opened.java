package net.khttpd.files;

/// What [Opener] opened with O_PATH: the caller closes it.
///
/// @param descriptor 0 or more, or `-errno`
/// @param realPath absolute, links resolved; empty after an error
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
record Opened(int descriptor, byte[] realPath) {
  private static final byte[] NONE = {};

  static Opened error(int negativeErrno) {
    return new Opened(negativeErrno, NONE);
  }
}
