#!/bin/sh
# After the files of the package are gone. Journal, staged environments, restore points and settings stay: they are the user's.
set -e
case "$1" in
  upgrade | 1) exit 0 ;;
esac
name='${executable}'
if [ -L "/usr/bin/$name" ] && [ ! -e "/usr/bin/$name" ]; then rm -f "/usr/bin/$name"; fi
for plugins in /usr/lib/python3*/site-packages/dnf-plugins /usr/lib/python3*/dist-packages/dnf-plugins; do
  rm -f "$plugins/understudy_modules.py" "$plugins"/__pycache__/understudy_modules.*
done
if [ -f "/etc/apparmor.d/$name" ]; then
  if command -v apparmor_parser >/dev/null; then apparmor_parser --remove "/etc/apparmor.d/$name" >/dev/null 2>&1 || true; fi
  rm -f "/etc/apparmor.d/$name"
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
