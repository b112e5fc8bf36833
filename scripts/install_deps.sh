#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that building and testing need; does nothing if all are
# there. Says what it installs; uses sudo only when not root. `install_deps.sh fuzz`, `coverage` and `valgrind`
# install what those need, too.
set -euo pipefail

packages=(
  g++ make cmake ninja-build pkg-config git
  libre2-dev libsimdjson-dev libcli11-dev libspdlog-dev libfmt-dev
  libboost-program-options-dev libyaml-cpp-dev libmd4c-dev libmd-dev libarchive-dev zlib1g-dev libsqlite3-dev catch2
  python3 python3-jsonschema python3-yaml python3-html5-parser python3-prometheus-client cmark-gfm
  ripgrep strace faketime
)
case "${1:-}" in
  fuzz) packages+=(clang) ;;
  coverage) packages+=(clang llvm) ;;
  valgrind) packages+=(valgrind) ;;
esac

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing: ${missing[*]}"
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
