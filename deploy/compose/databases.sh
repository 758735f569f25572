#!/bin/sh
# One database and one role for each service; no role may enter another's.
set -eu
for service in order selection_engine compliance inventory notification; do
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" <<SQL
    CREATE ROLE "$service" LOGIN PASSWORD '$service';
    CREATE DATABASE "$service" OWNER "$service";
    REVOKE CONNECT ON DATABASE "$service" FROM PUBLIC;
SQL
done
