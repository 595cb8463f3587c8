#!/bin/sh
# Starts the broker of docker-compose.yml. Its password file is made anew at each start, from the
# secret files, into memory: clear passwords are in the secret files only.
set -eu
umask 077
run=/run/mosquitto

# Mosquitto 2.1 warns about files that others can read and means to refuse them one day; a
# mounted file has the host's owner and mode.
cp /srepok/mosquitto/acl "$run/acl"

: >"$run/passwords"
for user in ingest rules gateway health fleet; do
    password=$(cat "/run/secrets/mqtt_$user")
    # An empty secret means: this user does not exist here.
    if [ -n "$password" ]; then
        printf '%s:%s\n' "$user" "$password" >>"$run/passwords"
    fi
done
# Not argon2id, the default: each login would cost 46 MiB and tens of milliseconds in the broker's
# one thread, and thousands of devices reconnect at once after a power failure. Against guessing
# these passwords need no costly hash: they are 256 random bits.
mosquitto_passwd -H sha512-pbkdf2 -U "$run/passwords"
# Devices bring their hash with them, made with mosquitto_passwd where they were enrolled.
cat /run/secrets/mqtt_devices >>"$run/passwords"

# A certificate, mounted by deploy/compose/tls.yml, opens the TLS listener.
mkdir -p "$run/listeners"
if [ -e /run/secrets/mqtt_tls_certificate ]; then
    # Copied for the same reason as the access list.
    cp /run/secrets/mqtt_tls_certificate /run/secrets/mqtt_tls_key "$run/"
    cat >"$run/listeners/tls.conf" <<END
listener 8883
certfile $run/mqtt_tls_certificate
keyfile $run/mqtt_tls_key
END
fi
# An authority, mounted by deploy/compose/client-certificates.yml, has devices show theirs.
if [ -e /run/secrets/mqtt_tls_ca ]; then
    cp /run/secrets/mqtt_tls_ca "$run/"
    cat >>"$run/listeners/tls.conf" <<END
cafile $run/mqtt_tls_ca
require_certificate true
use_identity_as_username true
END
fi

# The health check's options, in a file so that no process listing shows the password.
cat >"$run/health" <<END
-h 127.0.0.1
-u health
-P $(cat /run/secrets/mqtt_health)
-t \$SYS/broker/uptime
-C 1
-W 5
END

exec /usr/sbin/mosquitto -c /srepok/compose/mosquitto.conf
