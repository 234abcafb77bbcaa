/**
 * A network for a guest that leads nowhere, for programs that do nothing without one: an interface with an address and a default route, once
 * systemd-networkd.service is started.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Addresses for documentation (RFC 5737), which nobody has. */
const address = '192.0.2.2/24';
const gateway = '192.0.2.1';

export function addNetworkToNowhere(root: string): void {
  const networks = join(root, 'etc/systemd/network');
  mkdirSync(networks, { recursive: true });
  writeFileSync(join(networks, 'nowhere.netdev'), '[NetDev]\nName=nowhere\nKind=dummy\n');
  writeFileSync(
    join(networks, 'nowhere.network'),
    `[Match]\nName=nowhere\n\n[Network]\nAddress=${address}\nGateway=${gateway}\n`,
  );
}
