/** An interrupted run of the package manager. It is repaired inside the rehearsal, where a failure does no harm. */
import { always, defineCheck, pass, warn } from './check.js';

export const interruptedPackages = defineCheck({
  id: 'interrupted-packages',
  title: 'No interrupted installation',
  when: always,
  examine({ view, packages }) {
    if (!packages.interrupted(view))
      return pass(`${packages.name} ended its last work properly.`, 'not interrupted');
    return warn(
      `The last work of ${packages.name} was interrupted.`,
      'unfinished steps in its journal',
      'Nothing to do: it is finished inside the rehearsal, so that the repair is safe too.',
    );
  },
});
