package net.khttpd.decide;

import net.khttpd.files.FileCache;
import org.jspecify.annotations.Nullable;

/// What holds for the requests of one virtual host, or of all hosts where there is none: rules and
/// files. Immutable; shared by all loops.
///
/// @param host as `vhost` names it; empty for the top of the tree
/// @param files null for hosts that nobody has named while others have names: nothing is theirs
public record Site(String host, Policy policy, @Nullable FileCache files) {}
