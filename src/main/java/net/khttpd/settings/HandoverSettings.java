package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: what is done for an application beyond relaying to it.
final class HandoverSettings {
  static final Setting<OrderSettings.Fields> SENDFILE_HEADER =
      atOnce(
          "sendfile_header",
          new Kind.Text<>(
              OrderSettings.Fields.FORM, OrderSettings.Fields::read, OrderSettings.Fields::text),
          OrderSettings.Fields.NONE,
          "The fields by which a backend's answer may name a file beneath internal_root that is"
              + " sent instead; other fields go to the client as they are.");
  static final Setting<String> INTERNAL_ROOT =
      atOnce(
          "internal_root",
          Texts.text("an absolute path, or empty for none", Texts::noneOrAbsolutePath),
          "",
          "The directory of files that a backend may order by sendfile_header; no URL leads to"
              + " them, unless it lies under documentroot.");
  static final Setting<HandoverTarget> HANDOVER =
      atOnce(
          "handover",
          new Kind.Text<>(HandoverTarget.FORM, HandoverTarget::read, HandoverTarget::text),
          HandoverTarget.NONE,
          "A local daemon that gets the client's socket itself with each request that is passed"
              + " on; while it takes none, the backends are asked. With peek nothing is read from"
              + " the socket before.");

  static final List<Setting<?>> ALL = List.of(SENDFILE_HEADER, INTERNAL_ROOT, HANDOVER);

  private HandoverSettings() {}
}
