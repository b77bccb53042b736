package net.khttpd.decide;

import java.util.List;
import net.khttpd.files.FileCaches;
import net.khttpd.http.RequestHead;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// All sites of a server, and whose a request is. Immutable; shared by all loops.
public final class Sites {
  private final List<Site> all;
  private final @Nullable OrderSite orders;
  private final @Nullable HostTable hosts;
  private final int others;

  /// @param all in the order of their places: one without a host alone, or one for each virtual
  ///   host, and where none of these is the default, last one for hosts that nobody has named
  /// @param orders null where backends order no files
  public Sites(List<Site> all, @Nullable OrderSite orders) {
    this.all = List.copyOf(all);
    this.orders = orders;
    List<String> names = all.stream().map(Site::host).toList();
    int byDefault = names.indexOf(Settings.DEFAULT_HOST);
    others = byDefault >= 0 ? byDefault : all.size() - 1;
    hosts = all.size() == 1 && names.getFirst().isEmpty() ? null : new HostTable(named(names));
  }

  /// The default is nobody's name.
  private static List<String> named(List<String> names) {
    return names.stream().map(name -> name.equals(Settings.DEFAULT_HOST) ? "" : name).toList();
  }

  public List<Site> all() {
    return all;
  }

  /// The files that backends order; null for none.
  public @Nullable OrderSite orders() {
    return orders;
  }

  /// Whether every request is of the one site.
  public boolean single() {
    return hosts == null;
  }

  /// The place of the site that a request is of.
  int place(RequestHead head) {
    int place = hosts == null ? 0 : hosts.find(head);
    return place == HostTable.NONE ? others : place;
  }

  /// The caches that those of all sites belong to.
  public FileCaches family() {
    for (Site site : all) {
      if (site.files() != null) {
        return site.files().family();
      }
    }
    throw new IllegalStateException("no site has files");
  }
}
