import { readFileSync } from 'node:fs';
import { createEdgeAuthenticator } from '@kontor/kit/src/auth/edge.ts';
import { internalScopeOf } from '@kontor/kit/src/auth/policy.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createTokenKey, signToken } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('customers has what edges ask it, and lets edges ask it', async () => {
  const schema = buildSchema(
    `${read('packages/kit/schema/common.graphql')}\n${read('subgraphs/customers/internal.graphql')}`,
    { assumeValidSDL: true },
  );
  const asked: string[] = [];
  const fake = createFakeCustomers(createTokenKey());
  const customers: GraphClient = {
    ...fake,
    execute(request, call) {
      asked.push(request.query);
      return fake.execute(request, call);
    },
  };
  const edge = createEdgeAuthenticator({
    customers,
    service: 'edge',
    channel: 'web',
    guests: true,
    roles: ['customer'],
  });
  const key = createTokenKey();
  fake.keys = [key];
  await edge.authenticate({ authorization: `Bearer ${signToken(key)}` });
  await expect(edge.authenticate({ authorization: 'Bearer unknown' })).rejects.toThrow('This key is unknown');
  const documents = asked.map((query) => parse(query));
  expect(documents.flatMap((document) => validate(schema, document)).map(({ message }) => message)).toEqual([]);
  const fields = documents
    .flatMap(({ definitions }) => definitions)
    .flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []))
    .flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));
  expect(fields.sort()).toEqual(['authenticate', 'credentialRefusal', 'revocations', 'signingKeys']);
  expect(fields.map((field) => internalScopeOf(`Query.${field}`))).toEqual(Array(4).fill('edge'));
});
