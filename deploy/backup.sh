#!/bin/bash
# Backs up one installation into FOLDER/callcenter-<instant>: settings, hand-written files, a
# consistent copy of the database, prompts and voicemail; recordings with --recordings.
# Restoring is in docs/operations.md. Run as root: deploy/backup.sh FOLDER [--recordings]
set -euo pipefail
umask 077

home="${CALLCENTER_HOME:-/var/lib/callcenter}"
[ $# -ge 1 ] || { echo "usage: backup.sh FOLDER [--recordings]" >&2; exit 2; }
target="$1/callcenter-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -p "$target.unfinished"

url="$(sed -n 's/^database_url *= *"\(.*\)"$/\1/p' "$home/callcenter.toml")"
case "$url" in
  postgresql*) pg_dump --format=custom --file "$target.unfinished/database.dump" \
    "${url/postgresql+psycopg2/postgresql}" ;;
  *) python3 - "$home/callcenter.sqlite" "$target.unfinished/callcenter.sqlite" <<'PYTHON'
import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as live, sqlite3.connect(sys.argv[2]) as copy:
    live.backup(copy)
PYTHON
    ;;
esac

parts=(prompts voicemail asterisk/db)
[ "${2-}" = --recordings ] && parts+=(recordings)
tar -C "$home" -czf "$target.unfinished/home.tar.gz" "${parts[@]}"
cp -L "$home/callcenter.toml" "$target.unfinished/"
for key in erasure.key evidence-key.pem; do
  [ ! -f "$home/$key" ] || cp "$home/$key" "$target.unfinished/"
done
[ ! -d /etc/callcenter ] || tar -C /etc -czf "$target.unfinished/etc.tar.gz" callcenter
mv "$target.unfinished" "$target"
echo "$target"
