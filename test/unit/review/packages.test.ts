import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstalledPackage } from '../../../electron/engine/packages/package-manager.js';
import { packages } from '../../../electron/engine/review/packages.js';
import { prove, samplePackages, samplePair, type SampleTree } from './sample-tree.js';

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => void ({ before, after, clean } = samplePair()));
afterEach(() => clean());

const installed = (name: string, complete: boolean): InstalledPackage => ({
  name,
  architecture: 'amd64',
  version: '1-2',
  complete,
  held: false,
});
const proof = (parts: Parameters<typeof samplePackages>[0]) =>
  prove(packages, before, after, { packages: samplePackages(parts) });

describe('the proof that the package database is consistent', () => {
  it('passes when the audit is silent and every package is complete', async () => {
    const { result, sentence } = await proof({
      installed: () => [installed('a', true), installed('b', true)],
    });
    expect({ result, sentence }).toEqual({
      result: 'pass',
      sentence: '2 packages, each fully installed and configured.',
    });
  });

  it('fails for what the audit finds and for packages that are not complete, each once', async () => {
    const findings = [
      { package: 'a', sentence: 'half configured' },
      { package: null, sentence: 'no list of files' },
    ];
    const { result, details } = await proof({
      audit: () => Promise.resolve(findings),
      installed: () => [installed('a', false), installed('b', false), installed('c', true)],
    });
    expect({ result, details }).toEqual({
      result: 'fail',
      details: [
        'a: half configured',
        'no list of files',
        'b 1-2 (amd64): not fully installed and configured',
      ],
    });
  });

  it('fails for an interrupted run and for an empty database', async () => {
    expect((await proof({ interrupted: () => true })).result).toBe('fail');
    expect((await proof({ installed: () => [] })).result).toBe('fail');
  });
});
