#!/bin/sh
# Makes the secrets of docker-compose.yml, once: an operator's key, the vault's keys, PostgreSQL's password. They stay out of the repository.
set -eu
cd "$(dirname "$0")"
umask 077
make() { [ -s "$1.secret" ] || printf '%s' "$2" > "$1.secret"; }
make operator-key "op_$(head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')"
make vault-key "$(head -c 32 /dev/urandom | base64)"
make fingerprint-key "$(head -c 32 /dev/urandom | base64)"
make webhook-key "$(head -c 32 /dev/urandom | base64)"
make postgres-password "$(head -c 24 /dev/urandom | base64 | tr -d '+/=')"
# the services run as another user and read them through the mounts
chmod 644 ./*.secret
echo "secrets are in $(pwd)"
