import { beforeEach, expect, test } from 'vitest';
import { counting, type Counting } from '../../../electron/services/counting.js';
import type { Status } from '../../../shared/status.js';
import { moment, run, status, switched } from './status.js';

let asked: string[];
let count: Counting;
beforeEach(() => {
  asked = [];
  count = counting({
    call: (verb: string) => {
      asked.push(verb);
      return Promise.resolve({ ok: false, problem: { code: 'INTERNAL' } }) as never;
    },
  });
});
const pending: Status['pending'] = { updates: 2, security: 0, counted: moment(1) };

test('what was never counted is counted, once for each helper', () => {
  const first = status({ pending: null });
  count.take(first);
  count.take(first);
  expect(asked).toEqual(['inspect']);
  count.take(status({ pending: null, helper: { ...first.helper, pid: first.helper.pid + 1 } }));
  expect(asked).toHaveLength(2);
});

test('it is counted again after a switch, but not while something goes on', () => {
  count.take(status({ pending }));
  expect(asked).toEqual([]);
  count.take(status({ pending: null, run: run('activate') }));
  expect(asked).toEqual([]);
  count.take(status({ pending: null, latest: switched() }));
  expect(asked).toEqual(['inspect']);
});
