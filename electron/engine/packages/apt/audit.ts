/** What dpkg and apt find wrong with the installed packages of a clone. */
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { failureOf, type RunResult } from '../../process/run.js';
import type { Finding } from '../package-manager.js';

export async function audit(session: Session): Promise<Finding[]> {
  const options = { timeoutMs: 5 * 60_000 };
  const database = await session.run(['dpkg', '--audit'], options);
  const dependencies = await session.run(
    ['apt-get', '-o', 'Debug::NoLocking=true', '-o', 'APT::Color=false', '--quiet=2', 'check'],
    options,
  );
  for (const [name, result] of [
    ['dpkg', database],
    ['apt-get', dependencies],
  ] as const) {
    if (result.ended !== 'exit') throw failureOf([name], result) ?? new Fault('INTERNAL', name);
  }
  return [
    ...parseAudit(database.stdout),
    ...failureWithoutWords(database),
    ...unmetDependencies(dependencies),
  ];
}

/**
 * dpkg(1), --audit: paragraphs that explain a kind of damage, each followed by indented lines `package  summary`. Silence
 * means that all is well.
 */
export function parseAudit(text: string): Finding[] {
  const findings: Finding[] = [];
  let sentence: string[] = [];
  let inList = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (line.startsWith(' ')) {
      inList = true;
      findings.push({ package: line.trim().split(/\s+/)[0] ?? null, sentence: sentence.join(' ') });
    } else {
      if (inList) sentence = [];
      inList = false;
      sentence.push(line.trim());
    }
  }
  if (findings.length === 0 && sentence.length > 0)
    findings.push({ package: null, sentence: sentence.join(' ') });
  return findings;
}

function failureWithoutWords(result: RunResult): Finding[] {
  if (result.status === 0 || result.stdout.trim() !== '') return [];
  return [
    { package: null, sentence: result.stderr.trim() || `dpkg --audit ended with status ${result.status}` },
  ];
}

function unmetDependencies(result: RunResult): Finding[] {
  if (result.status === 0) return [];
  const lines = `${result.stdout}\n${result.stderr}`.split('\n');
  const unmet = lines.flatMap((line) => {
    const match = /^ (\S+) : (.+)$/.exec(line);
    return match ? [{ package: match[1] ?? null, sentence: (match[2] ?? '').trim() }] : [];
  });
  if (unmet.length > 0) return unmet;
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3));
  return [{ package: null, sentence: errors.join(' ') || 'apt-get check found broken dependencies' }];
}
