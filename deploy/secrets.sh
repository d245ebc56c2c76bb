#!/bin/sh
# Makes what deploy/compose.yaml and the chart need to be secret, in deploy/secrets: sh deploy/secrets.sh
# It changes nothing that exists. Keep a copy: without checkpoint-key.pem and credentials-key a backup is incomplete.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

# Files are readable in the containers, whose user is another one. The folder is not.
write() { # write NAME < CONTENT
  if [ -e "$1" ]; then cat >/dev/null; else cat >"$1.new"; chmod 644 "$1.new"; mv "$1.new" "$1"; fi
}
# A password of NATS must not look like a number.
password() { printf 'p%s' "$(openssl rand -hex 24)"; }

for name in jwt-secret credentials-key metrics-token; do openssl rand -base64 48 | write "$name"; done
for name in postgres nats-signalbox nats-builds-1 nats-builds-2 nats-client redis s3; do password | write "$name-password"; done

openssl genpkey -algorithm ed25519 2>/dev/null | write checkpoint-key.pem
for name in signalbox builds-1 builds-2; do
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt | write "cap-$name.pem"
  openssl pkey -in "cap-$name.pem" -pubout | write "cap-$name.pub"
done

printf 'postgresql://signalbox:%s@postgres:5432/signalbox' "$(cat postgres-password)" | write database-url
printf 'redis://signalbox:%s@redis:6379' "$(cat redis-password)" | write redis-url
for name in signalbox builds-1 builds-2; do
  printf 'nats://%s:%s@nats:4222' "$name" "$(cat "nats-$name-password")" | write "nats-url-$name"
done

printf 'user default off\nuser signalbox on >%s ~ctx:* ~res:* ~art:* +set +getrange +strlen +exists +expire +ping +del +info\n' \
  "$(cat redis-password)" | write redis-users.acl
printf '{"identities":[{"name":"signalbox","credentials":[{"accessKey":"signalbox","secretKey":"%s"}],"actions":["Read:signalbox","Write:signalbox","List:signalbox"]}]}\n' \
  "$(cat s3-password)" | write s3.json
{
  for name in builds-1 builds-2; do
    printf '%s:\n  workers: true\n  public_key: |\n' "$name"
    sed 's/^/    /' "cap-$name.pub"
  done
} | write peers.yaml
{
  printf 'signalbox:\n  public_key: |\n'
  sed 's/^/    /' cap-signalbox.pub
} | write peers-of-workers.yaml
