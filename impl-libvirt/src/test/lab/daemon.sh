#!/usr/bin/env bash
# daemon.sh DIRECTORY HOSTNAME UUID: becomes a libvirtd of its own, as root. Whatever it writes is under
# DIRECTORY: in a mount namespace of its own that takes the place of libvirt's directories. Its socket is
# DIRECTORY/run/libvirt-sock, its engine's log DIRECTORY/libvirtd.log.
set -euo pipefail

if [[ ${4:-} != inside ]]; then
    exec unshare --mount --uts "$0" "$@" inside
fi
directory=$1
hostname "$2"
mkdir -p "$directory"/{etc,lib,cache,log,run,state}

# the daemon wants to know this user, and Debian makes it with a package that starts a daemon
for file in passwd group; do
    cp "/etc/$file" "$directory/$file"
done
grep -q '^libvirt-qemu:' "$directory/group" || echo 'libvirt-qemu:x:64055:' >>"$directory/group"
grep -q '^libvirt-qemu:' "$directory/passwd" \
    || echo 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin' >>"$directory/passwd"
for file in passwd group; do
    mount --bind "$directory/$file" "/etc/$file"
done

cat >"$directory/libvirtd.conf" <<TEXT
unix_sock_dir = "$directory/run"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
host_uuid = "$3"
min_workers = 30
max_workers = 40
prio_workers = 5
max_client_requests = 20
log_filters = "1:qemu.qemu_domainjob 1:conf.virdomainjob 3:*"
log_outputs = "1:file:$directory/libvirtd.log"
TEXT
cat >"$directory/etc/qemu.conf" <<'TEXT'
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
cgroup_controllers = []
namespaces = []
dynamic_ownership = 0
remember_owner = 0
TEXT
bind() {
    mkdir -p "$2"
    mount --bind "$1" "$2"
}
bind "$directory/etc" /etc/libvirt
bind "$directory/lib" /var/lib/libvirt
bind "$directory/cache" /var/cache/libvirt
bind "$directory/log" /var/log/libvirt
bind "$directory/state" /run/libvirt
exec libvirtd -f "$directory/libvirtd.conf" -p "$directory/libvirtd.pid"
