package net.khttpd.control;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.HostSettings;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// What can only be judged of settings together or by looking at the machine, before anything is
/// started. Each finding is one sentence that names the setting and the likely cause.
public final class StartChecks {
  /// Far more than clients take, and little enough for a buffer with a body behind it.
  private static final int MOST_FIELD_BYTES = 64 * 1024;

  private StartChecks() {}

  /// Returns if the server can be started with these settings; looks at the file system only.
  public static void check(Settings settings) throws OperatorException {
    checkRoots(settings, List.of());
    checkTogether(settings);
  }

  /// Returns if the settings may be changed so. A document root is looked at only if it is another
  /// one: that it has vanished since is no reason to refuse other changes.
  static void checkChange(Settings before, Settings after) throws OperatorException {
    checkRoots(after, roots(before).values());
    checkTogether(after);
  }

  /// What an operator should hear about settings that are taken nevertheless; may block.
  static @Nullable String advice(Settings settings) {
    String internal = settings.orders().root();
    for (Map.Entry<String, String> root : roots(settings).entrySet()) {
      boolean other = !root.getKey().equals("internal_root");
      if (!internal.isEmpty() && other && liesBeneath(internal, root.getValue())) {
        return "internal_root: %s lies beneath %s %s, so its files can be asked for by URL, too"
            .formatted(internal, root.getKey(), root.getValue());
      }
    }
    return null;
  }

  private static boolean liesBeneath(String inner, String outer) {
    try {
      return Path.of(inner).toRealPath().startsWith(Path.of(outer).toRealPath());
    } catch (IOException e) {
      return false; // there is nothing to be asked for
    }
  }

  /// @param known roots that are not looked at
  private static void checkRoots(Settings settings, Collection<String> known)
      throws OperatorException {
    for (Map.Entry<String, String> root : roots(settings).entrySet()) {
      if (!known.contains(root.getValue())) {
        checkRoot(root.getKey(), root.getValue());
      }
    }
  }

  /// The document roots in use, by the names of their settings: that of the top of the tree is none
  /// of them if virtual hosts have all set their own.
  private static Map<String, String> roots(Settings settings) {
    var roots = new LinkedHashMap<String, String>();
    if (settings.hostSettings().isEmpty()) {
      roots.put("documentroot", settings.documentRoot());
    }
    if (!settings.orders().root().isEmpty()) {
      roots.put("internal_root", settings.orders().root());
    }
    settings
        .hostSettings()
        .forEach((host, own) -> {
          boolean inherited = !HostSettings.setsRoot(settings, host);
          roots.put(
              inherited ? "documentroot" : "vhost." + host + ".documentroot", own.documentRoot());
        });
    return roots;
  }

  private static void checkTogether(Settings settings) throws OperatorException {
    if (settings.targetMax() > settings.headMax()) {
      throw new OperatorException(
          "target_max: a target of "
              + settings.targetMax()
              + " bytes does not fit into a head of head_max "
              + settings.headMax());
    }
    boolean samePort = settings.clientPort() == settings.serverPort() && settings.clientPort() != 0;
    if (samePort && isOurs("127.0.0.1", settings)) {
      throw new OperatorException(
          "clientport: "
              + settings.clientPort()
              + " is serverport, too, so we would pass requests on to ourselves; set one of them to"
              + " another port, or clientport=0 for no backend");
    }
    checkFiles(settings);
    checkBackends(settings);
    checkFields("header", settings);
    for (Map.Entry<String, Settings> host : settings.hostSettings().entrySet()) {
      checkBackends(host.getValue());
      checkFields("vhost." + host.getKey() + ".header", host.getValue());
    }
  }

  /// The files of the settings may be read by all: below a document root they would be served.
  private static void checkFiles(Settings settings) throws OperatorException {
    Path files = Path.of(settings.procMount()).normalize();
    for (Map.Entry<String, String> root : roots(settings).entrySet()) {
      if (files.startsWith(Path.of(root.getValue()).normalize())) {
        throw new OperatorException(
            "proc_mount: "
                + files
                + " lies within "
                + root.getKey()
                + ", so that the settings would be served; name a directory outside of it");
      }
    }
  }

  private static void checkFields(String name, Settings settings) throws OperatorException {
    int fields = settings.answers().longestFields();
    if (fields > MOST_FIELD_BYTES) {
      throw new OperatorException(
          "%s: all fields together come to %d bytes, more than %d"
              .formatted(name, fields, MOST_FIELD_BYTES));
    }
  }

  private static void checkBackends(Settings settings) throws OperatorException {
    for (BackendAddress backend : settings.backend()) {
      checkBackend(backend, settings);
    }
  }

  private static void checkRoot(String setting, String name) throws OperatorException {
    Path root = Path.of(name);
    try {
      var _ = Files.readAttributes(root, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new OperatorException(
          setting + ": " + name + " does not exist; set it to the directory of your files", e);
    } catch (AccessDeniedException e) {
      throw new OperatorException(
          setting + ": " + name + " lies in a directory that our user may not search", e);
    } catch (IOException e) {
      throw new OperatorException(setting + ": " + e.getMessage(), e);
    }
    if (!Files.isDirectory(root)) {
      throw new OperatorException(setting + ": " + name + " is not a directory");
    }
    if (!Files.isExecutable(root)) {
      throw new OperatorException(
          setting + ": " + name + " cannot be searched by us; it needs x permission for our user");
    }
  }

  private static void checkBackend(BackendAddress backend, Settings settings)
      throws OperatorException {
    switch (backend) {
      case BackendAddress.Unix unix -> {}
      case BackendAddress.Tcp tcp -> {
        if (tcp.port() == settings.serverPort() && isOurs(tcp.host(), settings)) {
          throw new OperatorException(
              "backend: "
                  + tcp.text()
                  + " is this server itself (serverport "
                  + settings.serverPort()
                  + "); name the address of the server behind it");
        }
      }
    }
  }

  /// Of names only localhost is known here; the others are resolved when the server starts.
  private static boolean isOurs(String host, Settings settings) {
    if (host.equals("localhost")) {
      return isOurs("127.0.0.1", settings) || isOurs("::1", settings);
    }
    try {
      return settings.address().takes(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }
}
