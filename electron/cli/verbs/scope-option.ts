/** The option `--scope`, which `plan` and `stage` share. */
import type { OptionText } from './verb.js';

export const scopeOption: Readonly<Record<'scope', OptionText>> = {
  scope: {
    value: 'SCOPE',
    text: 'which updates: all, security, kernel, or selected (the packages that are named)',
  },
};
