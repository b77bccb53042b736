package net.khttpd.files;

import java.util.List;

/// Makes the answer of what was found in a directory. Called by any worker; those that are equal
/// make the same.
public interface Lister {
  /// The bytes that are kept off heap as the content of the listing.
  ///
  /// @param directory its canonical path, with its final slash
  /// @param names in the order of the file system
  /// @param more whether there are more names than these
  byte[] list(byte[] directory, List<Named> names, boolean more);

  /// What is put into the decide stage's slot of the listing's entry; its facts are those of a
  /// regular file of that size, or of kind FAILED or worse if the directory could not be read.
  Object decision(Entry listing);
}
