/** What a rehearsal proves, in the app's own words, by its stable id. A proof of a newer helper speaks for itself. */
import type { Proof } from '../../../shared/changeset.js';

export type ProofWords = { readonly title: string } & Readonly<Record<Proof['result'], string>>;

export const proofs: Readonly<Record<string, ProofWords>> = {
  packages: {
    title: 'Packages',
    pass: 'Every package is completely installed and set up.',
    warn: 'Every package is installed; there are remarks.',
    fail: 'Not every package is completely installed.',
    skipped: 'The packages were not examined.',
  },
  libraries: {
    title: 'Programs',
    pass: 'Every program that changes finds its libraries.',
    warn: 'Some programs miss a library, as they did before.',
    fail: 'Some programs would no longer start.',
    skipped: 'The programs were not examined.',
  },
  kernels: {
    title: 'Kernel',
    pass: 'Whatever kernel comes has all that it needs to start.',
    warn: 'The kernel is in place; there is a remark.',
    fail: 'The kernel lacks something that it needs to start.',
    skipped: 'The kernel was not examined.',
  },
  units: {
    title: 'Services',
    pass: 'Every service that changes is set up properly.',
    warn: 'The services are set up; there are remarks.',
    fail: 'Some services would not start.',
    skipped: 'The services could not be examined.',
  },
  identity: {
    title: 'Accounts',
    pass: 'Users and groups are sound.',
    warn: 'Users and groups have faults that they had before.',
    fail: 'Users or groups would be damaged.',
    skipped: 'Users and groups were not examined.',
  },
  boot: {
    title: 'Start in a virtual machine',
    pass: 'The updated system was started in a virtual machine.',
    warn: 'The updated system started in a virtual machine; there is a remark.',
    fail: 'The updated system did not start in a virtual machine.',
    skipped: 'It was not started in a virtual machine.',
  },
};
