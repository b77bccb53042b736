package net.khttpd.files;

import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// What is needed to be told of changes by inotify(7).
///
/// @param hash of a canonical path, the very one that the loops look it up by
/// @param events told in a sentence, once, what keeps changes from being seen faster than by the
///   check of each second
public record Hints(ToIntFunction<byte[]> hash, Consumer<String> events) {}
