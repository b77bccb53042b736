package net.khttpd.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.decide.OrderSite;
import net.khttpd.decide.Policy;
import net.khttpd.decide.Preparation;
import net.khttpd.decide.Site;
import net.khttpd.decide.Sites;
import net.khttpd.files.FileCache;
import net.khttpd.files.FileCaches;
import net.khttpd.settings.Settings;

/// Which sites one snapshot of the settings makes: one for each virtual host, or one for all where
/// there is none. Where nobody is the default, there is one more, without files, for hosts that
/// nobody has named: what they ask for goes to the backends of the top of the tree.
///
/// @param planned in the order of their places
/// @param top the whole snapshot
record HostPlan(List<Planned> planned, Settings top) {
  /// One site to be.
  ///
  /// @param host as `vhost` names it; empty for the top of the tree
  /// @param settings that hold for it
  /// @param stranger nothing is its own
  record Planned(String host, Settings settings, boolean stranger) {
    /// What decides about its files: as long as it is equal, they are found and judged alike.
    List<Object> files() {
      return stranger ? List.of(settings.hasBackend(), settings.hosts()) : settings.aboutFiles();
    }
  }

  static HostPlan of(Settings settings) {
    Map<String, Settings> hosts = settings.hostSettings();
    var planned = new ArrayList<Planned>();
    hosts.forEach((host, own) -> planned.add(new Planned(host, own, false)));
    if (!hosts.containsKey(Settings.DEFAULT_HOST)) {
      planned.add(new Planned("", settings, !hosts.isEmpty()));
    }
    return new HostPlan(planned, settings);
  }

  /// The settings that hold for each site.
  List<Settings> settings() {
    return planned.stream().map(Planned::settings).toList();
  }

  /// Whom each site passes on to, and how one of several is chosen: as long as it is equal, it is
  /// the same.
  List<Object> backends() {
    var backends = new ArrayList<Object>();
    planned.forEach(each -> backends.add(each.settings().passOnTo()));
    backends.add(planned.getFirst().settings().balancing());
    return backends;
  }

  /// What decides about the files of each site.
  List<Object> files() {
    var files = new ArrayList<>();
    planned.forEach(each -> files.add(List.of(each.host(), each.files())));
    if (ordersFiles()) {
      files.add(List.of(top.orders().root(), top.aboutFiles()));
    }
    return files;
  }

  private boolean ordersFiles() {
    return top.orders().obeyed() && !top.orders().root().isEmpty();
  }

  /// Opens the files of all sites; may block. Sites that treat the same root in the same way have
  /// them in common.
  Sites open(FileCaches family) {
    var opened = new HashMap<List<Object>, Site>();
    var sites = new ArrayList<Site>();
    for (Planned each : planned) {
      Settings own = each.settings();
      if (each.stranger()) {
        sites.add(new Site(each.host(), Policy.ofStrangers(own), null));
        continue;
      }
      Site same = opened.computeIfAbsent(each.files(), _ -> site(each, family));
      sites.add(new Site(each.host(), same.policy(), same.files()));
    }
    return new Sites(sites, ordersFiles() ? orderSite(family) : null);
  }

  private OrderSite orderSite(FileCaches family) {
    Policy policy = Policy.of(top).ofOrders();
    String root = top.orders().root();
    return new OrderSite(
        root, policy, family.open(SharedParts.configOfOrders(top), Preparation.ofOrders(policy)));
  }

  private static Site site(Planned planned, FileCaches family) {
    Policy policy = Policy.of(planned.settings());
    FileCache files = family.open(SharedParts.config(planned.settings()), new Preparation(policy));
    return new Site(planned.host(), policy, files);
  }
}
