/** Packages whose dependencies are not met. The package manager itself says so: in a session, or by having resolved a plan. */
import { defineCheck, pass, warn } from './check.js';
import { count, some } from './words.js';

export const brokenPackages = defineCheck({
  id: 'broken-packages',
  title: 'No broken packages',
  when: ['before-stage'],
  async examine({ packages, plan, session }) {
    if (session !== undefined) {
      const findings = await packages.audit(session);
      if (findings.length === 0) return pass(`${packages.name} finds nothing wrong.`, '0 findings');
      return warn(
        `${packages.name} finds something wrong: ${some(
          findings.map(({ sentence }) => sentence),
          3,
        )}`,
        count(findings.length, 'finding'),
        'The rehearsal tries to repair it. If it cannot, it says why, and nothing is changed.',
      );
    }
    if (plan !== undefined) {
      return pass(`${packages.name} found a consistent solution when the plan was made.`, `plan ${plan.id}`);
    }
    return pass('The dependencies are examined when a plan is made.', 'no plan');
  },
});
