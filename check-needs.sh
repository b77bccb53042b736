# Sourced by ./check: makes sure that the programs which the tests run against are there, and
# installs from Debian those that are not (as root; elsewhere it names them in one sentence).

# Program or file, and the Debian package that brings it.
khttpd_needs() {
  cat <<'NEEDS'
/usr/sbin/apache2 apache2
/usr/lib/apache2/modules/mod_cgid.so apache2-bin
ab apache2-utils
/usr/sbin/nginx nginx
wrk wrk
h2o h2o
/usr/sbin/lighttpd lighttpd
/usr/sbin/haproxy haproxy
curl curl
wget wget
gzip gzip
setpriv util-linux
script bsdutils
perl perl-base
strace strace
gcc gcc
/usr/include/stdlib.h libc6-dev
/usr/include/linux/fuse.h linux-libc-dev
fusermount3 fuse3
make make
python3 python3
node nodejs
/etc/mime.types media-types
chromium chromium
perf linux-perf
ss iproute2
mvn maven
git git
NEEDS
}

khttpd_missing() {
  local need package
  while read -r need package; do
    case $need in
      /*) [ -e "$need" ] || echo "$package" ;;
      *) command -v "$need" >/dev/null || [ -x "/usr/sbin/$need" ] || echo "$package" ;;
    esac
  done < <(khttpd_needs) | sort -u
}

# Packages of servers start them when they are installed, on ports that may be in use. A policy-rc.d
# forbids that (invoke-rc.d(8)); one that is there already is the machine's own and stays.
khttpd_install() {
  local policy=/usr/sbin/policy-rc.d ours='' failed=0
  if [ ! -e "$policy" ]; then
    ours=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  { DEBIAN_FRONTEND=noninteractive apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } \
    >target/apt.log 2>&1 </dev/null || failed=1
  [ -z "$ours" ] || rm -f "$ours"
  return $failed
}

khttpd_install_needs() {
  local missing
  mapfile -t missing < <(khttpd_missing)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "check: the tests need the Debian packages ${missing[*]}: install them, or run ./check once as root." >&2
    return 2
  fi
  echo "check: installing ${missing[*]}"
  mkdir -p target
  if ! khttpd_install "${missing[@]}"; then
    tail -n 20 target/apt.log >&2
    echo "check: apt-get could not install ${missing[*]}, for the reason above (target/apt.log)." >&2
    return 2
  fi
  mapfile -t missing < <(khttpd_missing)
  [ ${#missing[@]} -eq 0 ] || { echo "check: after the installation still missing: ${missing[*]}." >&2; return 2; }
}
