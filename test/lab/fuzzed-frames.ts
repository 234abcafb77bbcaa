/**
 * Mutated frames, from a seed: well-formed requests whose parts were altered with the protocol in mind, and bytes that were altered without
 * any thought. The same seed gives the same frames.
 */
import { verbs } from '../../shared/operations.js';
import { framed } from './helper-wire.js';
import type { Random } from './seeded.js';

export interface FuzzedFrame {
  readonly bytes: Buffer;
  /** The connection does not outlive it, or not surely. */
  readonly ends: boolean;
}

/** What a parameter may hold that no schema expects. */
const oddities: readonly unknown[] = [
  ...['', '../../etc/passwd', '/', 'stage-20261121-100000-ffffff', 'a\u0000b', '\ud800', 'x'.repeat(5_000)],
  ...[null, true, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[[[[]]]]], { toString: 1 }],
  ...['$(reboot)', '; rm -rf /', '%s%s%s', 'LD_PRELOAD=/tmp/x', '\u202e', '🙂', 'plan-0123456789abcdef'],
];
const names = ['plan', 'stage', 'scope', 'selected', 'background', 'how', 'restorePoint', 'keep', 'settings'];
const odderNames = [
  '__proto__',
  'constructor',
  'root',
  'command',
  'env',
  'path',
  'decisions',
  'run',
  'moment',
];
const fixed: readonly object[] = [
  { moment: 'before-stage' },
  { scope: 'all', selected: [] },
  { stage: 'stage-20261121-100000-ffffff', decisions: [{ conflict: 'conflict-00', choice: 'theirs' }] },
  { settings: { keepRestorePoints: 1 } },
  { run: 'run-0000-0000' },
  {},
];

export function* fuzzedFrames(random: Random): Generator<FuzzedFrame, never> {
  const below = (limit: number): number => random.below(limit);
  const pick = <T>(values: readonly T[]): T => random.pick(values);
  const chance = (percent: number): boolean => below(100) < percent;
  for (let id = 1; ; id += 1) {
    const content = Buffer.from(JSON.stringify({ type: 'request', id, verb: verbOf(), params: paramsOf() }));
    // Most of them keep the connection, so that what comes after the parser is reached; some are beyond repair.
    const kind = below(100);
    if (kind < 90) yield { bytes: framed(content), ends: false };
    else if (kind < 94) yield { bytes: framed(altered(content)), ends: true };
    else if (kind < 97) yield { bytes: altered(framed(content)), ends: true };
    else yield { bytes: framed(JSON.stringify(envelope(id))), ends: true };
  }

  function verbOf(): unknown {
    return chance(90) ? pick(verbs) : pick(oddities);
  }

  function paramsOf(): unknown {
    if (chance(10)) return pick(oddities);
    if (chance(15)) return pick(fixed);
    const params: Record<string, unknown> = { ...pick(fixed) };
    const changes = 1 + below(3);
    for (let change = 0; change < changes; change += 1)
      Object.defineProperty(params, pick(chance(70) ? names : odderNames), {
        value: chance(30) ? { [pick(odderNames)]: pick(oddities) } : pick(oddities),
        enumerable: true,
        configurable: true,
      });
    return params;
  }

  function envelope(id: number): unknown {
    return pick([
      { type: 'hello', protocol: pick(oddities) },
      { type: 'subscribe', extra: pick(oddities) },
      { type: pick(oddities), id },
      { type: 'request', id: pick(oddities), verb: 'status', params: {} },
      { type: 'answer', id, outcome: { ok: true, value: {} } },
      pick(oddities),
    ]);
  }

  /** A few bytes changed, cut out, doubled or put in. */
  function altered(bytes: Buffer): Buffer {
    let result = Buffer.from(bytes);
    const changes = 1 + below(4);
    for (let change = 0; change < changes; change += 1) {
      const at = below(result.length);
      const until = Math.min(result.length, at + below(8));
      switch (below(4)) {
        case 0:
          result[at] = below(256);
          break;
        case 1:
          result = Buffer.concat([result.subarray(0, at), result.subarray(until)]);
          break;
        case 2:
          result = Buffer.concat([result.subarray(0, until), result.subarray(at)]);
          break;
        default:
          result = Buffer.concat([
            result.subarray(0, at),
            Buffer.of(pick([0, 0xff, 0xc0, 0x22, 0x7b, 0x5b])),
            result.subarray(at),
          ]);
      }
    }
    return result;
  }
}
