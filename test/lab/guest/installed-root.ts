/**
 * Makes of a guest's root tree one in which Understudy is installed, updates are waiting, and four users live: anna, who may do everything, ben, who
 * may only look, carl, who would have to give a password where nothing can ask for one, and dora, whom no rule knows.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { inCheckout } from '../checkout.js';
import { addPracticePackages, inTree } from '../practice-system.js';

const install = inCheckout('build/install.js');

const rules = `polkit.addRule(function (action, subject) {
  if (action.id.indexOf('org.understudy.') !== 0) return polkit.Result.NOT_HANDLED;
  var isLooking = action.id === 'org.understudy.inspect';
  if (subject.user === 'anna') return polkit.Result.YES;
  if (subject.user === 'ben') return isLooking ? polkit.Result.YES : polkit.Result.NO;
  if (subject.user === 'carl') return isLooking ? polkit.Result.YES : polkit.Result.AUTH_ADMIN;
  return polkit.Result.NOT_HANDLED;
});
`;

/** Seconds without anything to do after which the helper ends; a minute outside of tests. */
const idleSeconds = 4;

export async function installUnderstudy(root: string): Promise<void> {
  await addPracticePackages(root);
  for (const user of ['anna', 'ben', 'carl', 'dora'])
    await inTree(root, ['useradd', '--create-home', '--shell', '/bin/sh', user]);
  mkdirSync(join(root, 'etc/polkit-1/rules.d'), { recursive: true });
  writeFileSync(join(root, 'etc/polkit-1/rules.d/10-guest.rules'), rules);
  await runOrFault([process.execPath, install, '--destdir', root, '--enable'], { timeoutMs: 60_000 });
  // What is done by itself would be in the way of what is tested, and of the emulated processor.
  for (const link of [
    'timers.target.wants/understudy-stage.timer',
    'multi-user.target.wants/understudy-modules-clean.service',
  ])
    rmSync(join(root, 'etc/systemd/system', link));
  const more = join(root, 'etc/systemd/system/understudy-helper.service.d');
  mkdirSync(more);
  const program = '/usr/bin/node /usr/lib/understudy/dist/program/helper.js';
  writeFileSync(
    join(more, 'idle.conf'),
    `[Service]\nExecStart=\nExecStart=${program} --socket activation --idle-seconds ${idleSeconds}\n`,
  );
}
