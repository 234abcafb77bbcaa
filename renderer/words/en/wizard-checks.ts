/**
 * The readiness checks in the app's own words, by their stable id. The engine's sentences speak of commands and name the particulars;
 * they stand below these. A check of a newer helper speaks for itself.
 */
export interface CheckWords {
  readonly title: string;
  readonly pass: string;
  readonly warn: string;
  readonly block: string;
  /** What helps; empty where nothing has to be done. */
  readonly remedy: string;
}

const check = (title: string, pass: string, warn: string, block: string, remedy: string): CheckWords => ({
  title,
  pass,
  warn,
  block,
  remedy,
});

export const checks: Readonly<Record<string, CheckWords>> = {
  'open-transaction': check(
    'Nothing unfinished',
    'No earlier work of Understudy is open.',
    'Earlier work of Understudy is open.',
    'Earlier work of Understudy is not finished.',
    'Wait until it is done. If it was interrupted, recover it: it is completed or taken back.',
  ),
  'lock-held': check(
    'No other package tool',
    'No other program is installing packages.',
    'Another program may be installing packages.',
    'Another program is installing packages right now.',
    'Wait until it is done, or close it.',
  ),
  'root-file-system': check(
    'Healthy file systems',
    'They can be written and report no errors.',
    'A file system may have a fault.',
    'A file system cannot be written, or has errors.',
    'Have the disk examined before you update.',
  ),
  'overlay-support': check(
    'The system can be cloned',
    'A clone can be made, and the switch is one step.',
    'A clone can be made. The switch is made at shutdown.',
    'No clone of this system can be made.',
    'The page Kernel shows which ways there are.',
  ),
  room: check(
    'Room on the disk',
    'There is enough room.',
    'There is just enough room.',
    'There is not enough room.',
    'Free some space, or remove old restore points.',
  ),
  'boot-room': check(
    'Room for a new kernel',
    'There is room for what has to start.',
    'There is room for this kernel, but not for another one.',
    'There is not enough room for the new kernel.',
    'Remove a kernel that is no longer used, never the running one.',
  ),
  'package-database': check(
    'List of packages',
    'Every package is completely installed.',
    'Some packages are not completely installed.',
    'The list of installed packages cannot be used.',
    'The rehearsal completes what is unfinished. If the list is damaged, roll back to a restore point.',
  ),
  'interrupted-packages': check(
    'No interrupted installation',
    'The last installation ended properly.',
    'The last installation was interrupted.',
    'The last installation was interrupted.',
    'Nothing to do: it is finished in the rehearsal, where it can do no harm.',
  ),
  'broken-packages': check(
    'Packages fit together',
    'All packages fit together.',
    'Some packages do not fit together.',
    'Some packages do not fit together.',
    'The rehearsal tries to repair this. If it cannot, nothing is changed.',
  ),
  'held-packages': check(
    'Nothing held back',
    'No package is held back.',
    'Some packages are held back.',
    'Some packages are held back.',
    'They stay as they are. Release those that you want updated.',
  ),
  archive: check(
    'Package archive',
    'Its list is recent.',
    'Its list is old, or it may be out of reach.',
    'It cannot be used.',
    'Fetch the list anew, and check the network.',
  ),
  clock: check(
    'Clock',
    'The clock is plausible.',
    'The clock may be wrong.',
    'The clock is wrong.',
    'Set the clock, or switch its synchronisation on.',
  ),
  power: check(
    'Power',
    'There is power for the whole work.',
    'The computer runs on its battery.',
    'The battery is too low.',
    'Plug the computer in.',
  ),
  metered: check(
    'Network without a volume limit',
    'Nothing says that data costs money here.',
    'Data may cost money on this network.',
    'Data may cost money on this network.',
    'Use another network, or go on if you do not mind.',
  ),
  'pending-reboot': check(
    'No restart pending',
    'No earlier update waits for a restart.',
    'An earlier update waits for a restart.',
    'An earlier update waits for a restart.',
    'Restart first if you can; else the next restart brings both updates.',
  ),
  'virtual-machine': check(
    'Start in a virtual machine',
    'Where this computer can do so, the updated system is started in a virtual machine first.',
    'The updated system cannot be started in a virtual machine first, as the settings want it.',
    'The updated system cannot be started in a virtual machine first, as the settings want it.',
    'Install QEMU, or choose differently in the settings when this is done.',
  ),
};
