import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse, print, stripIgnoredCharacters } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { createOperationManifest, ManifestError, parseManifest, parseOperationFile } from './operation-manifest.ts';
import { sha256 } from './operation-request.ts';
import { readOperationManifest } from './read-operations.ts';

const BODY = 'query Channel {\n  channel {\n    code\n  }\n}';
const apollo = (operations: unknown) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
const messageOf = (run: () => unknown) => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof ManifestError ? error.message : error;
  }
};

const name = fc.stringMatching(/^[A-Z][a-z]{0,5}$/);
const operations = fc.uniqueArray(
  fc
    .tuple(
      name,
      fc.constantFrom('query', 'mutation'),
      fc.subarray(['a', 'b { c }', 'd(e: 1)', '... on F { g }'], { minLength: 1 }),
    )
    .map(([title, type, selections]) => ({
      name: title,
      type,
      body: `${type} ${title} {\n  ${selections.join('\n  ')}\n}`,
    })),
  { selector: ({ body }) => body, maxLength: 8 },
);

describe('a manifest of registered operations', () => {
  it('reads the format of Apollo and that of Relay', () => {
    const operation = { id: sha256(BODY), name: 'Channel', type: 'query', body: BODY };
    expect(parseManifest(apollo([operation]), 'm.json')).toEqual([operation]);
    expect(parseManifest(JSON.stringify({ [operation.id]: BODY }), 'm.json')).toEqual([operation]);
    expect(parseManifest(JSON.stringify({ '4711': BODY }), 'm.json')).toEqual([{ ...operation, id: '4711' }]);
  });

  it.each([
    ['{', /^m\.json: is not JSON: [^\n]+$/],
    ['[]', /^m\.json: must be a JSON object\.$/],
    [
      JSON.stringify({ format: 'apollo', version: 2, operations: [{ id: 1 }] }),
      /^m\.json: format: [^\n]+\nm\.json: version: [^\n]+\nm\.json: operations\.0\.id: [^\n]+\nm\.json: operations\.0\.name: [^\n]+\nm\.json: operations\.0\.type: [^\n]+\nm\.json: operations\.0\.body: [^\n]+$/,
    ],
    [JSON.stringify({ a: 1, b: BODY, c: '' }), /^m\.json: "a": [^\n]+\nm\.json: "c": [^\n]+$/],
    [JSON.stringify({ a: '{' }), /^m\.json: "a": is not GraphQL: [^\n]+$/],
    [JSON.stringify({ a: '{ a }' }), /^m\.json: "a": holds an operation without a name\.$/],
    [JSON.stringify({ a: 'query A { a } query B { b }' }), /^m\.json: "a": holds 2 operations, and must hold one\.$/],
    [JSON.stringify({ a: 'fragment F on T { a }' }), /^m\.json: "a": holds 0 operations, and must hold one\.$/],
    [
      apollo([{ id: '1', name: 'Other', type: 'query', body: BODY }]),
      /^m\.json: Other: holds an operation of another name, Channel\.$/,
    ],
    [
      apollo([{ id: '1', name: 'Channel', type: 'mutation', body: BODY }]),
      /^m\.json: Channel: is a query, not a mutation\.$/,
    ],
    [
      apollo([{ id: sha256('another'), name: 'Channel', type: 'query', body: BODY }]),
      /^m\.json: Channel: its id is not the SHA-256 of its body\.$/,
    ],
  ])('says in one line what is wrong with %s', (text, message) => {
    expect(messageOf(() => parseManifest(text, 'm.json'))).toMatch(message);
  });

  it('takes no id for two documents, and the same document twice', () => {
    const [first] = parseManifest(JSON.stringify({ a: 'query A { a }' }), 'a.json');
    const [second] = parseManifest(JSON.stringify({ a: 'query B { b }' }), 'b.json');
    expect(createOperationManifest([first!, first!]).size).toBe(1);
    expect(messageOf(() => createOperationManifest([first!, second!]))).toBe(
      'The registered operations: the id "a" stands for A and for another B.',
    );
  });

  it('finds nothing under names of the prototype, unless they are registered', () => {
    const manifest = createOperationManifest(parseManifest(`{ "__proto__": ${JSON.stringify(BODY)} }`, 'm.json'));
    expect(manifest.byId('__proto__')?.name).toBe('Channel');
    expect(manifest.byId('constructor')).toBeUndefined();
    expect(manifest.byText('constructor')).toBeUndefined();
  });

  it('finds an operation by its id and by its text as clients write it, whatever the format and the order', () => {
    fc.assert(
      fc.property(operations, (given) => {
        const withIds = given.map((operation) => ({ ...operation, id: sha256(operation.body) }));
        const byApollo = createOperationManifest(parseManifest(apollo(withIds), 'a.json'));
        const byRelay = createOperationManifest(
          parseManifest(
            JSON.stringify(Object.fromEntries(withIds.map(({ id, body }) => [id, body]).reverse())),
            'r.json',
          ),
        );
        const byFiles = createOperationManifest(given.map(({ body }) => parseOperationFile(`${body}\n`, 'f.graphql')));
        for (const manifest of [byApollo, byRelay, byFiles]) {
          expect(manifest.size).toBe(given.length);
          for (const operation of withIds) {
            expect(manifest.byId(operation.id)).toEqual(operation);
            for (const text of [operation.body, print(parse(operation.body)), stripIgnoredCharacters(operation.body)]) {
              expect(manifest.byText(text)).toEqual(operation);
              expect(manifest.byId(sha256(text))).toEqual(operation);
            }
          }
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });
});

describe('files of registered operations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('read the operations of a channel that are examples, too', () => {
    const web = new URL('../../../../schema/operations/web/', import.meta.url);
    const manifest = readOperationManifest([web]);
    const files = globSync('*.graphql', { cwd: web });
    expect(manifest.size).toBe(files.length);
    for (const file of files) {
      const text = readFileSync(new URL(file, web), 'utf8').trim();
      expect(manifest.byId(sha256(text))?.body).toBe(text);
    }
  });

  it('are joined, and all their mistakes told', () => {
    writeFileSync(join(folder, 'one.graphql'), `# A comment\n${BODY}\n`);
    writeFileSync(join(folder, 'two.json'), JSON.stringify({ two: 'query Two { two }' }));
    const manifest = readOperationManifest([folder, join(folder, 'two.json')]);
    expect(manifest.size).toBe(2);
    expect(manifest.byText(BODY)?.name).toBe('Channel');
    expect(manifest.byId('two')?.name).toBe('Two');
    writeFileSync(join(folder, 'three.graphql'), '{');
    writeFileSync(join(folder, 'four.graphql'), '{ a }');
    expect(messageOf(() => readOperationManifest([folder, join(folder, 'none.json')]))).toMatch(
      /^four\.graphql: .+ holds an operation without a name\.\nthree\.graphql: .+ is not GraphQL: [^\n]+\n\S+none\.json: there is no such file or folder\.$/,
    );
  });
});
