#!/bin/sh
# Makes a virtual environment and installs a lock file into it, every file checked by hash.
#
#   sh deploy/bootstrap-venv.sh VENV LOCK
#
# PYTHON names the interpreter (default python3). On a Debian machine without python3 or
# python3-venv it installs them, as root or through sudo; anywhere else it says what is missing.
set -eu

venv=$1
lock=$2
python=${PYTHON:-python3}

fail() {
    printf 'bootstrap: %s\n' "$*" >&2
    exit 1
}

# Debian splits the module `ensurepip` from python3, into python3-venv.
can_make_environments() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

apt_install() {
    if ! command -v apt-get >/dev/null; then
        fail "missing: $*, and there is no apt-get here; install Python 3.11 or newer with its venv module"
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=''
    elif command -v sudo >/dev/null; then
        # Without a terminal nobody can type a password: fail with our words, do not wait.
        if [ -t 0 ]; then as_root='sudo'; else as_root='sudo -n'; fi
    else
        fail "missing: $*; as root, run: apt-get install $*"
    fi
    printf 'bootstrap: installing %s with apt-get\n' "$*"
    # The words are split on purpose: `as_root` is empty, or a command with an option.
    # shellcheck disable=SC2086
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" </dev/null >/dev/null; } ||
        fail "apt-get could not install $*; as root, run: apt-get install $*"
}

find_python() {
    if ! command -v "$python" >/dev/null; then
        [ "$python" = python3 ] || fail "there is no $python"
        apt_install python3 python3-venv
    fi
    is_new_enough "$python" ||
        fail "$python is $("$python" --version 2>&1), Python 3.11 or newer is needed; name one: make PYTHON=python3.12"
    can_make_environments && return
    case $("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))') in
        # The system's own Python: its missing half is a package.
        /usr/bin/*) apt_install "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" ;;
    esac
    can_make_environments || fail "$python has no venv or ensurepip module; install it or name another: make PYTHON=..."
}

# An environment whose interpreter is gone or too old is made anew; a good one is kept.
if ! is_new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    find_python
    printf 'bootstrap: making %s with %s\n' "$venv" "$("$python" --version)"
    "$python" -m venv --clear "$venv"
fi
printf 'bootstrap: installing %s\n' "$lock"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --require-hashes --requirement "$lock"
