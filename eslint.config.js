import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { rule as layers } from './build/lint/layers.js';

// The parser of components gives the type checker all of them from the beginning, with their real types. Without, each component begins the
// program and the checker anew, once its script is known. Read when the parser is loaded.
process.env.SVELTE_ESLINT_PARSER_EXPERIMENTAL_TS_SYS_HOOK = '1';
const { default: svelte } = await import('eslint-plugin-svelte');

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**'] },
  js.configs.recommended,
  {
    plugins: { understudy: { rules: { layers } } },
    rules: {
      'understudy/layers': 'error',
      // One spelling of Node's own modules, which the rule about layers relies on.
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: bareNodeModules(), message: 'Write "node:…".' }] },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Numbers and booleans read well in a text; objects, which would read "[object Object]", stay forbidden.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  // After the rules for TypeScript, whose parser does not know these files.
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // The address is a fragment; there is no router of SvelteKit that could resolve it.
      'svelte/no-navigation-without-resolve': 'off',
      // Svelte declares what may change from outside with "let".
      'prefer-const': 'off',
      // The compiler knows the names of the browser.
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  {
    // The launcher starts the compiled program, whose place only a run can tell.
    files: ['electron/cli/understudy.js'],
    rules: { 'understudy/layers': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // In a test, what is not there fails the test, which is what it should do.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect.objectContaining` and its like are typed `any`: they stand inside expected values.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);

function bareNodeModules() {
  return '^(assert|buffer|child_process|crypto|dgram|events|fs|http|http2|https|net|os|path|process|stream|timers|tls|url|util|vm|worker_threads|zlib)(/|$)';
}
