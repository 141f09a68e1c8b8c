#!/bin/sh
# Prints .env.compose.example with a fresh secret for each variable that is only a secret, and everything else as it is.
#
#   sh deploy/make-env.sh > .env.compose && chmod 600 .env.compose
#
# Run it once: keys that were used before are needed as long as anything that was made with them.
set -eu

example=$(dirname "$0")/../.env.compose.example

# Stands in URLs of connections.
password() { openssl rand -hex 24; }
secret() { openssl rand -base64 32; }
ring() { printf '%s:%s\n' "$(date +%Y-%m)" "$(openssl rand -base64 32)"; }
# Lines become \n, as env files of Compose have it between double quotes.
rsa() { printf '"%s"\n' "$(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null | awk '{ printf "%s\\n", $0 }')"; }

while IFS= read -r line; do
  case "$line" in
  # One that is set would say that this provider is used.
  '#'* | CALENDLY_WEBHOOK_SECRET=) value= ;;
  *_POSTGRES_PASSWORD= | POSTGRES_PASSWORD= | GRAFANA_ADMIN_PASSWORD= | APISIX_ADMIN_KEY=) value=$(password) ;;
  LINK_SIGNING_KEYS= | COOKIE_KEYS= | PAYLOAD_KEYS= | CREDENTIAL_KEYS= | AUTH_KEYS=) value=$(ring) ;;
  SALEOR_RSA_PRIVATE_KEY=) value=$(rsa) ;;
  CALCOM_ENCRYPTION_KEY=) value=$(openssl rand -hex 16) ;;
  *_SECRET= | SALEOR_SECRET_KEY=) value=$(secret) ;;
  *) value= ;;
  esac
  printf '%s%s\n' "$line" "$value"
done <"$example"
