import { buildSchema, graphql, parse, subscribe, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../auth/caller.ts';
import { guestOf } from '../auth/caller.ts';
import { requestFault } from '../errors.ts';
import { enforceAdmission, type Admit, type Guests } from './admission.ts';

const SDL = `
  type Query { account: String productPage: String }
  type Mutation { signIn: String sessionRefresh: String profileUpdate: String }
  type Subscription { availabilityChanged: String }
`;
const customer: Caller = { role: 'customer', subject: 'ada', channel: 'b2b', scopes: [], customerId: 'ada' };

function schemaWith(guests: Guests, admit?: Admit): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const type of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(type!.getFields())) field.resolve = () => 'done';
  schema.getSubscriptionType()!.getFields()['availabilityChanged']!.subscribe = async function* () {
    yield { availabilityChanged: 'done' };
  };
  return enforceAdmission(schema, guests, admit);
}

/** The answer of one field, or the code of its error. */
async function ask(schema: GraphQLSchema, source: string, caller: Caller): Promise<unknown> {
  const { data, errors } = await graphql({ schema, source, contextValue: { caller } });
  return errors?.[0]?.extensions['code'] ?? Object.values(data!)[0];
}

describe('a channel that guests come to only to sign in', () => {
  const guest = guestOf('b2b');

  it.each([
    ['mutation { signIn }', 'done'],
    ['mutation { sessionRefresh }', 'done'],
    ['mutation { profileUpdate }', 'UNAUTHENTICATED'],
    ['{ account }', 'UNAUTHENTICATED'],
    ['{ productPage }', 'UNAUTHENTICATED'],
  ])('answers a guest who sends %s with %s', async (source, answer) => {
    expect(await ask(schemaWith('to-sign-in'), source, guest)).toBe(answer);
  });

  it('opens no subscription for a guest', async () => {
    const opened = await subscribe({
      schema: schemaWith('to-sign-in'),
      document: parse('subscription { availabilityChanged }'),
      contextValue: { caller: guest },
    });
    expect(opened).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('answers everything else to whoever has signed in', async () => {
    expect(await ask(schemaWith('to-sign-in'), '{ account }', customer)).toBe('done');
  });
});

it('leaves guests everything where everybody is welcome', async () => {
  expect(await ask(schemaWith(true), '{ account }', guestOf('web'))).toBe('done');
});

it('asks what else a caller must be for each root field by its name', async () => {
  const asked: string[] = [];
  const schema = schemaWith(false, (caller, coordinate) => {
    asked.push(`${caller.subject} ${coordinate}`);
    if (coordinate === 'Query.account') throw requestFault('FORBIDDEN', 'For members.');
  });
  expect(await ask(schema, '{ account }', customer)).toBe('FORBIDDEN');
  expect(await ask(schema, 'mutation { signIn }', customer)).toBe('done');
  expect(asked).toEqual(['ada Query.account', 'ada Mutation.signIn']);
});
