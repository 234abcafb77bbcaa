/** What a machine is: the answer of `inspect`. `unseen` lists what could not be read, and why. */
import { z } from 'zod';

export const mountSchema = z.strictObject({
  mountPoint: z.string(),
  device: z.string(),
  fileSystem: z.string(),
  readOnly: z.boolean(),
  totalBytes: z.number(),
  freeBytes: z.number(),
  freeInodes: z.number().nullable(),
});
export type Mount = z.infer<typeof mountSchema>;

export const pendingUpdateSchema = z.strictObject({
  name: z.string(),
  architecture: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  downloadBytes: z.number(),
  installedBytes: z.number(),
  security: z.boolean(),
  kernel: z.boolean(),
  /** The archive that offers it, for example `Debian-Security:12/oldstable-security`. */
  origin: z.string(),
});
export type PendingUpdate = z.infer<typeof pendingUpdateSchema>;

export const kernelSchema = z.strictObject({
  release: z.string(),
  image: z.string().nullable(),
  initramfs: z.string().nullable(),
  modules: z.boolean(),
  running: z.boolean(),
});
export type Kernel = z.infer<typeof kernelSchema>;

export const backendSchema = z.strictObject({
  name: z.enum(['tree', 'btrfs', 'zfs']),
  usable: z.boolean(),
  /** Why it can or cannot be used, one sentence. */
  reason: z.string(),
});
export type Backend = z.infer<typeof backendSchema>;

export const powerSchema = z.strictObject({
  /** True on mains, false on battery, null where the machine does not tell. */
  onMains: z.boolean().nullable(),
  batteryPercent: z.number().nullable(),
});
export type Power = z.infer<typeof powerSchema>;

export const networkSchema = z.strictObject({
  connected: z.boolean().nullable(),
  metered: z.boolean().nullable(),
  source: z.enum(['NetworkManager', 'kernel', 'unknown']),
});
export type Network = z.infer<typeof networkSchema>;

export const machineSchema = z.strictObject({
  root: z.string(),
  distribution: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    family: z.enum(['debian', 'arch', 'fedora', 'unknown']),
  }),
  architecture: z.string(),
  runningKernel: z.string().nullable(),
  /** The newest installed one that can be started, of the flavour that runs; null where none was found, or none runs. */
  newestKernel: z.string().nullable(),
  kernels: z.array(kernelSchema),
  init: z.string().nullable(),
  mounts: z.array(mountSchema),
  power: powerSchema,
  network: networkSchema,
  bootLoader: z.enum(['grub', 'systemd-boot', 'none', 'unknown']),
  packageManagers: z.array(z.string()),
  pendingUpdates: z.array(pendingUpdateSchema),
  /** Why a reboot is pending, or null when none is. */
  rebootRequired: z.strictObject({ packages: z.array(z.string()) }).nullable(),
  backends: z.array(backendSchema),
  unseen: z.array(z.strictObject({ what: z.string(), why: z.string() })),
});
export type Machine = z.infer<typeof machineSchema>;
