#!/bin/sh
# A systemd --user of its own, for tests: no booted systemd is needed, nothing of the machine's is touched.
#   private-systemd.sh check      exit 0 where one can be had here; else says why not, in one line
#   private-systemd.sh hold DIR   starts one with HOME=DIR/home and XDG_RUNTIME_DIR=DIR/run, and ends it, every
#                                 process in it and DIR itself as soon as standard input ends
# DIR holds: log (what systemd says), cgroup (where it lives), ended (its exit code, only after it ended).
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
self=$0

manager=
for file in /usr/lib/systemd/systemd /lib/systemd/systemd; do
    [ -x "$file" ] && manager=$file && break
done

booted() { [ "$(cat /proc/1/comm 2>/dev/null)" = systemd ] && [ -d /run/systemd/system ]; }

# Where systemd looks for its own group: the unified tree, alone or beside the old ones, else the old one named systemd.
groups_root() {
    for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
        [ -e "$root/cgroup.procs" ] && [ -e "$root/cgroup.controllers" ] && echo "$root" && return
    done
    [ -e /sys/fs/cgroup/systemd/cgroup.procs ] && echo /sys/fs/cgroup/systemd
}

# The group that this process is in, as a directory.
own_group() {
    root=$(groups_root)
    if [ -e "$root/cgroup.controllers" ]; then line='^0::'; else line=':name=systemd:'; fi
    path=$(grep "$line" /proc/self/cgroup | cut -d: -f3-)
    case $path in
        /..*) path=/ ;; # it lies outside of what is mounted here
    esac
    path=$root${path%/}
    [ -d "$path" ] && echo "$path" || echo "$root"
}

why_not() {
    missing=
    [ -n "$manager" ] && command -v systemctl >/dev/null && command -v busctl >/dev/null || missing="$missing systemd"
    command -v dbus-daemon >/dev/null || missing="$missing dbus"
    [ -n "$missing" ] && echo "missing here; apt-get install$missing" && return
    if booted; then
        [ "$(id -u)" = 0 ] || [ -S "$(runtime_dir)/systemd/private" ] ||
            echo "no user manager runs for $(id -un); sudo loginctl enable-linger $(id -un)"
        return
    fi
    [ "$(id -u)" = 0 ] || { echo "this machine was not booted with systemd, so only root can start one"; return; }
    group=$(own_group)
    [ -n "$group" ] || { echo "no cgroup tree is mounted under /sys/fs/cgroup"; return; }
    trial=$(mktemp -d "$group/hal0-bed-check-XXXXXX" 2>/dev/null) && rmdir "$trial" && return
    echo "cgroups cannot be made in $group (give the container a writable cgroup tree)"
}

runtime_dir() { echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"; }

# Becomes the manager. It insists on /run/systemd/system; where that is not, it gets a /run/systemd of its own.
become() {
    dir=$1
    [ -n "${2:-}" ] && echo $$ >"$2/cgroup.procs"
    own_group >"$dir/cgroup.new" && mv "$dir/cgroup.new" "$dir/cgroup"
    set -- env -i PATH="$PATH" LANG=C.UTF-8 HOME="$dir/home" XDG_RUNTIME_DIR="$dir/run" \
        XDG_CONFIG_HOME="$dir/home/.config" XDG_DATA_HOME="$dir/home/.local/share" \
        XDG_STATE_HOME="$dir/home/.local/state" XDG_CACHE_HOME="$dir/home/.cache" \
        "$manager" --user --unit=default.target --log-target=console --log-color=no
    [ -d /run/systemd/system ] && exec "$@"
    exec unshare --mount --propagation slave sh -c '
        mount -t tmpfs -o mode=755,size=1m tmpfs /run/systemd && mkdir /run/systemd/system && exec "$@"' sh "$@"
}

launch() {
    dir=$1
    if ! booted; then
        group=$(own_group)/${dir##*/}
        mkdir "$group" && sh "$self" become "$dir" "$group"
    elif [ "$(id -u)" = 0 ]; then
        systemd-run --quiet --scope --collect -p Delegate=yes sh "$self" become "$dir"
    else
        XDG_RUNTIME_DIR=$(runtime_dir) systemd-run --quiet --user --scope --collect -p Delegate=yes \
            sh "$self" become "$dir"
    fi
}

processes() { find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null | grep -vx 0; }

# Kills what is in a group and below until nothing is, then removes the group.
end() {
    [ -d "$1" ] || return
    turns=0
    while [ $turns -lt 200 ]; do
        echo 1 2>/dev/null >"$1/cgroup.kill" || true
        pids=$(processes "$1")
        [ -z "$pids" ] && break
        # shellcheck disable=SC2086  # a list
        kill -9 $pids 2>/dev/null
        sleep 0.05
        turns=$((turns + 1))
    done
    # A process that has just been killed keeps its group busy for a moment.
    while [ -d "$1" ] && [ $turns -lt 400 ]; do
        find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
        [ -d "$1" ] && sleep 0.05
        turns=$((turns + 1))
    done
    # Beside the unified tree systemd keeps the same directories in the old one.
    twin=/sys/fs/cgroup/systemd${1#/sys/fs/cgroup/unified}
    case $1 in /sys/fs/cgroup/unified/*) [ -d "$twin" ] && find "$twin" -depth -type d -exec rmdir {} + ;; esac
}

hold() {
    dir=$1
    trap '' INT TERM HUP QUIT # whoever holds the other end decides when this ends
    (launch "$dir"; echo $? >"$dir/ended.new"; mv "$dir/ended.new" "$dir/ended") </dev/null >"$dir/log" 2>&1 &
    while read -r _; do :; done
    turns=0
    while [ ! -e "$dir/cgroup" ] && [ ! -e "$dir/ended" ] && [ $turns -lt 100 ]; do
        sleep 0.05
        turns=$((turns + 1))
    done
    [ -e "$dir/cgroup" ] && end "$(cat "$dir/cgroup")"
    wait
    rm -rf "$dir"
}

case ${1:-} in
    check) reason=$(why_not); [ -z "$reason" ] || { echo "$reason"; exit 1; } ;;
    hold) hold "$2" ;;
    become) become "$2" "${3:-}" ;;
    *) sed -n '2,6p' "$self"; exit 2 ;;
esac
