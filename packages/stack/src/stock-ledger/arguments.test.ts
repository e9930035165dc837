import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { USAGE } from './arguments.ts';
import { runStockLedger } from './run.ts';

/** Runs the command where there is no database to open. */
async function run(...words: string[]) {
  const out: string[] = [];
  const complaints: string[] = [];
  const code = await runStockLedger(words, {
    connect: () => Promise.reject(new Error('nothing is opened here')),
    progress: { update: () => undefined, stop: () => undefined },
    operator: 'operator:test',
    print: (line) => void out.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, out, complaints };
}

describe('what is typed', () => {
  it.each([
    ['no command', ['rebuild'], 'There is no such command: rebuild.'],
    ['an unknown option', ['verify', '--all'], "Unknown option '--all'"],
    ['an option of another command', ['verify', '--yes'], "Unknown option '--yes'"],
    ['a word too many', ['verify', 'now'], "Unexpected argument 'now'"],
    ['no id', ['verify', '--variant', 'x'], '"x" is not the id of a variant.'],
    ['no reason', ['repair', '--yes'], 'Why is it repaired?'],
    ['an empty reason', ['repair', '--reason', '  '], 'Why is it repaired?'],
    ['no month', ['archive', '--to', '.'], 'Which months?'],
    ['a month that is none', ['archive', '--before', '2025-13', '--to', '.'], 'Which months?'],
    ['no folder', ['archive', '--before', '2025-03'], 'Where to?'],
  ])('exits with 2 and the usage, and opens nothing, for %s', async (_, words, complaint) => {
    const { code, out, complaints } = await run(...words);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(complaints.join('')).toContain(complaint);
    expect(complaints.join('')).toContain(USAGE);
  });

  it('shows the usage when nothing or help is asked for', async () => {
    for (const words of [[], ['--help'], ['verify', '--help']])
      expect(await run(...words)).toEqual({ code: 0, out: [USAGE], complaints: [] });
  });
});

describe('the process', () => {
  const start = (words: string[], env: Record<string, string> = {}) =>
    new Promise<{ code: unknown; stderr: string }>((done) => {
      const main = fileURLToPath(new URL('../stock-ledger.ts', import.meta.url));
      execFile(process.execPath, [main, ...words], { env: { ...process.env, ...env } }, (error, _, stderr) =>
        done({ code: error?.code ?? 0, stderr }),
      );
    });

  it('exits with 2 for wrong arguments', async () => {
    expect(await start(['verify', '--all'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(USAGE) as string,
    });
  });

  it('exits with 2 and one line when there is no database', async () => {
    const { code, stderr } = await start(['verify'], { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain('DATABASE_URL (127.0.0.1:1/none) cannot be used: nothing listens there');
  });
});
