import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'tests/fixtures/directions');
const FOLDERS = ['packages', 'subgraphs', 'router', 'bffs', 'drizzle'];

const { forbidden = [], options = {} } = createRequire(import.meta.url)(
  join(ROOT, '.dependency-cruiser.cjs'),
) as IConfiguration;

/** Checks the folders below `baseDir`; fails when the checker itself gives text instead of a result. */
async function check(baseDir: string, folders: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(folders, { ...options, baseDir, ruleSet: { forbidden }, validate: true });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

describe('directions of imports', () => {
  it('breaks each rule exactly once, in the fixture that is named after it', async () => {
    const { summary } = await check(FIXTURES, FOLDERS);
    const broken = summary.violations.map(({ rule, from }) => `${rule.name}: ${from.split('/').at(-1) ?? ''}`);
    expect(broken.sort()).toEqual(forbidden.map(({ name }) => `${String(name)}: ${String(name)}.ts`).sort());
  });

  it('breaks none in the repository, and follows imports by package name across its folders', async () => {
    const { summary, modules } = await check(ROOT, [...FOLDERS, 'tests']);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);

    const followed = modules
      .flatMap(({ dependencies }) => dependencies)
      .filter(({ module }) => module.startsWith('@kontor/kit/'));
    expect(followed.length).toBeGreaterThan(0);
    expect(followed.filter(({ resolved }) => !resolved.startsWith('packages/kit/'))).toEqual([]);
  });
});
