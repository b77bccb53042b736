# Sourced by ./khttpd, ./check and bench/compare: sets JAVA_HOME to a JDK 25 or newer, or says in
# one sentence what is missing. No path of a machine is written here: it looks where JDKs are kept.
khttpd_jdk_version() {
  [ -r "$1/release" ] && [ -x "$1/bin/javac" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}
khttpd_find_jdk() {
  local candidate version
  local javac
  javac=$(readlink -f "$(command -v javac)" 2>/dev/null) || javac=
  for candidate in "${JAVA_HOME:-}" "${javac%/bin/javac}" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/* /opt/*; do
    [ -n "$candidate" ] || continue
    version=$(khttpd_jdk_version "$candidate") || continue
    [ "${version:-0}" -ge 25 ] && { printf '%s' "$candidate"; return 0; }
  done
  return 1
}
if ! JAVA_HOME=$(khttpd_find_jdk); then
  echo "khttpd: no JDK 25 or newer found (JAVA_HOME, PATH, /usr/lib/jvm, ~/.sdkman, /opt); install one, for example Temurin 25, or set JAVA_HOME to it." >&2
  exit 2
fi
export JAVA_HOME
