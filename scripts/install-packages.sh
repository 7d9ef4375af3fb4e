#!/usr/bin/env bash
# Installs what is missing, as Debian 12 packages, and nothing else. Asks apt only when something is missing.
#   install-packages.sh build        to build and run
#   install-packages.sh build test   and what the tests need: counterparts that judge us
set -euo pipefail

build=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19 cmake ninja-build ccache mold pkg-config
       libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev libsqlite3-dev libunbound-dev
       libidn2-dev libargon2-dev libtomlplusplus-dev libcli11-dev libfmt-dev
       libgtest-dev libgmock-dev libbenchmark-dev dns-root-data ca-certificates)
test=(python3 python3-pytest python3-pytest-xdist python3-boto3 awscli python3-dnspython python3-dkim python3-nacl python3-authres python3-spf
      libopendkim-dev
      iproute2 python3-aiosmtpd python3-yaml python3-cryptography libyaml-cpp-dev chromium openssl knot knot-dnsutils bind9 pdns-server pdns-backend-sqlite3 swaks libnet-ssleay-perl libsisimai-perl sqlite3
      # what Postfix, Exim, OpenSMTPD and clamd link to (tests/scenarios/mtas.sh)
      libdb5.3 libicu72 libnsl2 libsasl2-2 libgnutls-dane0 libidn12 libpcre2-8-0 libevent-2.1-7 libpam0g libclamav12)

wanted=()
for set in "$@"; do
  case $set in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}")
          # Any node from 18 on will do; Debian's is taken when there is none.
          command -v node >/dev/null && command -v npm >/dev/null || wanted+=(nodejs npm) ;;
    *) echo "install-packages.sh: unknown set '$set' (build, test)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "missing packages: ${missing[*]}" >&2; echo "run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
# The counterparts are started by the tests themselves, on loopback and unprivileged ports; a policy that forbids starting
# them keeps their packages from opening ports of their own on this machine.
policy=/usr/sbin/policy-rc.d
made_policy=no
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  made_policy=yes
fi
cleanup() { if [ "$made_policy" = yes ]; then "${as_root[@]}" rm -f "$policy"; fi; }
trap cleanup EXIT
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
