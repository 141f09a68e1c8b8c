#!/bin/sh
# Makes Temporal's two databases, or brings them to the schema of this image's release. May be repeated: what is there
# already is left as it is. SQL_PASSWORD is read by the tool itself.
set -eu

migrate() {
  tool="temporal-sql-tool --plugin postgres12 --ep $SQL_HOST -p 5432 -u $SQL_USER --db $1"
  # Fails where the database is there; that it can be reached is found out by the next step.
  $tool create || true
  $tool setup-schema -v 0.0
  $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
