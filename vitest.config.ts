import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const SOURCES = '{packages,subgraphs,bffs,router,drizzle}/**';
const NEVER = ['**/node_modules/**', '**/dist/**', 'tests/fixtures/**'];
/** A real PostgreSQL for the whole run, which the projects that need none do not wait for. */
const POSTGRES = './packages/testkit/src/global-setup.ts';

interface Suite {
  name: string;
  include: string[];
  exclude?: string[];
  needsPostgres?: boolean;
  /** After the suites of a lower order. Those that start whole systems have ports of their own each, and come together. */
  order?: number;
  /** One file at a time: what counts must be alone. */
  alone?: boolean;
  /** Files that keep nothing in their modules, of which a worker loads the hundreds of modules that they share once. */
  sharesModules?: boolean;
  timeoutMs?: number;
}

function suite({
  name,
  include,
  exclude = [],
  needsPostgres,
  order = 0,
  alone = false,
  sharesModules = false,
  timeoutMs = 10_000,
}: Suite) {
  return {
    extends: true,
    test: {
      name,
      include,
      exclude: [...NEVER, ...exclude],
      globalSetup: needsPostgres ? [POSTGRES] : [],
      fileParallelism: !alone,
      isolate: !sharesModules,
      sequence: { groupOrder: order },
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs * 2,
    },
  } satisfies TestProjectConfiguration;
}

export default defineConfig({
  // As Node resolves it: Vite would take its `module` entry, a second copy beside the one that CommonJS packages load.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // On the two cores of a small machine the default is one: it would be idle while a test waits for PostgreSQL.
    maxWorkers: '100%',
    // The last line of a run is the reporter's: 'N passed, N failed, N skipped'.
    reporters: ['default', './tests/reporter.ts'],
    env: { APOLLO_TELEMETRY_DISABLED: '1' },
    projects: [
      suite({ name: 'unit', include: [`${SOURCES}/*.test.ts`], exclude: ['**/*.db.test.ts'], sharesModules: true }),
      suite({
        name: 'db',
        include: [`${SOURCES}/*.db.test.ts`, 'tests/bench/*.db.test.ts'],
        needsPostgres: true,
        sharesModules: true,
        timeoutMs: 30_000,
      }),
      suite({ name: 'contract', include: ['tests/contract/**/*.test.ts'], timeoutMs: 60_000 }),
      suite({ name: 'router', include: ['tests/router/**/*.test.ts'], timeoutMs: 240_000 }),
      suite({ name: 'attack', include: ['tests/attack/**/*.test.ts'], needsPostgres: true, timeoutMs: 60_000 }),
      suite({
        name: 'budget',
        include: ['tests/budget/**/*.test.ts'],
        needsPostgres: true,
        order: 1,
        alone: true,
        timeoutMs: 60_000,
      }),
      suite({
        name: 'e2e',
        include: ['tests/e2e/**/*.test.ts'],
        needsPostgres: true,
        order: 2,
        timeoutMs: 120_000,
      }),
      suite({
        name: 'chaos',
        include: ['tests/chaos/**/*.test.ts'],
        needsPostgres: true,
        order: 2,
        timeoutMs: 120_000,
      }),
    ],
  },
});
