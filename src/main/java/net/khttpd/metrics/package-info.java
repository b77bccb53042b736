/// The statistics as Prometheus fetches them: page and endpoint. Loaded only where
/// `metrics_address` is set.
@NullMarked
package net.khttpd.metrics;

import org.jspecify.annotations.NullMarked;
