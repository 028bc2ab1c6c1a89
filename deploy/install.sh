#!/bin/bash
# Installs (or updates) a server: code in /opt/callcenter, settings and hand-written Asterisk files
# in /etc/callcenter, everything that grows in /var/lib/callcenter. Safe to repeat: settings and
# hand-written files that exist are kept. Run as root: deploy/install.sh
set -euo pipefail
umask 022

code=/opt/callcenter etc=/etc/callcenter home=/var/lib/callcenter cache=/var/cache/callcenter
source="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
export CALLCENTER_HOME="$home" CALLCENTER_CACHE="$cache"

say() { echo "install: $*" >&2; }
as_callcenter() { (cd "$home" && runuser -u callcenter -- env "PYTHONPATH=$code" \
  "CALLCENTER_HOME=$home" "CALLCENTER_CACHE=$cache" "$@"); }

make_user() {
  getent passwd callcenter >/dev/null ||
    useradd --system --user-group --home-dir "$home" --no-create-home \
      --shell /usr/sbin/nologin callcenter
  install -d -m 0755 "$cache"
  install -d -m 0750 -o callcenter -g callcenter "$home"
  install -d -m 0750 -o root -g callcenter "$etc"
}

copy_code() {
  [ "$source" = "$code" ] && return
  install -d -m 0755 "$code"
  rm -rf "$code"/callcenter "$code"/web "$code"/agi-scripts
  tar -C "$source" -c --exclude=__pycache__ --exclude=node_modules \
    run pyproject.toml requirements.lock callcenter web agi-scripts asterisk-conf deploy docs |
    tar -C "$code" -x --no-same-owner
  chmod -R u=rwX,go=rX "$code"
}

copy_hand_written_files() {
  # IT staff's files are never overwritten; templates are ours and follow the code.
  install -d -m 0750 -o root -g callcenter "$etc/asterisk-conf"
  for file in "$code"/asterisk-conf/*.conf; do
    [ -e "$etc/asterisk-conf/${file##*/}" ] || install -m 0640 -g callcenter "$file" "$etc/asterisk-conf/"
  done
  rm -rf "$etc/asterisk-conf/templates"
  cp -r "$code/asterisk-conf/templates" "$etc/asterisk-conf/"
  chmod -R u=rwX,g=rX,o= "$etc/asterisk-conf"
  chgrp -R callcenter "$etc/asterisk-conf"
}

set_up() {
  local python
  python="$("$code/run" --set-up-only)"
  ln -sfn "$(dirname "$(dirname "$python")")" "$code/venv"
  as_callcenter "$code/venv/bin/python" -m callcenter.cli init \
    --set asterisk_conf "$etc/asterisk-conf" --set agi_scripts "$code/agi-scripts" \
    --set web_secure_cookies true
  if [ ! -L "$home/callcenter.toml" ]; then
    install -m 0640 -o root -g callcenter "$home/callcenter.toml" "$etc/callcenter.toml"
    ln -sf "$etc/callcenter.toml" "$home/callcenter.toml"
  fi
}

install_command() {
  cat >/usr/local/bin/callcenter <<'COMMAND'
#!/bin/bash
# The call centre's command line, as the user that its processes run as.
set -euo pipefail
run=(env PYTHONPATH=/opt/callcenter CALLCENTER_HOME=/var/lib/callcenter
  CALLCENTER_CACHE=/var/cache/callcenter /opt/callcenter/venv/bin/python -m callcenter.cli "$@")
if [ "$(id -un)" = callcenter ]; then exec "${run[@]}"; fi
exec runuser -u callcenter -- "${run[@]}"
COMMAND
  chmod 0755 /usr/local/bin/callcenter
}

install_units() {
  install -d /etc/systemd/system
  install -m 0644 "$code"/deploy/systemd/* /etc/systemd/system/
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --now callcenter.target
    systemctl restart 'callcenter-*.service'
  else
    say "systemd does not run here; start the processes with: callcenter up"
  fi
}

[ "$(id -u)" = 0 ] || { say "run me as root"; exit 1; }
make_user
copy_code
copy_hand_written_files
set_up
install_command
install_units
say "done. Check it: callcenter doctor"
say "TLS: deploy/nginx/callcenter.conf; backup: deploy/backup.sh; bans: deploy/fail2ban/"
[ ! -r "$home/first-login" ] || say "first login: $home/first-login"
