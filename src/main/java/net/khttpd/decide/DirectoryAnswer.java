package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.files.Entry;
import net.khttpd.files.Facts;
import net.khttpd.files.Kind;
import net.khttpd.files.Lister;
import net.khttpd.files.Named;
import net.khttpd.http.PathText;
import net.khttpd.http.RequestPath;
import net.khttpd.kernel.Memory;
import net.khttpd.listing.Item;
import net.khttpd.listing.ListingJson;
import net.khttpd.listing.ListingPage;
import net.khttpd.send.HeadTemplate;
import org.jspecify.annotations.Nullable;

/// The listing of a directory: of what is in it that which we would serve, judged by the very rules
/// that judge a request for it. Thread-safe.
///
/// @param json rather than a page
record DirectoryAnswer(Policy policy, boolean json) implements Lister {
  /// Who may not read a directory may not have it listed; with a backend, a marked one is not ours.
  static @Nullable Rule objection(Facts directory, Policy policy) {
    if ((directory.mode() & policy.permRequired()) != policy.permRequired()) {
      return Rule.PERM_REQUIRED;
    }
    return policy.backend() && directory.marked() ? Rule.MARKER : null;
  }

  @Override
  public byte[] list(byte[] directory, List<Named> names, boolean more) {
    List<Item> items = served(directory, names);
    String text =
        json ? ListingJson.of(directory, items, more) : ListingPage.of(directory, items, more);
    return text.getBytes(UTF_8);
  }

  @Override
  public Object decision(Entry listing) {
    Rule rule = FileRules.ofKind(listing.facts().kind());
    if (rule != null) {
      return new Decision.Objection(rule);
    }
    var fields = new StringBuilder();
    fields.append("Content-Type: ").append(json ? "application/json" : "text/html; charset=utf-8");
    fields.append("\r\nContent-Length: ").append(listing.facts().size());
    fields.append("\r\nVary: Accept\r\nCache-Control: no-cache");
    fields.append("\r\nX-Content-Type-Options: nosniff\r\n");
    if (!json) {
      fields.append("Content-Security-Policy: ").append(ListingPage.SECURITY_POLICY);
      fields.append("\r\n");
    }
    return new Decision.Listed(listing, new HeadTemplate("HTTP/1.1 200 OK", fields.toString()));
  }

  private List<Item> served(byte[] directory, List<Named> names) {
    int longest = PathText.longest(directory.length + Named.LONGEST + 1);
    MemorySegment space = Memory.allocate(RequestPath.spaceFor(longest));
    try {
      var path = new RequestPath(space, longest, 0);
      var items = new ArrayList<Item>();
      for (Named named : names) {
        Facts facts = named.facts();
        boolean folder = facts.kind() == Kind.DIRECTORY;
        if (isServed(path, directory, named, folder)) {
          items.add(new Item(named.name(), folder, facts.size(), facts.mtimeSeconds()));
        }
      }
      return items;
    } finally {
      Memory.free(space);
    }
  }

  private boolean isServed(RequestPath path, byte[] directory, Named named, boolean folder) {
    String target =
        PathText.encode(directory) + PathText.encode(named.name()) + (folder ? "/" : "");
    byte[] octets = target.getBytes(UTF_8);
    path.decode(MemorySegment.ofArray(octets), 0, octets.length);
    if (RequestRules.judgePath(path, policy) != null) {
      return false;
    }
    byte[] canonical = new byte[path.length()];
    MemorySegment.copy(path.bytes(), 0, MemorySegment.ofArray(canonical), 0, canonical.length);
    if (folder) {
      return !FileRules.deploymentDescriptor(canonical)
          && (named.facts().mode() & policy.permRequired()) == policy.permRequired();
    }
    int type = policy.mediaTypes().find(path.bytes(), 0, canonical.length);
    return FileRules.judge(canonical, named.facts(), type, policy) == null;
  }
}
