/** Which packages make up a kernel. */

/**
 * Kernels of Arch and its kin say which modules they have built in, so that those of DKMS are not built for them; so do the kernels
 * that people package themselves after their model.
 */
const builtIn =
  /^(?:KSMBD-MODULE|VIRTUALBOX-GUEST-MODULES|WIREGUARD-MODULE|VHBA-MODULE|ANBOX-MODULES|NTSYNC-MODULE)(?:=|$)/;

const kernelName =
  /^linux(?:\d+|-lts\d*|-zen|-hardened|-rt|-rt-lts|-mainline|-xanmod|-cachyos|-clear|-aarch64|-rpi)?(?:-[a-z]+)?-headers$|^linux(?:\d+|-lts\d*|-zen|-hardened|-rt|-rt-lts|-mainline)?$/;

export function isKernel(name: string, provides: readonly string[]): boolean {
  return (
    (kernelName.test(name) && name !== 'linux-api-headers') ||
    provides.some((provision) => builtIn.test(provision))
  );
}

/** What a kernel is started with. No library is among it, so nothing else has to be of the same day. */
export function goesWithKernel(name: string): boolean {
  return /^(?:linux-firmware(?:-.+)?|intel-ucode|amd-ucode|sof-firmware)$/.test(name);
}
