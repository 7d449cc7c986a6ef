#!/usr/bin/env bash
# Makes sure that the engine has the base image python:3.11-slim, for machines that reach no
# container registry: a small Debian of the host's own release with the host's own CPython in
# /usr/local, its certificates and its package settings, so that Dockerfiles build unmodified.
# Needs root, Debian, mmdebstrap and Python 3.11. The archive is kept in ~/.cache/hf-space-deploy.
set -euo pipefail

readonly image=python:3.11-slim
readonly python=${1:-python3.11}
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/hf-space-deploy

if docker image inspect "$image" >/dev/null 2>&1; then
  exit 0
fi
if timeout 90 docker pull --quiet "$image" 2>/dev/null; then
  exit 0
fi
echo "base image: no registry gave $image, so it is made from this machine"

prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
version=$("$python" -c 'import platform; print(platform.python_version())')
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
recipe=$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-8)
readonly prefix version codename recipe
readonly archive=$cache/python-$version-$codename-$recipe.tar

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$cache" "$root"

# CPython without what an image has no use for: installed packages, its tests, the GUI.
copy_python() {
  local shared
  mapfile -t shared < <(cd "$prefix" && find lib -maxdepth 1 -name 'libpython3*.so*')
  mkdir -p "$root/usr/local"
  tar -C "$prefix" --create \
    --exclude='*/site-packages/*' --exclude='*/test' --exclude='*/tests' --exclude='*/idlelib' \
    --exclude='*/tkinter' --exclude='*/_tkinter*' --exclude='*/__pycache__' --exclude='*.a' \
    "${shared[@]}" bin/python3.11 bin/python3 include lib/python3.11 |
    tar -C "$root/usr/local" --extract
  ln -sf python3 "$root/usr/local/bin/python"
}

# Debian packages that hold the shared libraries which the interpreter and its modules load. Looked
# up by file name: dpkg knows some under /lib and some under /usr/lib, and CPython's own not at all.
libraries() {
  find "$prefix/bin/python3.11" "$prefix/lib/python3.11/lib-dynload" -type f \
    -not -name '_tkinter*' -exec ldd {} + 2>/dev/null |
    awk '$3 ~ /^\// { print $3 }' | sort --unique | xargs readlink --canonicalize |
    sed 's|.*/|*/|' | { xargs dpkg-query --search 2>/dev/null || true; } |
    cut --delimiter=: --fields=1 | sort --unique |
    paste --serial --delimiters=,
}

# Files that say how the host reaches its package archive.
apt_settings() {
  grep --no-messages --files-with-matches '^Acquire::' /etc/apt/apt.conf.d/* || true
}

# The host's way to packages: its certificates, its index, its proxies.
copy_settings() {
  local name file
  mkdir -p "$root/usr/local/share/ca-certificates" "$root/etc/apt/apt.conf.d"
  for file in /usr/local/share/ca-certificates/*.crt; do
    [[ -f $file ]] && cp "$file" "$root/usr/local/share/ca-certificates/"
  done
  apt_settings | xargs --no-run-if-empty cp --target-directory="$root/etc/apt/apt.conf.d"
  if [[ -f /etc/pip.conf ]]; then
    cp /etc/pip.conf "$root/etc/pip.conf"
  else
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$root/etc/pip.conf"
    [[ -z ${PIP_INDEX_URL:-} ]] || echo "index-url = $PIP_INDEX_URL" >>"$root/etc/pip.conf"
  fi
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || changes+=(--change "ENV $name=${!name}")
  done
}

bootstrap() {
  local include=ca-certificates,netbase,tzdata options=()
  if [[ $prefix != /usr ]]; then
    include+=,$(libraries)
  else
    include+=,python3,python3-pip,python3-venv
  fi
  if [[ $codename == bookworm ]]; then
    options+=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr)
    include+=,usr-is-merged
  fi
  local file
  while read -r file; do
    options+=(--aptopt="$file")
  done < <(apt_settings)
  mmdebstrap --quiet --variant=minbase --include="$include" "${options[@]}" "$codename" "$root"
}

# Debian's own Python behaves like the official image's: `python`, and a pip that may install.
unfold_debian_python() {
  rm -f "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
  ln -s /usr/bin/python3 "$root/usr/local/bin/python"
}

make_archive() {
  bootstrap
  copy_settings
  if [[ $prefix == /usr ]]; then
    unfold_debian_python
  else
    copy_python
    chroot "$root" ldconfig
    chroot "$root" /usr/local/bin/python3 -m ensurepip --upgrade
    ln -sf pip3 "$root/usr/local/bin/pip"
  fi
  chroot "$root" update-ca-certificates >/dev/null 2>&1
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/tmp/*
  tar -C "$root" --create --numeric-owner --file "$archive.part" .
  mv "$archive.part" "$archive"
}

changes=(
  --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'
  --change 'ENV LANG=C.UTF-8'
  --change 'CMD ["python3"]'
)
if [[ ! -f $archive ]] && ! make_archive >"$work/log" 2>&1; then
  tail -n 40 "$work/log" >&2
  echo "base image: could not be made; the last lines stand above." >&2
  exit 1
fi
docker import "${changes[@]}" "$archive" "$image" >/dev/null
echo "base image: $image with CPython $version on $codename"
