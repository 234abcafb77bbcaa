/** A root tree that is there: `/`, or the one that who started the helper named. */
import { openSystem } from '../../engine/system.js';
import type { Subject } from './subject.js';

export function realSubject(root: string): Subject {
  return {
    practice: false,
    privileged: process.getuid?.() === 0,
    problem: () => undefined,
    open: (surroundings) => openSystem(root, surroundings),
    prepare: () => Promise.resolve(),
  };
}
