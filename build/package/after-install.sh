#!/bin/sh
# After the files of the package are in place. electron-builder puts names in where ${executable} and ${sanitizedProductName} stand.
set -e
app='/opt/${sanitizedProductName}'
name='${executable}'

ln -sf "$app/$name" "/usr/bin/$name"

# Chromium's sandbox uses user namespaces where the kernel lets everyone have them; elsewhere its own helper has to be root's.
if unshare --user true 2>/dev/null; then
  chmod 0755 "$app/chrome-sandbox"
else
  chmod 4755 "$app/chrome-sandbox"
fi

# Ubuntu from 24.04 on gives user namespaces to programs with a profile alone. An older AppArmor does not know such profiles.
profile="$app/resources/apparmor-profile"
if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null && apparmor_parser --skip-kernel-load "$profile" >/dev/null 2>&1; then
  cp "$profile" "/etc/apparmor.d/$name"
  apparmor_parser --replace --write-cache "/etc/apparmor.d/$name" >/dev/null 2>&1 || true
fi

# dnf 4 looks for plugins beside itself, among the modules of whichever Python it is made for.
for dnf in /usr/lib/python3*/site-packages/dnf /usr/lib/python3*/dist-packages/dnf; do
  if [ -f "$dnf/plugin.py" ]; then
    mkdir -p "$dnf-plugins"
    ln -sf /usr/lib/understudy/hooks/understudy_modules.py "$dnf-plugins/understudy_modules.py"
  fi
done

if command -v update-desktop-database >/dev/null; then update-desktop-database -q /usr/share/applications || true; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -qtf /usr/share/icons/hicolor || true; fi

if command -v systemctl >/dev/null; then
  systemctl enable @units@ >/dev/null 2>&1 || true
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
    for unit in @units@; do
      case "$unit" in
        *.socket | *.timer | understudy-activate.service) systemctl start "$unit" || true ;;
      esac
    done
  fi
fi
