/** Addresses, and lists that never hide what is set. */
import { beforeAll, expect, test, vi } from 'vitest';
import { offered } from '../../../renderer/settings/offered.js';

type RouterModule = typeof import('../../../renderer/state/router.svelte.js');
let router: RouterModule;

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '' });
  router = await import('../../../renderer/state/router.svelte.js');
});

test.each([
  ['#/home', { page: 'home', detail: null }],
  ['#/history/tx-0121', { page: 'history', detail: 'tx-0121' }],
  ['#/wizard/review', { page: 'wizard', detail: 'review' }],
  ['', { page: 'home', detail: null }],
  ['#/nowhere', { page: 'home', detail: null }],
  ['#/history/../../etc', { page: 'home', detail: null }],
  ['#/history/<b>', { page: 'home', detail: null }],
  ['#/constructor', { page: 'home', detail: null }],
])('the address %j', (fragment, place) => {
  expect(router.placeOf(fragment)).toEqual(place);
});

test('an address leads back to its place', () => {
  for (const page of router.pages) {
    expect(router.placeOf(router.addressOf(page))).toEqual({ page, detail: null });
    expect(router.placeOf(router.addressOf(page, 'a-1'))).toEqual({ page, detail: 'a-1' });
  }
});

test('a value that was set elsewhere is among those offered', () => {
  expect(offered([1, 2, 5], 3)).toEqual([1, 2, 3, 5]);
  expect(offered([1, 2, 5], 2)).toEqual([1, 2, 5]);
});
