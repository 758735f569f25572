import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** What a domain must not know (architecture 2); each ban names the other way. */
const IMPURE_GLOBALS = [
  { name: 'process', message: 'a domain has no environment: take what you need in the command' },
  { name: 'fetch', message: 'a domain has no network: make an event, and an effect of it' },
  { name: 'setTimeout', message: 'a domain has no timers: return a command with `at` from react' },
  { name: 'setInterval', message: 'a domain has no timers: return a command with `at` from react' },
  { name: 'setImmediate', message: 'a domain has no timers: return a command with `at` from react' },
  { name: 'console', message: 'a domain says nothing: return an event' },
  { name: 'crypto', message: 'ids are data: take them from the command' },
];

/** Readme, decision 45. */
const ONE_LITERAL = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression',
  message: 'write the properties out: V8 defines what is spread into a literal one by one, a thousand times slower',
};

export default defineConfig(
  globalIgnores(['**/dist/**', '**/node_modules/**', '.nx/**', '.midstream/**', '.cache/**', '**/*.cjs', '**/*.mjs']),
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // our ports are objects of functions, and none of them uses `this`
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(\\.\\./)+(services|libs)/', message: 'another project: import it by its name' }] },
      ],
      'no-restricted-syntax': ['error', ONE_LITERAL],
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['warn', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['services/*/domain/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixtures.ts'],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^node:|^(?!@midstream/|@stdlib/|chinese-days$|\\.)',
              message: 'a domain imports the kernel, the contracts and pure mathematics, nothing else',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        ONE_LITERAL,
        { selector: ':function[async=true]', message: 'a domain waits for nothing' },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'take `at` from the command' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'take `at` from the command' },
        { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'take chance from the command' },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', 'libs/testing/**/*.ts', '**/suite/**/*.ts', '**/*.fixtures.ts'],
    rules: {
      // node:test's describe and it return promises that the runner awaits
      '@typescript-eslint/no-floating-promises': 'off',
      'no-restricted-syntax': 'off',
      'max-lines-per-function': 'off',
      'max-lines': 'off',
    },
  },
);
