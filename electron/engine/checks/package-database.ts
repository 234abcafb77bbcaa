/** The package database can be read, and every package in it is completely installed. */
import type { InstalledPackage } from '../packages/package-manager.js';
import { always, block, defineCheck, pass, warn } from './check.js';
import { reasonOf } from '../inspect/unseen.js';
import { count, some } from './words.js';

export const packageDatabase = defineCheck({
  id: 'package-database',
  title: 'Package database',
  when: always,
  examine({ view, packages }) {
    const remedy = 'Restore the database from its backup, or roll back to a restore point.';
    let installed: readonly InstalledPackage[];
    try {
      installed = packages.installed(view);
    } catch (error) {
      return block('The package database cannot be read.', reasonOf(error), remedy);
    }
    if (installed.length === 0) return block('The package database lists no package.', '0 packages', remedy);
    const incomplete = installed.filter(({ complete }) => !complete);
    const measured = `${count(installed.length, 'package')}, ${incomplete.length} incomplete`;
    if (incomplete.length === 0) return pass('Every package is completely installed.', measured);
    return warn(
      `Not completely installed: ${some(incomplete.map(({ name }) => name))}.`,
      measured,
      'Nothing to do: the installation is finished inside the rehearsal.',
    );
  },
});
