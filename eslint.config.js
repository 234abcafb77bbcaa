import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Who may import whom. Each rule gives its reason; the names are the folders of the house. */
const layers = [
  {
    files: ['shared/**/*.ts'],
    forbidden: [
      '**/electron/**',
      '**/renderer/**',
      '**/engine/**',
      '**/helper/**',
      '**/services/**',
      '**/cli/**',
    ],
    reason:
      'shared is the contract between all sides; it imports nothing of ours, so that every side can read it.',
  },
  {
    files: ['electron/engine/**/*.ts'],
    forbidden: [
      '**/helper/**',
      '**/services/**',
      '**/main/**',
      '**/preload/**',
      '**/browser/**',
      '**/cli/**',
      '**/renderer/**',
      'electron',
    ],
    reason:
      'the engine is plain Node below every front end; it runs as root and must not depend on sockets, UI or Electron.',
  },
  {
    files: ['electron/helper/**/*.ts'],
    forbidden: [
      '**/services/**',
      '**/main/**',
      '**/preload/**',
      '**/browser/**',
      '**/cli/**',
      '**/renderer/**',
      'electron',
    ],
    reason: 'the helper is the trust boundary: only the engine and the contract may run with its rights.',
  },
  {
    files: ['electron/services/**/*.ts'],
    forbidden: [
      '**/engine/**',
      '**/main/**',
      '**/preload/**',
      '**/browser/**',
      '**/cli/**',
      '**/renderer/**',
      'electron',
    ],
    reason: 'services are shared by every shell and reach root only through the helper.',
  },
  {
    files: ['electron/main/**/*.ts', 'electron/preload/**/*.ts', 'electron/browser/**/*.ts'],
    forbidden: ['**/engine/**', '**/cli/**', '**/renderer/**'],
    reason:
      'the shells are thin and run as the user; the engine is reached only through services and the helper.',
  },
  {
    files: ['electron/cli/**/*.ts'],
    forbidden: ['**/main/**', '**/preload/**', '**/browser/**', '**/renderer/**', 'electron'],
    reason: 'the command line works without any desktop.',
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    forbidden: [
      '**/electron/**',
      '**/engine/**',
      '**/helper/**',
      '**/services/**',
      '**/main/**',
      '**/cli/**',
      'electron',
      'node:*',
    ],
    reason: 'the renderer is untrusted and knows only the contract in shared.',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-imports': ['error', { paths: ['child_process', 'fs'] }],
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  ...layers.map(({ files, forbidden, reason }) => ({
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message: reason }] }] },
  })),
);
