import { readFileSync } from 'node:fs';
import { checkLimits, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { getOperationAST, OperationTypeNode, parse, validate, type OperationDefinitionNode } from 'graphql';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGeneration } from './planning/generation.ts';
import { normaliseOperation } from './planning/normalise-operation.ts';

const generation = await loadGeneration(
  readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'),
);
afterAll(() => generation.close());
const examples = loadExamples(new URL('../../schema/operations/router/', import.meta.url));

describe('the examples for partners', () => {
  test.each(examples)(
    '$title: fits the graph, the limits of partners and its variables, and has a plan',
    async ({ query, variables = '{}' }) => {
      const document = parse(query, { maxTokens: PUBLIC_LIMITS.tokens });
      expect(validate(generation.schema, document)).toEqual([]);
      const operation = getOperationAST(document) as OperationDefinitionNode;
      checkLimits(document, operation, PUBLIC_LIMITS);
      const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
      expect(Object.keys(JSON.parse(variables) as object).sort()).toEqual(declared.sort());
      const { node } = await generation.plan({ text: normaliseOperation(document, operation).text });
      expect(node?.kind === 'Subscription').toBe(operation.operation === OperationTypeNode.SUBSCRIPTION);
    },
  );
});
