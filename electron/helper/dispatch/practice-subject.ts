/** A practice system: made when the helper begins, kept between its starts, made anew when asked. Nobody's battery matters to it. */
import { problem, type Problem } from '../../../shared/errors.js';
import { faultOf } from '../../engine/fault.js';
import {
  openPracticeSystem,
  renewPracticeSystem,
  type PracticeKeepOptions,
} from '../../engine/practice/keep.js';
import { display } from '../../engine/posix/raw-path.js';
import { openSystem } from '../../engine/system.js';
import type { Subject } from './subject.js';

export function practiceSubject(
  options: Pick<PracticeKeepOptions, 'folder' | 'offline' | 'owners'>,
): Subject {
  let root: string | undefined;
  let reason: Problem = problem('PRACTICE_IMPOSSIBLE', 'It is still being made.');
  return {
    practice: true,
    privileged: true,
    problem: () => (root === undefined ? reason : undefined),
    open: (surroundings) => openSystem(root ?? '', { ...surroundings, settings: { batteryPercent: 0 } }),
    async prepare(surroundings, anew) {
      const make = anew ? renewPracticeSystem : openPracticeSystem;
      root = undefined;
      try {
        const { system } = await make({ ...options, ...surroundings });
        root = display(system.root);
      } catch (error) {
        reason = faultOf(error).problem;
        throw error;
      }
    },
  };
}
