import { describe } from 'vitest';
import { apt } from '../../../electron/engine/packages/apt/apt.js';
import { aptFixture } from '../../lab/apt-fixture.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { conformsToPackageManager } from './suite.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible !== undefined)(
  `apt as a package manager${impossible ? ` (${impossible})` : ''}`,
  () => {
    conformsToPackageManager(apt, () => aptFixture());
  },
);
