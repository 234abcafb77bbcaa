import { describe } from 'vitest';
import { pacman } from '../../../electron/engine/packages/pacman/pacman.js';
import { pacmanFixture } from '../../lab/pacman-fixture.js';
import { pacmanRootImpossible } from '../../lab/pacman-root.js';
import { conformsToPackageManager } from './suite.js';

const impossible = await pacmanRootImpossible();

describe.skipIf(impossible !== undefined)(
  `pacman as a package manager${impossible ? ` (${impossible})` : ''}`,
  () => {
    conformsToPackageManager(pacman, () => pacmanFixture(), {
      partialUpgrades: false,
      // One signature is over the whole index: where the two do not fit, nobody can say which of them is stale.
      staleIndex: 'ARCHIVE_UNTRUSTED',
    });
  },
);
