#!/usr/bin/env bash
# Proves the README on a bare Debian 12: nothing but debootstrap's smallest system, then the documented commands,
# as root and as an ordinary user. Needs root, debootstrap and the network; takes some minutes.
#
#   tests/fresh_machine.sh [STAGE…]     stages: refusal test run user ci     (all but ci when none is named)
#
# What is tried is the last commit. KEEP=1 leaves the machine on the disk; MIRROR= names another Debian mirror.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mirror=${MIRROR:-http://deb.debian.org/debian}
port=${PORT:-5099}

# A mount namespace of our own: whatever happens, nothing stays mounted.
[ -n "${IN_NAMESPACE:-}" ] || exec env IN_NAMESPACE=1 unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"

work=$(mktemp -d "${TMPDIR:-/var/tmp}/accord-fresh.XXXXXX")
tree=$work/debian
trap 'end_everything; umount -R "$tree/proc" "$tree/dev" 2>/dev/null || true; [ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT

note() { printf '\n== %s\n' "$*"; }
timed() { local start=$SECONDS; note "$1"; shift; "$@"; printf '== done in %s s\n' $((SECONDS - start)); }
die() { printf '!! %s\n' "$*" >&2; exit 1; }

# The ids of the processes that live in the machine.
inhabitants() {
    local process
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/root" 2>/dev/null)" = "$tree" ]; then echo "${process#/proc/}"; fi
    done
}
end_everything() { inhabitants | xargs -r kill -KILL 2>/dev/null || true; }

build() {
    mkdir -p "$tree"
    debootstrap --variant=minbase bookworm "$tree" "$mirror" >"$work/debootstrap.log" 2>&1 ||
        { tail -20 "$work/debootstrap.log"; die "debootstrap failed"; }
    printf 'deb %s bookworm main\n' "$mirror" >"$tree/etc/apt/sources.list"
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    # Behind a proxy that signs with an authority of its own, programs are told of it by these variables.
    [ ! -e "${SSL_CERT_FILE:-}" ] || cp -L "$SSL_CERT_FILE" "$tree/etc/host-authorities.crt"
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    chroot "$tree" useradd --create-home guest
}

# enter USER DIRECTORY COMMAND…: an environment as a fresh login has it, and the way to the network.
enter() {
    local user=$1 directory=$2 home
    shift 2
    home=$(chroot "$tree" sh -c "echo ~$user")
    local variables=("HOME=$home" "USER=$user" "PATH=/usr/local/bin:/usr/bin:/bin" "PORT=$port")
    [ "$user" != root ] || variables+=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    local name
    for name in http_proxy https_proxy no_proxy PIP_INDEX_URL UV_DEFAULT_INDEX ACCORD_REQUIRE CI; do
        [ -z "${!name:-}" ] || variables+=("$name=${!name}")
    done
    [ ! -e "$tree/etc/host-authorities.crt" ] ||
        variables+=(SSL_CERT_FILE=/etc/host-authorities.crt PIP_CERT=/etc/host-authorities.crt)
    # shellcheck disable=SC2016  # expanded inside
    exec chroot --userspec="$user:$user" "$tree" /usr/bin/env -i "${variables[@]}" \
        sh -c 'cd "$0" && exec "$@"' "$directory" "$@" </dev/null
}

clone_for() {
    local home=$1 user=$2
    [ -d "$tree$home/accord" ] || git clone --quiet --no-hardlinks "$project" "$tree$home/accord"
    chroot "$tree" chown -R "$user:$user" "$home/accord"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

refusal() {
    local said
    clone_for /home/guest guest
    if said=$(enter guest /home/guest/accord ./accord test 2>&1); then die "it should have refused"; fi
    printf '%s\n' "$said"
    grep -q 'sudo apt-get install .*python3-venv' <<<"$said" || die "it did not name the packages"
}

# What an ordinary user is told to have installed, is installed.
prerequisites() {
    local said line
    clone_for /home/guest guest
    if said=$(enter guest /home/guest/accord ./accord test --version 2>&1); then return; fi
    line=$(sed -n 's/^ *sudo apt-get install //p' <<<"$said")
    [ -n "$line" ] || die "$said"
    (enter root / sh -c "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $line" >"$work/apt.log" 2>&1) ||
        { tail -20 "$work/apt.log"; die "that line failed"; }
}

suite() { (enter "$1" "$2" ./accord test); }

# Started, answering, ended by Ctrl-C: exit code 0, no traceback, nobody left.
site() {
    local user=$1 directory=$2 log="$work/run-$1.log" code=0 waited=0 supervisor
    ! answers || die "port $port is taken on this machine: choose another with PORT="
    (enter "$user" "$directory" ./accord run) >"$log" 2>&1 &
    supervisor=$!
    until answers; do
        kill -0 "$supervisor" 2>/dev/null || { cat "$log"; die "./accord run ended"; }
        [ $((waited += 1)) -lt 600 ] || { cat "$log"; die "no answer after ten minutes"; }
        sleep 1
    done
    sleep 3
    kill -INT "$supervisor"
    wait "$supervisor" || code=$?
    cat "$log"
    [ "$code" -eq 0 ] || die "exit code $code after Ctrl-C"
    ! grep -q Traceback "$log" || die "a traceback on the terminal"
    [ -z "$(inhabitants)" ] || die "still running: $(inhabitants | xargs ps -o pid=,args= -p)"
}

[ "$(id -u)" -eq 0 ] || die "needs root, for debootstrap and chroot"
stages=${*:-refusal test run user}
timed "debootstrap, $(git -C "$project" rev-parse --short HEAD)" build
for stage in $stages; do
    case $stage in
        refusal) timed "ordinary user, nothing installed: says what to install" refusal ;;
        test) clone_for /root root; timed "./accord test as root" suite root /root/accord ;;
        run) clone_for /root root; timed "./accord run as root" site root /root/accord ;;
        user)
            timed "prerequisites of an ordinary user" prerequisites
            timed "./accord test as an ordinary user" suite guest /home/guest/accord
            timed "./accord run as an ordinary user" site guest /home/guest/accord
            ;;
        ci) clone_for /root root; timed ".ci/run as root" eval '(enter root /root/accord .ci/run)' ;;
        *) die "unknown stage $stage" ;;
    esac
done
note "The fresh machine is content."
