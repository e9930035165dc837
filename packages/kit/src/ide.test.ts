import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseEnv } from './env.ts';
import { ideKeys, loadExamples } from './ide.ts';
import { z } from 'zod';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'examples-'))));
afterEach(() => rmSync(directory, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
const load = () => loadExamples(pathToFileURL(`${directory}/`));

describe('the examples of a folder', () => {
  test('come in the order of their files, titled by their first comment or else their operation', () => {
    write('2.graphql', 'query Second { a }\n# not a title');
    write('1.graphql', '# The first one\nquery First($x: Int) { a(x: $x) }\n');
    write('1.json', '{ "x": 1 }\n');
    write('3.graphql', '{ a }');
    expect(load()).toEqual([
      { title: 'The first one', query: '# The first one\nquery First($x: Int) { a(x: $x) }', variables: '{ "x": 1 }' },
      { title: 'Second', query: 'query Second { a }\n# not a title' },
      { title: '3', query: '{ a }' },
    ]);
  });

  test('are none when there is no folder', () => {
    expect(loadExamples(pathToFileURL(join(directory, 'none/')))).toEqual([]);
  });

  test('are refused by the name of the file that is not GraphQL or not JSON', () => {
    write('bad.graphql', 'query {');
    expect(load).toThrow('The example bad.graphql cannot be used: Syntax Error');
    write('bad.graphql', '{ a }');
    write('bad.json', '{ x }');
    expect(load).toThrow('The example bad.graphql cannot be used:');
  });
});

describe('the demo keys of the page', () => {
  const shape = z.object({ IDE_KEYS: ideKeys() });

  test('are none by default', () => {
    expect(parseEnv(shape, {})).toEqual({ IDE_KEYS: [] });
  });

  test('are a JSON list', () => {
    const keys = [{ label: 'Partner', key: 'partner-key', description: 'reads the catalogue' }];
    expect(parseEnv(shape, { IDE_KEYS: JSON.stringify(keys) })).toEqual({ IDE_KEYS: keys });
    expect(() => parseEnv(shape, { IDE_KEYS: '{}' })).toThrow('IDE_KEYS: must be a JSON list');
  });
});
