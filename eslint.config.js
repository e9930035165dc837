// One lint run for TypeScript and SDL. Formatting is Prettier's, import directions are dependency-cruiser's.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import eslint from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import { parse, printSchema } from 'graphql';
import tseslint from 'typescript-eslint';

/** Types that complete the SDL of every subgraph, and of every BFF. */
const COMMON = 'packages/kit/schema/common.graphql';
const CHANNEL = 'packages/kit/schema/channel.graphql';

/** Every SDL file that is written by hand. */
const sdlFiles = [
  'subgraphs/*/schema.graphql',
  'subgraphs/*/internal.graphql',
  'bffs/*/schema.graphql',
  'packages/kit/schema/*.graphql',
];

/**
 * The GraphQL project of an SDL file. Each file is a schema of its own, since the files of two services may define a type
 * of the same name; it is completed by the shared types and by the federation directives and entities, so that these
 * count as known and reachable. Answers the reason instead for a file that makes no schema.
 */
function sdlProject(file) {
  const shared = file.startsWith('bffs/') || file === CHANNEL ? CHANNEL : COMMON;
  const files = [...new Set([shared, file])].filter((path) => existsSync(path));
  const text = files.map((path) => readFileSync(path, 'utf8')).join('\n');
  try {
    return { file, schema: printSchema(buildSubgraphSchema([parse(text)])) };
  } catch (error) {
    return { file, error };
  }
}

const sdlProjects = globSync(sdlFiles).sort().map(sdlProject);
const graphQLConfig = {
  projects: Object.fromEntries(
    sdlProjects.map(({ file, schema = 'scalar None' }) => [file, { schema, include: file }]),
  ),
};

/** Reports the reason why a file makes no schema as the one error on that file. */
function failingParser(error) {
  return {
    parseForESLint() {
      throw error;
    },
  };
}

/** Console output is for people at a terminal: entry points, command lines and tests. */
const terminal = [
  '**/main.ts',
  'packages/stack/src/**',
  'router/src/compose.ts',
  'tests/**',
  '**/*.test.ts',
  '*.config.*',
];

/** `style.md`: env.ts is the only reader of the environment, and gets it from the entry point. */
const environment = [
  '**/main.ts',
  '**/env.ts',
  'packages/stack/src/{distributed,catalogue,stock-ledger,audit-log}.ts',
  'router/src/compose.ts',
  'packages/kit/src/{process,production}.ts',
  'packages/testkit/src/**',
  'tests/**',
  '**/*.test.ts',
  '*.ts',
];

const noEnvironment = {
  'no-restricted-properties': [
    'error',
    {
      object: 'process',
      property: 'env',
      message: 'Only env.ts and entry points read the environment: take the value.',
    },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        { name: 'node:process', importNames: ['env'], message: 'Only env.ts and entry points read the environment.' },
      ],
    },
  ],
};

export default defineConfig(
  globalIgnores(['**/dist/**', '**/generated/**', '**/migrations/**', '**/.data/**', 'tests/fixtures/**', 'schema/**']),
  {
    files: ['**/*.{js,cjs,ts,tsx}'],
    extends: [eslint.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { 'no-console': 'error', ...noEnvironment, eqeqeq: ['error', 'smart'] },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // `async` without `await` is how a function that answers a promise also rejects instead of throwing.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Answers over the wire are `any` until a test asserts on them.
    files: ['tests/**/*.ts', '**/*.test.ts', 'packages/testkit/**/*.ts', 'subgraphs/*/src/testing/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: terminal, rules: { 'no-console': 'off' } },
  { files: environment, rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'readonly' } },
  },
  {
    files: sdlFiles,
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig } },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
          rootField: true,
        },
      ],
      '@graphql-eslint/description-style': ['error', { style: 'inline' }],
      '@graphql-eslint/no-hashtag-description': 'error',
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: {
            style: 'camelCase',
            forbiddenPrefixes: ['get', 'fetch', 'list'],
            // The list price is what commerce calls a price before discounts.
            ignorePattern: '^list(Price|Unit|Total)',
          },
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
          'FieldDefinition[parent.name.value=Query]': { style: 'camelCase', forbiddenSuffixes: ['Query'] },
          'FieldDefinition[parent.name.value=Mutation]': { style: 'camelCase', forbiddenSuffixes: ['Mutation'] },
          'ObjectTypeDefinition,InterfaceTypeDefinition,UnionTypeDefinition,EnumTypeDefinition': {
            style: 'PascalCase',
            forbiddenSuffixes: ['Type', 'Enum', 'Interface', 'Union', 'Object'],
          },
        },
      ],
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/unique-enum-value-names': 'error',
      '@graphql-eslint/require-deprecation-reason': 'error',
    },
  },
  ...sdlProjects
    .filter(({ error }) => error)
    .map(({ file, error }) => ({ files: [file], languageOptions: { parser: failingParser(error) } })),
  // What is shared is reachable from some of the schemas, not from itself.
  { files: ['packages/kit/schema/*.graphql'], rules: { '@graphql-eslint/no-unreachable-types': 'off' } },
  prettier,
);
