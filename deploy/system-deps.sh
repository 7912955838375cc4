#!/bin/sh
# Installs what `make test` needs besides Python packages, from Debian's own packages: Java and Maven (Kafka without an engine),
# Docker with Compose, debootstrap (stand-in images where no registry can be reached)
# and Go (the other side of one evidence test). Quick when everything is there.
set -eu

missing=""
need() { # need COMMAND PACKAGE...
    command -v "$1" >/dev/null 2>&1 || { shift; missing="$missing $*"; }
}
need java openjdk-17-jre-headless
need mvn maven
need dockerd docker.io
need docker docker.io
docker compose version >/dev/null 2>&1 || need docker-compose docker-compose
need iptables iptables
need debootstrap debootstrap
need go golang-go
need setpriv util-linux
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

if [ -z "$missing" ]; then
    echo "system packages: all there"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This machine has no apt-get. Install the like of:$missing" >&2
    exit 1
fi
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
echo "system packages: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# No service starts here: the tests start an engine of their own, on a folder of their own.
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive sh -c '
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"
' sh $missing >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
echo "system packages: done"
