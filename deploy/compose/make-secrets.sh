#!/bin/sh
# Makes the secret files that docker-compose.yml mounts. What exists is kept.
#
#   deploy/compose/make-secrets.sh [--simulators] [DIRECTORY]
#
# --simulators also makes the password of the simulated fleet, which may publish as any device:
# leave it out where real devices report.
#
# The directory is 0700 and its files 0444. Compose mounts a secret file as it is on the host,
# with the host's owner and mode, so a container that runs as another user than you could not
# read a 0600 file. The directory is the lock: on this machine nobody but you (and root) gets
# past it, and a container sees only the files that its service lists.
set -eu
umask 077

simulators=no
if [ "${1:-}" = --simulators ]; then
    simulators=yes
    shift
fi
directory=${1:-$(dirname "$0")/secrets}
mkdir -p "$directory"
chmod 0700 "$directory"

# keep NAME [MODE]: reads the content from its input; whole or not at all, never over an old one.
keep() {
    if [ -e "$directory/$1" ]; then
        cat >/dev/null
        return
    fi
    cat >"$directory/.$1.new"
    chmod "${2:-0444}" "$directory/.$1.new"
    mv "$directory/.$1.new" "$directory/$1"
    echo "made $directory/$1"
}

# 256 random bits in hexadecimal: safe in URLs, YAML and shells.
random() {
    od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

for name in database_owner database_ingest database_rules database_gateway database_grafana \
    grafana_admin mqtt_ingest mqtt_rules mqtt_gateway mqtt_health; do
    random | keep "$name"
done

# An empty fleet password means that there is no fleet; --simulators replaces the empty one.
if [ "$simulators" = yes ]; then
    if [ -e "$directory/mqtt_fleet" ] && [ ! -s "$directory/mqtt_fleet" ]; then
        rm -f "$directory/mqtt_fleet"
    fi
    random | keep mqtt_fleet
else
    keep mqtt_fleet </dev/null
fi

# One line a device, as mosquitto_passwd writes it: CODE:HASH. Grows when devices are enrolled.
keep mqtt_devices 0644 </dev/null
