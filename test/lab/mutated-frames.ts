/** Frames that a hostile client might send: valid ones, altered in their structure or in their bytes, by seeded chance. */
import { verbs, type Params, type Verb } from '../../shared/operations.js';
import { framed } from './helper-wire.js';
import type { Random } from './seeded.js';

const texts = [
  '',
  'stage-20260101-000000-abcdef',
  '../../../etc/shadow',
  'stage-1\u0000',
  '/',
  '-rf',
  '$(reboot)',
  '\u202e\ufeff😀',
  'a'.repeat(70),
  '\ud800',
  'constructor',
  'toString',
] as const;

/** Any JSON, a few levels deep. */
function anything(random: Random, depth = 0): unknown {
  switch (random.below(depth > 4 ? 6 : 9)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 0;
    case 2:
      return random.pick([0, -1, 1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 24, 50]);
    case 3:
    case 4:
    case 5:
      return random.pick(texts);
    case 6:
      return Array.from({ length: random.below(5) }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          random.pick(['a', 'root', 'stage', '0', '']),
          anything(random, depth + 1),
        ]),
      );
  }
}

const stage = 'stage-20260101-000000-abcdef';
const plan = 'plan-0123456789abcdef';
const restorePoint = 'point-20260101-000000-abcdef';

/** What each verb takes. */
const right: { readonly [V in Verb]: readonly Params<V>[] } = {
  status: [{}],
  inspect: [{}],
  livepatch: [{}],
  modules: [{}],
  check: [{ moment: 'before-stage' }, { moment: 'before-activation', plan }],
  history: [{}],
  review: [{}, { stage }],
  changelog: [{ name: 'base-files', version: '12.4+deb12u12' }],
  planned: [{}, { plan }],
  log: [{}],
  preview: [{}, { restorePoint }],
  settings: [{}],
  plan: [{ scope: 'all' }, { scope: 'selected', selected: ['base-files', 'libc6:amd64'] }],
  stage: [{ plan }, { scope: 'security' }, { scope: 'all', background: true }],
  decide: [{ stage, decisions: [{ conflict: 'conflict-1', choice: 'mine' }] }],
  activate: [{}, { stage, how: 'live' }, { how: 'reboot' }, { at: '2026-01-01T22:00:00Z' }],
  unschedule: [{}],
  rollback: [{}, { restorePoint }],
  prune: [{ keep: 3 }, { maxBytes: 1, dryRun: true }],
  recover: [{}],
  change: [{ settings: { keepRestorePoints: 3, automatic: { fromHour: 1 } } }, { settings: {} }],
  renew: [{}],
  cancel: [{ run: 'run-abc-00000000' }],
};

/** Parameters that are right, or nearly so, or those of another verb. */
function parameters(random: Random, verb: Verb): Record<string, unknown> {
  const of = random.below(5) === 0 ? random.pick(verbs) : verb;
  const given: Record<string, unknown> = random.pick<object>(right[of]) as Record<string, unknown>;
  const names = Object.keys(given);
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return given;
    case 4:
      return { ...given, [random.pick(['root', 'path', 'environment', 'x', ''])]: anything(random) };
    case 5:
      return names.length === 0 ? { a: 1 } : { ...given, [random.pick(names)]: anything(random) };
    case 6:
      return Object.fromEntries(names.slice(1).map((name) => [name, given[name]]));
    case 7:
      return Object.fromEntries(names.map((name) => [name, [given[name]]]));
    default:
      return JSON.parse(JSON.stringify(given).replace(/\d/g, () => String(1 + random.below(9)))) as Record<
        string,
        unknown
      >;
  }
}

/** What runs a package manager for its answer, and takes some hundred times as long. */
const costly: ReadonlySet<Verb> = new Set(['inspect', 'check', 'changelog', 'modules']);

/** A request whose envelope is right, so that the connection goes on; what it asks for mostly is not. Costly ones are some of all. */
export function mutatedRequest(random: Random, id: number): Buffer {
  const picked = random.pick(verbs);
  const known = costly.has(picked) && random.below(8) > 0 ? random.pick(verbs) : picked;
  const verb = random.below(10) === 0 ? random.pick(texts).slice(0, 64) : known;
  const params = random.below(8) === 0 ? anything(random) : parameters(random, known);
  return framed(JSON.stringify({ type: 'request', id, verb, params }));
}

/** A message with anything altered: fields added, removed, exchanged; or bytes turned, cut, doubled, or with another length. */
export function mutatedFrame(random: Random): Buffer {
  const verb = random.pick(verbs);
  const message: Record<string, unknown> = random.pick([
    { type: 'hello', protocol: 1 },
    { type: 'subscribe' },
    { type: 'request', id: 1 + random.below(100), verb, params: parameters(random, verb) },
    { type: 'request', id: 1, verb: 'status', params: {} },
  ]);
  return random.below(3) === 0
    ? withOtherFields(random, message)
    : withOtherBytes(random, framed(JSON.stringify(message)));
}

function withOtherFields(random: Random, message: Record<string, unknown>): Buffer {
  const name = random.pick(Object.keys(message));
  const text = JSON.stringify(message);
  switch (random.below(6)) {
    case 0:
      return framed(JSON.stringify({ ...message, [name]: anything(random) }));
    case 1:
      return framed(JSON.stringify({ ...message, [random.pick(['uid', 'as', 'x'])]: anything(random) }));
    case 2:
      return framed(
        JSON.stringify(Object.fromEntries(Object.entries(message).filter(([key]) => key !== name))),
      );
    case 3:
      return framed(
        text.replace('{', `{"${random.pick(['__proto__', 'constructor', 'prototype'])}":{"uid":0},`),
      );
    case 4:
      return framed('['.repeat(1 + random.below(40)) + text + ']'.repeat(1 + random.below(40)));
    default:
      return framed(JSON.stringify(anything(random)));
  }
}

function withOtherBytes(random: Random, frame: Buffer): Buffer {
  const bytes = Buffer.from(frame);
  const at = random.below(bytes.length);
  switch (random.below(7)) {
    case 0:
      bytes[at] = random.below(256);
      return bytes;
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(bytes.length))]);
    case 4:
      bytes.writeUInt32BE(random.pick([0, 1, bytes.length, 2 ** 20, 2 ** 20 + 1, 2 ** 31, 2 ** 32 - 1]), 0);
      return bytes;
    case 5:
      for (let count = 1 + random.below(20); count > 0; count -= 1)
        bytes[4 + random.below(bytes.length - 4)] = random.below(256);
      return bytes;
    default:
      return Buffer.concat([bytes, bytes.subarray(at)]);
  }
}
