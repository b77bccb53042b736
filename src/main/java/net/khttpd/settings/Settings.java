package net.khttpd.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.khttpd.log.LogFormat;

/// An immutable snapshot of all settings; a change makes a new one ([Draft]). Stages take from it
/// what they need when they are made and when it changes: no request reads it. What each value
/// means is said where the setting is declared ([SettingsTree], docs/settings.md).
public final class Settings {
  /// The virtual host for requests that name no other.
  public static final String DEFAULT_HOST = "default";

  private final Map<Setting<?>, Object> values;
  private final Map<String, Settings> hostSettings;

  Settings(Map<Setting<?>, Object> values) {
    this.values = Map.copyOf(values);
    hostSettings = findHostSettings();
  }

  /// Every default, nothing else.
  public static Settings defaults() {
    return Draft.ofDefaults().snapshot();
  }

  /// The value of a setting.
  @SuppressWarnings("unchecked") // Draft puts only values of the setting's kind
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    if (value == null && HostSettings.isMember(setting)) {
      value = ofHost(HostSettings.host(setting)).values.get(HostSettings.inherited(setting));
    }
    return (T) Objects.requireNonNull(value, setting.name());
  }

  /// Whether the setting has a value of its own: those of virtual hosts may inherit theirs.
  public boolean isSet(Setting<?> setting) {
    return values.containsKey(setting);
  }

  /// What virtual hosts set for themselves, host by host in the order of `vhost`.
  public List<Setting<?>> ofHosts() {
    return hostSettings.keySet().stream()
        .flatMap(host -> HostSettings.members(host).stream())
        .filter(values::containsKey)
        .toList();
  }

  /// The settings that hold for each virtual host: its own, and for all else those of the top.
  public Map<String, Settings> hostSettings() {
    return hostSettings;
  }

  /// The settings that hold for a host: those of the top if there is no such host.
  public Settings ofHost(String host) {
    return hostSettings.getOrDefault(host, this);
  }

  private int asInt(Setting<Long> setting) {
    return Math.toIntExact(get(setting));
  }

  /// A copy of the values for a draft.
  Map<Setting<?>, Object> values() {
    return new HashMap<>(values);
  }

  /// Whether anything can be passed on: clientport is set, backend or route name one, or handover
  /// does.
  public boolean hasBackend() {
    return hasUsualBackend() || !get(BalanceSettings.ROUTE).isEmpty() || !handover().none();
  }

  private boolean hasUsualBackend() {
    return clientPort() != 0 || !backend().isEmpty();
  }

  /// All that decides how files are found, judged and kept: where it is equal, what is remembered
  /// of them holds for the other snapshot, too.
  public List<Object> aboutFiles() {
    var about =
        new ArrayList<Object>(
            List.of(hasBackend(), indexNames(), cacheBytes(), cacheEntries(), sendfileMin()));
    StaticSettings.ALL.forEach(each -> about.add(get(each)));
    return about;
  }

  /// Whom to pass on to, in turn: clientport's backend on 127.0.0.1, then those of backend.
  public List<BackendAddress> passOnTo() {
    var all = new LinkedHashSet<BackendAddress>();
    if (clientPort() != 0) {
      all.add(new BackendAddress.Tcp("127.0.0.1", clientPort()));
    }
    all.addAll(backend());
    return List.copyOf(all);
  }

  /// The names to try for a directory, in order: `index` with its entry auto resolved.
  public List<String> indexNames() {
    var names = new LinkedHashSet<String>();
    for (String name : index()) {
      if (!name.equals(StaticSettings.AUTO_INDEX)) {
        names.add(name);
      } else if (!hasUsualBackend()) {
        names.add("index.html");
      }
    }
    return List.copyOf(names);
  }

  public int serverPort() {
    return asInt(ServerSettings.SERVER_PORT);
  }

  public ListenAddress address() {
    return get(ServerSettings.ADDRESS);
  }

  public int backlog() {
    return asInt(ServerSettings.BACKLOG);
  }

  public int threads() {
    return asInt(ServerSettings.THREADS);
  }

  public EngineChoice engine() {
    return get(ServerSettings.ENGINE);
  }

  public boolean start() {
    return get(ServerSettings.START);
  }

  public boolean stop() {
    return get(ServerSettings.STOP);
  }

  public boolean unload() {
    return get(ServerSettings.UNLOAD);
  }

  public long drainMillis() {
    return get(ServerSettings.DRAIN);
  }

  public MetricsAddress metricsAddress() {
    return get(ServerSettings.METRICS_ADDRESS);
  }

  /// Empty: nowhere.
  public String procMount() {
    return get(ServerSettings.PROC_MOUNT);
  }

  public boolean server() {
    return get(ServerSettings.SERVER);
  }

  public String documentRoot() {
    return get(StaticSettings.DOCUMENT_ROOT);
  }

  public List<String> index() {
    return get(StaticSettings.INDEX);
  }

  public boolean autoIndex() {
    return get(StaticSettings.AUTOINDEX);
  }

  public List<String> tryPaths() {
    return get(StaticSettings.TRY);
  }

  public List<ErrorPage> errorPages() {
    return get(StaticSettings.ERROR_PAGE);
  }

  public int permRequired() {
    return asInt(StaticSettings.PERM_REQUIRED);
  }

  public int permForbid() {
    return asInt(StaticSettings.PERM_FORBID);
  }

  public List<String> dynamic() {
    return get(StaticSettings.DYNAMIC);
  }

  public List<String> active() {
    return get(StaticSettings.ACTIVE);
  }

  public List<String> marker() {
    return get(StaticSettings.MARKER);
  }

  public List<String> hosts() {
    return get(StaticSettings.HOSTS);
  }

  public QueryRule query() {
    return get(StaticSettings.QUERY);
  }

  public boolean passAuthorization() {
    return get(StaticSettings.PASS_AUTHORIZATION);
  }

  public SymlinkKind symlinks() {
    return get(StaticSettings.SYMLINKS);
  }

  public List<String> symlinkRoots() {
    return get(StaticSettings.SYMLINK_ROOTS);
  }

  public boolean sloppyMime() {
    return get(StaticSettings.SLOPPY_MIME);
  }

  public String defaultType() {
    return get(StaticSettings.DEFAULT_TYPE);
  }

  public List<MediaTypeEntry> mime() {
    return get(StaticSettings.MIME);
  }

  public String charset() {
    return get(StaticSettings.CHARSET);
  }

  /// What a file's answers tell beside its content: ETag, variants, further fields.
  public AnswerSettings answers() {
    return AnswerSettings.of(this);
  }

  public int clientPort() {
    return asInt(BackendSettings.CLIENT_PORT);
  }

  public List<BackendAddress> backend() {
    return get(BackendSettings.BACKEND);
  }

  public long timeoutConnectMillis() {
    return get(BackendSettings.TIMEOUT_CONNECT);
  }

  public long timeoutBackendMillis() {
    return get(BackendSettings.TIMEOUT_BACKEND);
  }

  public long timeoutTunnelMillis() {
    return get(BackendSettings.TIMEOUT_TUNNEL);
  }

  public long backendIdleMillis() {
    return get(BackendSettings.BACKEND_IDLE);
  }

  public int backendMaxconn() {
    return asInt(BackendSettings.BACKEND_MAXCONN);
  }

  public long backendQueueTimeoutMillis() {
    return get(BackendSettings.BACKEND_QUEUE_TIMEOUT);
  }

  /// All about several backends.
  public Balancing balancing() {
    return Balancing.of(this);
  }

  public boolean via() {
    return get(BackendSettings.VIA);
  }

  public List<AddressRange> trust() {
    return get(BackendSettings.TRUST);
  }

  public AcceptProxy acceptProxy() {
    return get(ServerSettings.ACCEPT_PROXY);
  }

  public BackendProxy backendProxy() {
    return get(BackendSettings.BACKEND_PROXY);
  }

  public boolean requestId() {
    return get(BackendSettings.REQUEST_ID);
  }

  /// Files by order of a backend.
  public OrderSettings orders() {
    return OrderSettings.of(this);
  }

  /// Who gets the sockets of requests that are passed on.
  public HandoverTarget handover() {
    return get(HandoverSettings.HANDOVER);
  }

  public int maxConnect() {
    return asInt(LimitSettings.MAX_CONNECT);
  }

  public int maxConnectClient() {
    return asInt(LimitSettings.MAX_CONNECT_CLIENT);
  }

  public int headMax() {
    return asInt(LimitSettings.HEAD_MAX);
  }

  public int headFields() {
    return asInt(LimitSettings.HEAD_FIELDS);
  }

  public int targetMax() {
    return asInt(LimitSettings.TARGET_MAX);
  }

  public long timeoutHeadMillis() {
    return get(LimitSettings.TIMEOUT_HEAD);
  }

  public long timeoutIdleMillis() {
    return get(LimitSettings.TIMEOUT_IDLE);
  }

  public long timeoutSendMillis() {
    return get(LimitSettings.TIMEOUT_SEND);
  }

  public int sendRateMin() {
    return asInt(LimitSettings.SEND_RATE_MIN);
  }

  public long cacheBytes() {
    return get(LimitSettings.CACHE_BYTES);
  }

  public int cacheEntries() {
    return asInt(LimitSettings.CACHE_ENTRIES);
  }

  public int sendfileMin() {
    return asInt(LimitSettings.SENDFILE_MIN);
  }

  public boolean logging() {
    return get(LogSettings.LOGGING);
  }

  public String accessLog() {
    return get(LogSettings.ACCESS_LOG);
  }

  public LogFormat accessLogFormat() {
    return get(LogSettings.ACCESS_LOG_FORMAT);
  }

  private Map<String, Settings> findHostSettings() {
    var all = new LinkedHashMap<String, Settings>();
    for (String host : get(HostSettings.VHOST)) {
      var own = new HashMap<>(values);
      own.keySet().removeIf(HostSettings::isMember);
      own.put(HostSettings.VHOST, List.of());
      for (Setting<?> member : HostSettings.members(host)) {
        Object value = values.get(member);
        if (value != null) {
          own.put(HostSettings.inherited(member), value);
        }
      }
      if (values.containsKey(HostSettings.member(host, BackendSettings.BACKEND))) {
        own.put(BackendSettings.CLIENT_PORT, 0L); // its backends are its own alone
      }
      all.put(host, new Settings(own));
    }
    return Collections.unmodifiableMap(all);
  }
}
