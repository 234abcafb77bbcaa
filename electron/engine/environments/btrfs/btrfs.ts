/** The backend for a root on btrfs. */
import { snapshotEnvironment } from '../snapshots/snapshot-environment.js';
import { btrfsDriver } from './btrfs-driver.js';

export const btrfsEnvironment = snapshotEnvironment(btrfsDriver);
