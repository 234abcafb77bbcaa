/** Proof: the package manager itself finds nothing wrong in the clone, and every package is fully installed. */
import { count, Findings, type ProofMaker } from './proof.js';

export const packages: ProofMaker = {
  id: 'packages',
  title: 'the package database is consistent',
  async prove({ view, session, packages: manager }) {
    const findings = new Findings();
    const audited = new Set<string>();
    for (const finding of await manager.audit(session)) {
      if (finding.package !== null) audited.add(finding.package);
      findings.fail(finding.package === null ? finding.sentence : `${finding.package}: ${finding.sentence}`);
    }
    if (manager.interrupted(view)) findings.fail('The last run of the package manager was cut short.');
    const installed = manager.installed(view);
    for (const each of installed) {
      if (!each.complete && !audited.has(each.name))
        findings.fail(
          `${each.name} ${each.version} (${each.architecture}): not fully installed and configured`,
        );
    }
    if (installed.length === 0) findings.fail('The package database lists no package at all.');
    return findings.proof('packages', {
      pass: `${count(installed.length, 'package')}, each fully installed and configured.`,
      warn: 'The package database of the staged environment has remarks.',
      fail: 'The package database of the staged environment is not in order.',
    });
  },
};
