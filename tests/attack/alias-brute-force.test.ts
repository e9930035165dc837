/** Many attempts at a secret in one request, by aliases, fragments and batches; and how attempts count when they come one by one. */
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createSigningHarness, type SigningHarness } from '@kontor/customers/src/testing/signing-harness.ts';
import { buildChannelGraph, readSdl } from '@kontor/kit/src/graph/sdl.ts';
import { checkLimits, INTERNAL_LIMITS, PUBLIC_LIMITS } from '@kontor/kit/src/graph/limits.ts';
import { asGuest, asStaff, callAs } from '@kontor/testkit/src/callers.ts';
import {
  getNamedType,
  isInputObjectType,
  Kind,
  parse,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../contract/channels/channel.ts';
import { CHANNEL_KEYS, startAttackedChannel, type ChannelName } from './fixture/channels.ts';
import { expectRefused } from './fixture/expect-refusal.ts';
import { send } from './fixture/http.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { openRawSocket } from './fixture/raw-socket.ts';
import { SCHEMAS } from './idor-coordinates.ts';

const verified = vi.hoisted(() => ({ count: 0 }));
vi.mock(import('../../subgraphs/customers/src/passwords/argon2id.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    verifyPassword: (...given) => {
      verified.count += 1;
      return real.verifyPassword(...given);
    },
  };
});

/** Texts that somebody could try to guess. */
const SECRET = /(?:password|pin|token)$/i;
/** Their tokens have 256 random bits: a thousand guesses are as good as none. */
const UNGUESSABLE: ReadonlySet<string> = new Set([
  'cartLinesSet',
  'cartAddressSet',
  'cartShippingSet',
  'cartMerge',
  'checkout',
]);

function takesSecret(name: string, type: GraphQLInputType): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return SECRET.test(name);
  return Object.values(named.getFields()).some((field) => takesSecret(field.name, field.type));
}

/** Mutations at which a secret is tried. */
const triesIn = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getMutationType()?.getFields() ?? {})
    .filter(({ name, args }) => !UNGUESSABLE.has(name) && args.some((each) => takesSecret(each.name, each.type)))
    .map(({ name }) => name);

const GRAPHS = Object.fromEntries<GraphQLSchema>([
  ...Object.entries(SCHEMAS),
  ...globSync(new URL('../../bffs/*/schema.graphql', import.meta.url).pathname).map(
    (path) => [`bff-${basename(dirname(path))}`, buildChannelGraph(readSdl(path), {})] as const,
  ),
]);
const TRIES = Object.entries(GRAPHS).flatMap(([graph, schema]) =>
  triesIn(schema).map((name) => [graph, name] as const),
);

/** The same mutation many times in one document. */
const repeated = (name: string): Readonly<Record<string, string>> => ({
  'two aliases': `mutation { a: ${name} { __typename } b: ${name} { __typename } }`,
  'a hundred aliases': `mutation { ${Array.from({ length: 100 }, (_, n) => `a${n}: ${name} { __typename }`).join(' ')} }`,
  'an alias in a fragment': `mutation { ...A b: ${name} { __typename } } fragment A on Mutation { a: ${name} { __typename } }`,
  'inline fragments': `mutation { ... { a: ${name} { __typename } } ... on Mutation { b: ${name} { __typename } } }`,
  'something else beside it': `mutation { ${name} { __typename } __typename signOut { __typename } }`,
});

const operationOf = ({ definitions }: DocumentNode): OperationDefinitionNode =>
  definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)!;

describe('a mutation that takes a password, a PIN or a token', () => {
  it('is one of those that are known', () => {
    expect(triesIn(SCHEMAS.customers).sort()).toEqual([
      'companyInvitationAccept',
      'emailVerify',
      'identityVerify',
      'passwordChange',
      'passwordReset',
      'sessionRefresh',
      'signIn',
      'signInExternal',
      'signUp',
      'staffPinSet',
      'staffSignIn',
    ]);
  });

  it.each(TRIES)('in %s, %s, stands alone in its document, whoever sends it', (_graph, name) => {
    for (const text of Object.values(repeated(name))) {
      const document = parse(text);
      for (const limits of [PUBLIC_LIMITS, INTERNAL_LIMITS])
        expect(() => checkLimits(document, operationOf(document), limits), text).toThrow(
          expect.objectContaining({
            extensions: expect.objectContaining({ code: 'DOCUMENT_TOO_COMPLEX' }) as unknown,
          }) as Error,
        );
    }
    const alone = parse(`mutation { ${name} { __typename } }`);
    expect(() => checkLimits(alone, operationOf(alone), PUBLIC_LIMITS)).not.toThrow();
  });
});

const INPUT = '(input: { email: "a@example.com", password: "a guess of somebody" })';
const STAFF_INPUT = '(input: { staffCode: "ada", pin: "408215" })';

describe.each([
  ['web', `signIn${INPUT}`],
  ['mobile', `signIn${INPUT}`],
  ['b2b', `signIn${INPUT}`],
  ['pos', `staffSignIn${STAFF_INPUT}`],
] as const)('the BFF %s', (name: ChannelName, field) => {
  let channel: Channel;
  beforeAll(async () => {
    channel = await startAttackedChannel(name);
  });
  afterAll(() => channel.stop());

  it.each(Object.keys(repeated('')))('refuses %s over HTTP and over a socket, and asks nobody', async (how) => {
    const query = repeated(field)[how]!;
    expectRefused(await send(channel.url, { query }, CHANNEL_KEYS[name]), 'DOCUMENT_TOO_COMPLEX');
    const socket = await openRawSocket(channel.url, CHANNEL_KEYS[name]);
    const [answer] = await socket.run('1', { query });
    expect(JSON.stringify(answer)).toContain('DOCUMENT_TOO_COMPLEX');
    await socket.close();
    expect(channel.router.calls).toEqual([]);
  });

  it('refuses an array of requests, and asks nobody', async () => {
    const one = { query: `mutation { ${field} { __typename } }` };
    for (const body of [[one], [one, one], Array.from({ length: 100 }, () => one)]) {
      const { status, text } = await send(channel.url, body, CHANNEL_KEYS[name]);
      expect([status, text]).toEqual([400, expect.stringContaining('BAD_REQUEST') as string]);
    }
    expect(channel.router.calls).toEqual([]);
  });
});

describe('the router', () => {
  let router: ProjectRouter;
  beforeAll(async () => {
    router = await startProjectRouter();
  });
  afterAll(() => router.stop());

  it.each(Object.keys(repeated('')))('refuses %s, and asks no subgraph', async (how) => {
    for (const name of [`signIn${INPUT}`, `staffSignIn${STAFF_INPUT}`])
      for (const key of [KEYS.partner, KEYS.administrator])
        expectRefused(await send(router.url, { query: repeated(name)[how]! }, key), 'DOCUMENT_TOO_COMPLEX');
    expect(router.asked).toEqual([]);
  });

  it('refuses an array of requests, and asks no subgraph', async () => {
    const one = { query: `mutation { signIn${INPUT} { __typename } }` };
    expect((await send(router.url, [one, one], KEYS.partner)).status).toBe(400);
    expect(router.asked).toEqual([]);
  });
});

describe('attempts', () => {
  let harness: SigningHarness;
  beforeAll(async () => {
    harness = await createSigningHarness();
    await harness.signUp('victim@example.com');
  });
  afterAll(() => harness.stop());
  beforeEach(async () => {
    await harness.db.sql`delete from customers.attempts`;
    verified.count = 0;
  });

  const types = (answers: readonly { __typename: string }[]) => {
    const counts = new Map<string, number>();
    for (const { __typename } of answers) counts.set(__typename, (counts.get(__typename) ?? 0) + 1);
    return Object.fromEntries([...counts].sort());
  };
  const guess = (email: string) => harness.signIn(email, 'somebody else’s guess');

  it.each(['victim@example.com', 'nobody@example.com'])(
    'at the password of %s count each for itself when many come at once: no more are made than the limit allows',
    async (email) => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => guess(email)));
      expect(types(answers)).toEqual({ InvalidCredentials: 5, TooManyAttempts: 25 });
      expect(verified.count).toBe(5);
    },
  );

  it('over the limit are refused with the right password as well', async () => {
    for (let count = 0; count < 5; count += 1) await guess('victim@example.com');
    expect(await harness.signIn('victim@example.com')).toMatchObject({ __typename: 'TooManyAttempts' });
  });

  it('at many accounts from one network address count together', async () => {
    const call = { ...asGuest(), clientAddress: '203.0.113.7' };
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => harness.signIn(`someone-${n}@example.com`, 'a guess of somebody', call)),
    );
    const { TooManyAttempts, ...made } = types(answers);
    expect(TooManyAttempts).toBe(10);
    expect(Object.values(made).reduce((sum, each) => sum + each, 0)).toBe(50);
  });

  it.each([
    ['emailVerify', 'EmailVerifyInput', { token: 'ot_guess' }],
    ['passwordReset', 'PasswordResetInput', { token: 'ot_guess', newPassword: 'a password of a thief' }],
  ])('at tokens of %s from one network address count each for itself', async (name, type, input) => {
    const call = { ...asGuest(), clientAddress: '203.0.113.8' };
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`;
    const answers = await Promise.all(
      Array.from({ length: 60 }, async () => (await harness.publicly(query, { input }, call)).data[name]),
    );
    expect(types(answers)).toEqual({ InvalidToken: 50, TooManyAttempts: 10 });
    expect(verified.count).toBe(0);
  });

  it('at the PIN of a person of the staff count each for itself, on however many devices', async () => {
    const staff = asStaff(['staff:write', 'devices:write', 'channels:write']);
    const done = async (name: string, input: object, selection: string) => {
      const inputType = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { __typename ${selection} } }`;
      return (await harness.publicly(query, { input }, staff)).data[name];
    };
    const person = { code: 'clerk', name: 'Clerk', scopes: [] };
    const { staffMember } = await done('staffMemberSet', person, '... on StaffMemberSet { staffMember { id } }');
    await done('staffPinSet', { staffId: staffMember.id, pin: '592074' }, '');
    const devices = await Promise.all(
      ['one', 'two', 'three'].map(async (label) => {
        const device = { label, channel: 'pos', locationId: staffMember.id };
        return (await done('deviceRegister', device, '... on DeviceRegistered { device { id } }')).device.id as string;
      }),
    );
    verified.count = 0;
    const query = 'mutation ($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename } }';
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const deviceId = devices[n % devices.length]!;
        const call = callAs({ role: 'device', subject: deviceId, deviceId, channel: 'pos', scopes: [] });
        return (await harness.publicly(query, { input: { staffCode: 'clerk', pin: '111222' } }, call)).data.staffSignIn;
      }),
    );
    expect(types(answers)).toEqual({ InvalidCredentials: 5, TooManyAttempts: 25 });
    expect(verified.count).toBe(5);
  });
});
