package net.khttpd.decide;

import net.khttpd.files.LoopFiles;
import net.khttpd.files.View;
import net.khttpd.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// The sites as one loop sees them. Used by that loop's thread only.
public final class LoopSites {
  /// One site as one loop sees it.
  ///
  /// @param place among all sites
  /// @param view null where the site has no files
  public record Seat(int place, Site site, @Nullable View view) {}

  /// Files that backends order, as one loop sees them.
  ///
  /// @param root as its setting says
  record Orders(String root, Policy policy, View view) {}

  private final Sites sites;
  private final Seat[] seats;
  private final @Nullable Orders orders;

  /// @param files of the same family as those of the sites
  public LoopSites(Sites sites, LoopFiles files) {
    this.sites = sites;
    seats = new Seat[sites.all().size()];
    for (int i = 0; i < seats.length; i++) {
      Site site = sites.all().get(i);
      seats[i] = new Seat(i, site, site.files() == null ? null : files.view(site.files()));
    }
    OrderSite ordered = sites.orders();
    orders =
        ordered == null
            ? null
            : new Orders(ordered.root(), ordered.policy(), files.view(ordered.files()));
  }

  /// Null where backends order no files.
  @Nullable Orders orders() {
    return orders;
  }

  boolean single() {
    return sites.single();
  }

  Seat first() {
    return seats[0];
  }

  /// Whether the seat is one of these, rather than of settings that hold no more.
  boolean has(Seat seat) {
    return seat.place < seats.length && seats[seat.place] == seat;
  }

  Seat of(RequestHead head) {
    return seats[sites.place(head)];
  }
}
