import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkLimits, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import {
  coerceInputValue,
  getOperationAST,
  parse,
  typeFromAST,
  validate,
  type GraphQLInputType,
  type OperationDefinitionNode,
} from 'graphql';
import { buildChannelGraph, readSdl } from '@kontor/kit/src/graph/sdl.ts';
import { describe, expect, it } from 'vitest';
import { staleChannels } from '../print-channels.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CHANNELS = ['web', 'mobile', 'pos', 'b2b', 'marketplace'];

it('commits what every BFF publishes', () => expect(staleChannels()).toEqual([]));

it.each(CHANNELS)('gives its shared types in %s the shape that every other channel gives them', (channel) => {
  const own = readFileSync(join(ROOT, `bffs/${channel}/schema.graphql`), 'utf8');
  expect(own).not.toMatch(
    /^(type|enum|scalar) (Money|TaxedMoney|PageInfo|VariantPrice|VariantAvailability|AvailabilityStatus)\b/m,
  );
});

describe.each(CHANNELS)('the examples of %s', (channel) => {
  const schema = buildChannelGraph(readSdl(join(ROOT, `bffs/${channel}/schema.graphql`)), {});
  const examples = loadExamples(new URL(`../../../schema/operations/${channel}/`, import.meta.url));

  it.each(examples)('$title: fits the schema, the limits and its variables', ({ query, variables = '{}' }) => {
    const document = parse(query, { maxTokens: PUBLIC_LIMITS.tokens });
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    checkLimits(document, operation, PUBLIC_LIMITS);
    const values = JSON.parse(variables) as Record<string, unknown>;
    for (const { variable, type } of operation.variableDefinitions ?? [])
      coerceInputValue(values[variable.name.value], typeFromAST(schema, type as never) as GraphQLInputType);
    const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    expect(declared).toEqual(expect.arrayContaining(Object.keys(values)));
  });

  it('ask every field of Query, Mutation and Subscription', () => {
    const asked = examples.flatMap(({ query }) =>
      (getOperationAST(parse(query)) as OperationDefinitionNode).selectionSet.selections.map((field) =>
        'name' in field ? field.name.value : '',
      ),
    );
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(roots.filter((root) => !asked.includes(root)).sort()).toEqual(
      channel === 'web' ? ['cart', 'cartAddressSet', 'order'] : [],
    );
  });
});

it('keeps no variables without an operation', () => {
  const left = globSync('schema/operations/*/*.json', { cwd: ROOT }).filter(
    (file) => globSync(file.replace(/\.json$/, '.graphql'), { cwd: ROOT }).length === 0,
  );
  expect(left).toEqual([]);
});
