/** JSON from someone who is not trusted. */
import { describe, expect, it } from 'vitest';
import { JsonError, parseStrictly } from '../../../electron/helper/wire/strict-json.js';

const parse = (text: string): unknown => parseStrictly(Buffer.from(text, 'utf8'));

describe('strict JSON', () => {
  it('is JSON', () => {
    const value = { text: 'a "quoted" \\ ä 😀 [{', numbers: [1, -2.5, 1e3], nothing: null, yes: true };
    expect(parse(JSON.stringify(value))).toEqual(value);
  });

  it.each(['', '{', '{"a":1}}', 'undefined', '﻿{}', '{"a":1,}', 'NaN', '"\u0001"'])('refuses %j', (text) =>
    expect(() => parse(text)).toThrow(JsonError),
  );

  it.each([
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['a cut character', [0x22, 0xe2, 0x82, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('refuses %s', (_, bytes) => expect(() => parseStrictly(Buffer.from(bytes))).toThrow('UTF-8'));

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    expect(() => parse(`{"${key}":{"isAdmin":true}}`)).toThrow(JsonError);
    expect(() => parse(`{"a":[{"b":{"${key}":1}}]}`)).toThrow(JsonError);
    const escaped = `\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}`;
    expect(() => parse(`{"${escaped}":1}`)).toThrow(JsonError);
    expect(parse(`{"a":"${key}"}`)).toEqual({ a: key });
  });

  it('refuses what is nested more deeply than any message, before it is parsed', () => {
    expect(parse(`${'['.repeat(16)}${']'.repeat(16)}`)).toBeDefined();
    expect(() => parse(`${'['.repeat(17)}${']'.repeat(17)}`)).toThrow('levels');
    expect(() => parse('['.repeat(900_000))).toThrow('levels');
    expect(() => parse('{"a":'.repeat(100_000))).toThrow('levels');
    expect(parse(JSON.stringify({ a: '[{'.repeat(1000), b: '\\"[['.repeat(10) }))).toBeDefined();
  });
});
