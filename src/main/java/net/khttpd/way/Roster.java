package net.khttpd.way;

import java.util.ArrayList;
import java.util.function.Consumer;
import net.khttpd.client.Client;

/// The connections of one loop, for draining and for giving their places back. Used by its thread.
final class Roster {
  private final ArrayList<Client> clients = new ArrayList<>();
  private final Consumer<Client> left;

  /// @param left told of each client that held a place and has gone
  Roster(Consumer<Client> left) {
    this.left = left;
  }

  void add(Client client) {
    client.rosterIndex = clients.size();
    clients.add(client);
  }

  void remove(Client client) {
    moved(client);
    if (client.welcome) {
      left.accept(client);
    }
  }

  /// The client goes to another loop, and keeps its place in the limits.
  void moved(Client client) {
    int at = client.rosterIndex;
    Client last = clients.removeLast();
    if (last != client) {
      clients.set(at, last);
      last.rosterIndex = at;
    }
    client.rosterIndex = -1;
  }

  /// Calls for each; the action may close clients, which leave the roster later.
  void forEach(Consumer<Client> action) {
    for (Client client : clients.toArray(Client[]::new)) {
      action.accept(client);
    }
  }

  int size() {
    return clients.size();
  }
}
