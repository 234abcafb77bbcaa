#!/bin/sh
# Before the files of the package go: "remove" or "upgrade" (deb), or the number of versions that stay (rpm). A helper that is at work ends a
# switch first; the unit that switches at shutdown is only disabled, for to stop it is to switch.
set -e
case "$1" in
  upgrade | 1) exit 0 ;;
esac
# What the next starts take is for the system's own menu to say again: without these files a trial is none.
rm -f /boot/grub/understudy.env /boot/grub2/understudy.env /boot/efi/understudy/understudy.env /efi/understudy/understudy.env
rm -f /boot/loader/entries/understudy-*.conf /efi/loader/entries/understudy-*.conf /boot/efi/loader/entries/understudy-*.conf
if command -v systemctl >/dev/null; then
  if [ -d /run/systemd/system ]; then
    systemctl stop understudy-helper.socket understudy-helper.timer understudy-helper.service understudy-stage.timer 2>/dev/null || true
  fi
  systemctl disable @units@ >/dev/null 2>&1 || true
fi
