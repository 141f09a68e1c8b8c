#!/bin/sh
# Makes our namespace and its search attributes. Each step is one that may be repeated.
set -eu

attempt=1
until temporal operator cluster health >/dev/null 2>&1; do
  if [ "$attempt" -ge 60 ]; then
    echo "Temporal does not answer at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
fi

# Those of platform/search-attributes.ts; workers register what is missing, too. One that is there already is an error
# of the command line, so each is asked for first.
known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for attribute in \
  SessionStatus=Keyword \
  TenantId=Keyword \
  SessionStart=Datetime \
  RescheduleCutoff=Datetime \
  NeedsAttention=Keyword \
  RulesVersion=Keyword; do
  name=${attribute%=*}
  if ! echo "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type "${attribute#*=}"
  fi
done
