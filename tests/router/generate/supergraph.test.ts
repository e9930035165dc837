import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createFederation } from '../subjects/federation.ts';
import { createStock } from '../subjects/stock.ts';
import { createTruth } from '../subjects/truth.ts';
import { generateCase } from './document.ts';
import { generateModel } from './supergraph.ts';
import { printSubgraph } from './print-subgraph.ts';

const SEEDS = Array.from({ length: 60 }, (_, seed) => 1_000 + seed);

/** What must occur somewhere, in the SDL of the subgraphs. */
const FEATURES = [
  '@key(fields: "id")',
  '@key(fields: "code")',
  '@key(fields: "region number")',
  '@key(fields: "tag { code }")',
  '@key(fields: "number owner { id }")',
  'resolvable: false',
  '@requires(fields: "item',
  '@provides(fields: "',
  '@shareable',
  '@external',
  '@override(from: "',
  '@inaccessible',
  '@interfaceObject',
  'interface Media @key(fields: "id")',
  'implements Thing',
  'implements Piece',
  'union Any = ',
  'type Mutation',
  'scalar Blob',
  '[[',
  '... on Part',
] as const;

const sdlsOf = (seed: number): string[] => {
  const model = generateModel(seed);
  return model.subgraphs.map((name) => printSubgraph(model, name));
};

describe('generated federations', () => {
  it('compose whatever the seed is', () => {
    for (const seed of SEEDS) expect(() => createFederation(seed)).not.toThrow();
  });

  it('are the same for the same seed, and others for others', () => {
    expect(sdlsOf(7)).toEqual(sdlsOf(7));
    expect(sdlsOf(7)).not.toEqual(sdlsOf(8));
  });

  it('use everything that federation has', () => {
    const text = SEEDS.flatMap(sdlsOf).join('\n');
    expect(FEATURES.filter((feature) => !text.includes(feature))).toEqual([]);
  });
});

describe('generated documents', async () => {
  const federation = createFederation(5);
  const { apiSdl, stop } = await createStock(federation);
  await stop();
  const { schema, execute } = createTruth(federation.model, apiSdl);

  it('are valid and the same for the same seed', () => {
    for (const seed of SEEDS) {
      const made = generateCase(schema, seed, 2);
      expect(validate(schema, parse(made.document))).toEqual([]);
      expect(generateCase(schema, seed, 2)).toEqual(made);
    }
  });

  it('have variables that fit', async () => {
    for (const seed of SEEDS) {
      const { document, variables, operationName } = generateCase(schema, seed, 2);
      for (const values of variables) {
        const { errors } = await execute(document, values, operationName);
        expect(errors.filter(({ path }) => path === undefined)).toEqual([]);
      }
    }
  });
});
