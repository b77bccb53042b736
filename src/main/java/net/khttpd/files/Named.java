package net.khttpd.files;

/// One name in a directory, and what it stands for, links followed.
///
/// @param name as the file system has it, of any octets; not to be written to
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
public record Named(byte[] name, Facts facts) {
  /// NAME_MAX.
  public static final int LONGEST = 255;
}
