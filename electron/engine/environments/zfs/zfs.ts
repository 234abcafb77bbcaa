/** The backend for a root on ZFS. */
import { snapshotEnvironment } from '../snapshots/snapshot-environment.js';
import { zfsDriver } from './zfs-driver.js';

export const zfsEnvironment = snapshotEnvironment(zfsDriver);
