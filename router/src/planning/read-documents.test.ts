import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDocuments } from './read-documents.ts';

const schema = buildSchema('type Query { a: Int  b: Int }');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('reads every operation of every document, and tells which do not fit', async () => {
  await mkdir(join(folder, 'web'));
  await writeFile(join(folder, 'one.graphql'), 'query A { ...F } query B { b } fragment F on Query { a }');
  await writeFile(join(folder, 'web', 'two.graphql'), '# two\n{ a, b }');
  await writeFile(join(folder, 'web', 'old.graphql'), '{ gone }');
  await writeFile(join(folder, 'bad.graphql'), '{');
  await writeFile(join(folder, 'large.graphql'), '#'.repeat(1_000_001));
  await writeFile(join(folder, 'notes.md'), 'no document');
  expect(await readDocuments(folder, schema)).toEqual({
    requests: [
      { text: 'query A {\n  ...F\n}\n\nfragment F on Query {\n  a\n}' },
      { text: 'query B {\n  b\n}' },
      { text: '{\n  a\n  b\n}' },
    ],
    problems: [
      'bad.graphql: Syntax Error: Expected Name, found <EOF>.',
      'large.graphql: is too large',
      'web/old.graphql: Cannot query field "gone" on type "Query".',
    ],
  });
});

it('throws when the folder is not there', async () => {
  await expect(readDocuments(join(folder, 'nowhere'), schema)).rejects.toThrow('ENOENT');
});
