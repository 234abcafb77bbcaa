/** The policy that polkit reads: complete, well-formed as polkit's own document type says, and never more generous than it says it is. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../../../shared/operations.js';

const file = join(import.meta.dirname, '../../../build/polkit/org.understudy.policy');
const documentType = '/usr/share/polkit-1/policyconfig-1.dtd';
const text = readFileSync(file, 'utf8').replace(/<!--.*?-->/gs, '');
const hasLint = spawnSync('xmllint', ['--version']).error === undefined && existsSync(documentType);

/** The text of the element inside the action's own. */
function of(action: string, element: string): string | undefined {
  const body =
    new RegExp(`<action id="org\\.understudy\\.${action}">(.*?)</action>`, 's').exec(text)?.[1] ?? '';
  return new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(body)?.[1];
}

test('it has each action of the helper, and no other', () => {
  const named = [...text.matchAll(/<action id="([^"]*)">/g)].map(([, id]) => id);
  expect(named.sort()).toEqual(actions.map((action) => `org.understudy.${action}`).sort());
});

test.each(actions)(
  '%s: nobody from elsewhere; who sits here looks freely, and gives a password for the rest',
  (action) => {
    expect(of(action, 'allow_any')).toBe('no');
    expect(of(action, 'allow_inactive')).toBe('no');
    expect(of(action, 'allow_active')).toBe(action === 'inspect' ? 'yes' : 'auth_admin_keep');
  },
);

test.each(actions)('%s: says in words of its own what is asked for', (action) => {
  for (const element of ['description', 'message']) {
    const others = actions.filter((other) => other !== action).map((other) => of(other, element));
    expect(of(action, element)).toMatch(/^[A-Z][^<]{10,}$/);
    expect(others).not.toContain(of(action, element));
  }
});

describe.skipIf(!hasLint)('xmllint (needs libxml2-utils and polkitd)', () => {
  test('finds that it is of the type that polkit gives', () => {
    // Without the line that names the type's address: the file is compared with the type that is here.
    const input = text.replace(/<!DOCTYPE.*?>/s, '');
    const { status, stderr } = spawnSync('xmllint', ['--nonet', '--noout', '--dtdvalid', documentType, '-'], {
      encoding: 'utf8',
      input,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
