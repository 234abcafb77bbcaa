/** Every readiness check, in the order in which people read them: what stops all work first. */
import { archive } from './archive.js';
import { bootRoom } from './boot-room.js';
import { brokenPackages } from './broken-packages.js';
import type { Check } from './check.js';
import { clock } from './clock.js';
import { heldPackages } from './held-packages.js';
import { interruptedPackages } from './interrupted-packages.js';
import { lockHeld } from './lock-held.js';
import { metered } from './metered.js';
import { openTransaction } from './open-transaction.js';
import { overlaySupport } from './overlay-support.js';
import { packageDatabase } from './package-database.js';
import { pendingReboot } from './pending-reboot.js';
import { power } from './power.js';
import { room } from './room.js';
import { rootFileSystem } from './root-file-system.js';
import { virtualMachine } from './virtual-machine.js';

export const checks: readonly Check[] = [
  openTransaction,
  lockHeld,
  rootFileSystem,
  overlaySupport,
  room,
  bootRoom,
  packageDatabase,
  interruptedPackages,
  brokenPackages,
  heldPackages,
  archive,
  clock,
  power,
  metered,
  pendingReboot,
  virtualMachine,
];
