#!/usr/bin/env bash
# Unpacks the mail servers that judge our bounces, and the virus scanner, into build/mtas, once. None is installed: the mail
# servers conflict with each other as packages, and all of them would bring services that start with the machine (the
# scanner also one that fetches signatures). What they link to is in scripts/install-packages.sh.
set -euo pipefail
wanted=(postfix exim4-daemon-light opensmtpd clamav-daemon)
root=$(cd "$(dirname "$0")/../.." && pwd)/build/mtas

missing=()
for package in "${wanted[@]}"; do [ -d "$root/$package" ] || missing+=("$package"); done
[ ${#missing[@]} -eq 0 ] && exit 0

mkdir -p "$root"
fresh=$(mktemp -d "$root/fresh.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
cd "$fresh"
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
# Lists that are missing or old know no package of that version.
apt-get download -qq "${missing[@]}" 2>/dev/null || {
  "${as_root[@]}" apt-get update -qq
  apt-get download -qq "${missing[@]}"
}
for package in "${missing[@]}"; do
  dpkg-deb -x "$package"_*.deb "unpacked-$package"
  mv -T "unpacked-$package" "$root/$package"  # whole or not at all
done
