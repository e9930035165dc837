import { readFileSync } from 'node:fs';
import { checkLimits, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { getOperationAST, OperationTypeNode, parse, validate, type OperationDefinitionNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { collect } from './fixture/collect.ts';
import { readOwnership } from './ownership.ts';
import { createPolicyCheck } from './policy.ts';
import { forwardSubscriptions } from './subscriptions.ts';
import { apiSchemaOf } from './supergraph.ts';

const supergraphSdl = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const schema = apiSchemaOf(supergraphSdl);
const examples = loadExamples(new URL('../../schema/operations/router/', import.meta.url));

describe('the examples for partners', () => {
  test.each(examples)(
    '$title: fits the graph, the limits of partners and its variables',
    ({ query, variables = '{}' }) => {
      const document = parse(query, { maxTokens: PUBLIC_LIMITS.tokens });
      expect(validate(schema, document)).toEqual([]);
      const operation = getOperationAST(document) as OperationDefinitionNode;
      checkLimits(document, operation, PUBLIC_LIMITS);
      const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
      expect(Object.keys(JSON.parse(variables) as object).sort()).toEqual(declared.sort());
    },
  );

  test('hold subscriptions that one subgraph answers alone', async () => {
    const asked: string[] = [];
    const stock = {
      execute: () => Promise.reject(new Error('not a query')),
      subscribe: ({ query }: { query: string }) => (asked.push(query), (async function* () {})()),
    };
    const subscribe = forwardSubscriptions({
      schema,
      ownership: readOwnership(supergraphSdl),
      subgraphs: { stock },
      limitsOf: () => PUBLIC_LIMITS,
      policy: createPolicyCheck(schema),
    });
    const subscriptions = examples.filter(
      ({ query }) => getOperationAST(parse(query))?.operation === OperationTypeNode.SUBSCRIPTION,
    );
    for (const { query } of subscriptions) await collect(subscribe({ query }, asGuest()));
    expect(asked).toHaveLength(subscriptions.length);
    expect(subscriptions.length).toBeGreaterThan(0);
  });
});
