package net.khttpd.decide;

import net.khttpd.files.FileCache;

/// The files that backends order, which no URL leads to. Immutable; shared by all loops.
///
/// @param root absolute, as its setting says
public record OrderSite(String root, Policy policy, FileCache files) {}
