#!/bin/sh
# A systemd as PID 1 in namespaces of its own (pid, mount, ipc, uts, cgroup; the network is the machine's, so that its
# ports can be reached), for tests of the system scope. Its root is a throw-away layer over the machine's root.
#   booted-systemd.sh check                exit 0 where one can be had here; else says why not, in one line
#   booted-systemd.sh run [CMD...]         boots one, runs CMD (a shell) in it as root, and ends it
#   booted-systemd.sh hold DIR [PATH...]   does what lines on standard input say: "boot", "crash" (as if the power went
#                                          off); ends everything, and removes DIR, as soon as standard input ends.
#                                          PATHs of the machine can be read in it, at the same place.
# DIR holds: log (of its PID 1), pid (of its PID 1, seen from outside; only while it is up).
# Nothing of the machine's is writable from inside: PID 1 would clean its /tmp, and more.
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
self=$(readlink -f "$0")

why_not() {
    [ "$(id -u)" = 0 ] || { echo "only root can boot a systemd of its own"; return; }
    [ -x /lib/systemd/systemd ] || { echo "missing here; apt-get install systemd"; return; }
    command -v dbus-daemon >/dev/null || { echo "missing here; apt-get install dbus"; return; }
    command -v nsenter >/dev/null || { echo "missing here; apt-get install util-linux"; return; }
    # shellcheck disable=SC2016  # for the inner shell
    unshare --mount --pid --fork --ipc --uts --cgroup sh -ec '
        mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/r /mnt/g
        mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w overlay /mnt/r
        mount -t cgroup2 cgroup2 /mnt/g && mkdir /mnt/g/hal0-boot-check.$$ && rmdir /mnt/g/hal0-boot-check.$$
    ' 2>/dev/null || echo "this machine allows no namespaces, overlays or cgroups of one's own (a container without privileges?)"
}

# --- outside: keeps the layer over several boots, in a mount namespace of its own

hold() {
    dir=$1
    trap '' INT TERM HUP QUIT # whoever holds the other end decides when this ends
    unshare --mount --propagation private sh "$self" serve "$@"
    rm -rf "$dir"
}

serve() {
    dir=$1
    shift
    mkdir -p "$dir/disk" "$dir/groups"
    mount -t tmpfs -o size=4g tmpfs "$dir/disk"
    mkdir "$dir/disk/upper" "$dir/disk/work" "$dir/disk/root" "$dir/disk/none"
    mount -t overlay -o "lowerdir=/,upperdir=$dir/disk/upper,workdir=$dir/disk/work" overlay "$dir/disk/root"
    furnish "$dir/disk/root"
    mount -t cgroup2 cgroup2 "$dir/groups"
    group=$dir/groups/${dir##*/}
    mkdir "$group"
    while read -r order; do
        case $order in
            boot) boot "$dir" "$group" "$@" ;;
            crash) kill_group "$group" ;;
        esac
    done
    kill_group "$group"
    find "$group" -depth -type d -exec rmdir {} +
}

boot() {
    dir=$1 group=$2
    shift 2
    kill_group "$group"
    (
        echo 0 >"$group/cgroup.procs"
        exec unshare --pid --mount --ipc --uts --cgroup --fork sh "$self" inner "$dir" "$@"
    ) </dev/null >>"$dir/log" 2>&1 &
    parent=$!
    turns=0
    while kill -0 $parent 2>/dev/null && [ $turns -lt 600 ]; do
        pid=$(child_of $parent)
        # Until then its root is the machine's: nobody may enter it.
        if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm")" = systemd ]; then
            echo "$pid" >"$dir/pid.new"
            mv "$dir/pid.new" "$dir/pid"
            return
        fi
        sleep 0.05
        turns=$((turns + 1))
    done
    echo "PID 1 did not come up" >>"$dir/log"
}

child_of() { grep -l "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null | head -n 1 | cut -d/ -f3; }

kill_group() {
    rm -f "$dir/pid"
    turns=0
    while [ -n "$(find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] && [ $turns -lt 600 ]; do
        echo 1 2>/dev/null >"$1/cgroup.kill" ||
            find "$1" -name cgroup.procs -exec cat {} + | grep -vx 0 | xargs -r kill -9 2>/dev/null
        sleep 0.05
        turns=$((turns + 1))
    done
    wait
}

# Once for all boots: the machine's own services stay out, a journal and a bus come in.
furnish() {
    units=$1/etc/systemd/system
    mkdir -p "$units"
    rm -rf "$units"/*.wants "$units"/*.requires "$units"/*.service "$units"/*.timer "$units"/*.socket \
        "$units"/*.mount "$units"/*.target
    mkdir "$units/sockets.target.wants" "$units/sysinit.target.wants"
    for unit in dbus.socket systemd-journald.socket systemd-journald-dev-log.socket; do
        ln -s "/lib/systemd/system/$unit" "$units/sockets.target.wants/$unit"
    done
    ln -s /lib/systemd/system/systemd-journald.service "$units/sysinit.target.wants/systemd-journald.service"
    for unit in systemd-journald-audit.socket getty.target console-getty.service tmp.mount systemd-tmpfiles-clean.timer; do
        ln -sf /dev/null "$units/$unit"
    done
    ln -sf /lib/systemd/system/multi-user.target "$units/default.target"
    : >"$1/etc/fstab"
    rm -f "$1/etc/machine-id" "$1/usr/sbin/policy-rc.d"
    echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
    rm -rf "$1/var/log/journal"
}

# --- inside: makes the root of one boot, and becomes PID 1

inner() {
    set -e
    dir=$1
    shift
    mount --make-rprivate /
    root=$dir/disk/boot
    mkdir -p "$root"
    mount --bind "$dir/disk/root" "$root"
    mount -t proc proc "$root/proc"
    for path in sys sysrq-trigger irq bus; do
        [ -e "$root/proc/$path" ] || continue
        mount --bind "$root/proc/$path" "$root/proc/$path"
        mount -o remount,bind,ro "$root/proc/$path"
    done
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    devices "$root"
    for path in run tmp var/tmp; do
        mode=1777
        [ $path = run ] && mode=755
        mount -t tmpfs -o mode=$mode tmpfs "$root/$path"
    done
    # What a distribution starts by itself is not wanted here.
    for path in "$root"/lib/systemd/system/*.target.wants "$root"/lib/systemd/system-generators; do
        [ -d "$path" ] && mount --bind "$dir/disk/none" "$path"
    done
    for path in "$@"; do
        [ -d "$path" ] || continue
        mkdir -p "$root$path"
        mount --bind "$path" "$root$path"
        mount -o remount,bind,ro "$root$path"
    done
    hostname hal0-booted
    cd "$root"
    mkdir -p mnt
    pivot_root . mnt
    umount -l /mnt
    exec setpriv --bounding-set -sys_time,-sys_module,-sys_boot,-sys_rawio,-mknod env -i container=hal0-test \
        PATH="$PATH" /lib/systemd/systemd --system --log-target=console --log-color=no --show-status=false
}

devices() {
    mount -t tmpfs -o mode=755 tmpfs "$1/dev"
    mkdir "$1/dev/pts" "$1/dev/shm" "$1/dev/mqueue"
    for name in null zero full random urandom tty; do
        : >"$1/dev/$name"
        mount --bind "/dev/$name" "$1/dev/$name"
    done
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$1/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
    ln -s pts/ptmx "$1/dev/ptmx"
    ln -s /proc/self/fd "$1/dev/fd"
    ln -s /proc/self/fd/0 "$1/dev/stdin"
    ln -s /proc/self/fd/1 "$1/dev/stdout"
    ln -s /proc/self/fd/2 "$1/dev/stderr"
}

# --- for people

enter() {
    dir=$1
    shift
    nsenter --target "$(cat "$dir/pid")" --pid --mount --ipc --uts --cgroup --root --wd \
        env -i PATH="$PATH" LANG=C.UTF-8 HOME=/root TERM="${TERM:-dumb}" "$@"
}

run() {
    reason=$(why_not)
    [ -z "$reason" ] || { echo "$reason" >&2; exit 1; }
    dir=$(mktemp -d /tmp/hal0-boot-XXXXXX)
    mkfifo "$dir/orders"
    exec 3<>"$dir/orders"
    sh "$self" hold "$dir" <"$dir/orders" 3>&- &
    echo boot >&3
    while [ ! -e "$dir/pid" ] && ! grep -q "PID 1 did not come up" "$dir/log" 2>/dev/null; do sleep 0.05; done
    while :; do
        case $(enter "$dir" systemctl is-system-running 2>/dev/null) in running | degraded) break ;; esac
        sleep 0.05
    done
    [ $# = 0 ] && set -- bash
    enter "$dir" "$@"
    code=$?
    exec 3>&-
    wait
    exit $code
}

case ${1:-} in
    check) reason=$(why_not); [ -z "$reason" ] || { echo "$reason"; exit 1; } ;;
    run) shift; run "$@" ;;
    hold) shift; hold "$@" ;;
    serve) shift; serve "$@" ;;
    inner) shift; inner "$@" ;;
    enter) shift; enter "$@" ;;
    *) sed -n '2,10p' "$self"; exit 2 ;;
esac
