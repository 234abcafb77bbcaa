/** Texts from outside cannot deceive the eye. */
import { describe, expect, test } from 'vitest';
import { shortened, visible } from '../../../renderer/parts/plain-text.js';

describe('what cannot be seen becomes visible', () => {
  test.each([
    ['libsafe\u202egpj.exe', 'libsafe⟨202E⟩gpj.exe'],
    ['\u2066a\u2069', '⟨2066⟩a⟨2069⟩'],
    ['\u001b[31mred', '⟨001B⟩[31mred'],
    ['a\u200bb\ufeff', 'a⟨200B⟩b⟨FEFF⟩'],
    ['nul\u0000', 'nul⟨0000⟩'],
    ['carriage\rreturn', 'carriage⟨000D⟩return'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test.each([
    'apt 2.6.1',
    'שלום',
    'Größe → 3',
    'tab\there\nand on',
    '<b>bold</b>',
    '👩‍🚀'.replace('\u200d', ''),
  ])('and %j stays as it is', (text) => {
    expect(visible(text)).toBe(text);
  });
});

describe('what is longer than anyone reads is cut in the middle', () => {
  test('both ends stay', () => {
    const text = `/begin/${'x'.repeat(10_000)}/end`;
    const cut = shortened(text, 40);
    expect(cut.length).toBeLessThanOrEqual(40);
    expect(cut).toMatch(/^\/begin\/x+…x+\/end$/);
  });

  test('never through a character', () => {
    for (let limit = 3; limit < 20; limit += 1) {
      expect(shortened('🧯'.repeat(50), limit)).not.toMatch(/[\ud800-\udfff]/u);
    }
  });

  test('a short one stays', () => {
    expect(shortened('short', 5)).toBe('short');
  });
});
