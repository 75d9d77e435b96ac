#!/usr/bin/env bash
# Builds an image from a binary of this machine, without any registry: build.sh BINARY TAG
set -euo pipefail
binary=$1 tag=$2
here=$(cd "$(dirname "$0")" && pwd)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

install -D "$binary" "$context/rootfs/usr/local/bin/quorlite"
strip --strip-debug "$context/rootfs/usr/local/bin/quorlite"
# The loader and libraries at the very paths the binary asks for.
ldd "$binary" | grep -o '/[^ ]*' | sort -u | while read -r library; do
    install -D "$(readlink -f "$library")" "$context/rootfs$library"
done
# What the resolver of the C library opens by itself: service names come from the engine's DNS. Read to its end: ldconfig
# would fail on a pipe that nobody reads.
for library in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
    found=$(ldconfig -p | awk -v name="$library" '$1 == name && !found++ { print $NF }')
    [ -z "$found" ] || install -D "$(readlink -f "$found")" "$context/rootfs$found"
done
mkdir -p "$context/rootfs/etc" "$context/rootfs/tmp" "$context/data"
echo 'quorlite:x:10001:10001::/data:/sbin/nologin' > "$context/rootfs/etc/passwd"
echo 'quorlite:x:10001:' > "$context/rootfs/etc/group"
echo 'hosts: files dns' > "$context/rootfs/etc/nsswitch.conf"
cp "$here/Dockerfile" "$context/Dockerfile"
docker build --quiet --tag "$tag" "$context"
