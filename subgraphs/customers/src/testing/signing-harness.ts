import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database, DatabaseOptions } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { createLocalJWKSet, jwtVerify, type JWK, type JWTPayload } from 'jose';
import { expect } from 'vitest';
import { createApp } from '../app.ts';
import { createSigning } from '../commands/signing/signing.ts';
import type { IdentityOptions } from '../identity-options.ts';
import type { Mail, Mailer } from '../mail/mailer.ts';
import { sendMails } from '../mail/send-mails.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Data = any;

export const PASSWORD = 'Ada’s plain password';
export const WRONG = 'somebody else’s guess';
/** The same for all apps of a test, so that each can open what another sealed. */
export const IDENTITY_SECRET = 'a secret of identity for tests, long enough';

const TOKENS = 'token expiresAt refreshToken refreshExpiresAt';
const SIGNED_IN = `... on SignedIn { ${TOKENS} customer { id email givenName familyName } }`;
const REFUSED = '... on UserError { code message path } ... on TooManyAttempts { retryAfterMs }';
const outcome = `__typename ${SIGNED_IN} ${REFUSED}`;
export const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { ${outcome} } }`;
export const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { ${outcome} } }`;
export const SIGN_OUT = 'mutation { signOut { __typename ... on SignedOut { ended } ... on UserError { code } } }';
export const REFRESH = `mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename
  ... on SessionRefreshed { ${TOKENS} } ... on UserError { code } ... on Busy { retryAfterMs } } }`;
const VERIFY = `mutation ($input: EmailVerifyInput!) { emailVerify(input: $input) { ${outcome} } }`;
const RESET_REQUEST = `mutation ($input: PasswordResetRequestInput!) { passwordResetRequest(input: $input) { __typename ${REFUSED} } }`;
const RESET = `mutation ($input: PasswordResetInput!) { passwordReset(input: $input) { ${outcome} } }`;
const ENSURE = 'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId created } }';
const SIGNING_KEYS = '{ signingKeys { kid publicKey } }';
const TOPICS = ['customers.customer.changed', 'customers.identity.verified', 'customers.session.compromised'];

/** A database with apps on it, as many as a test starts, and what comes of them. */
export interface SigningHarness {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly service: Service;
  readonly statements: string[];
  readonly heard: DomainEvent[];
  readonly log: string[];
  readonly mails: Mail[];
  start(options?: Partial<DatabaseOptions>, identity?: IdentityOptions): Promise<Service>;
  publicly(query: string, variables?: Record<string, unknown>, call?: Call, at?: Service): Promise<Data>;
  internal(query: string, variables?: Record<string, unknown>, at?: Service): Promise<Data>;
  signUp(email: string, more?: Record<string, unknown>, call?: Call, at?: Service): Promise<Data>;
  signIn(email: string, password?: string, call?: Call, at?: Service): Promise<Data>;
  refresh(refreshToken: string, call?: Call, at?: Service): Promise<Data>;
  verify(token: string, at?: Service, password?: string | null, call?: Call): Promise<Data>;
  requestReset(email: string): Promise<Data>;
  reset(token: string, newPassword?: string, at?: Service): Promise<Data>;
  ensure(email: string): Promise<{ customerId: string | null; created: boolean }>;
  signingKeys(at?: Service): Promise<{ kid: string; publicKey: JWK }[]>;
  /** What an access token says, by the keys that are published. @throws when it is not good for the channel. */
  claimsOf(token: string, channel?: string, at?: Service): Promise<JWTPayload & Record<string, Data>>;
  /** The caller that an edge makes of an access token. */
  callerOf(token: string, channel?: string): Promise<Call>;
  /** The newest mail to an address, which is sent if it waits. */
  mailTo(email: string, subject?: RegExp): Promise<Mail>;
  /** The token in the newest mail to an address. */
  tokenTo(email: string, subject?: RegExp): Promise<string>;
  /** Stops all apps but the first: those of another time would send and forget what belongs to the next test. */
  stopOthers(): Promise<void>;
  stop(): Promise<void>;
}

export const tokenIn = ({ text }: Mail): string => /#token=(\S+)/.exec(text)![1]!;

export async function createSigningHarness(): Promise<SigningHarness> {
  const database = await createTestDatabase(['customers']);
  const apps: Service[] = [];
  const statements: string[] = [];
  const heard: DomainEvent[] = [];
  const log: string[] = [];
  const mails: Mail[] = [];
  const mailer: Mailer = { send: async (mail) => void mails.push(mail) };
  const settings = { mailer, from: 'Shop <shop@example.com>', linkBase: 'https://shop.example.com/' };
  const { customers: identity } = await createTestIdentities(['customers']);
  const logger = createLogger('customers', 'trace', { write: (line) => void log.push(line) });

  const start = async (options: Partial<DatabaseOptions> = {}, more: IdentityOptions = {}) => {
    const bus = createMemoryBus();
    await bus.consume('test', TOPICS, async (events) => void heard.push(...events));
    const db = database.open('customers', options);
    const app = createApp({ db, bus, identity, logger, identitySecret: IDENTITY_SECRET, mail: settings, ...more });
    apps.push(app);
    await app.start();
    return app;
  };
  const db = database.open('customers');
  const service = await start({ onQuery: (query) => void statements.push(query) });
  const sealing = createSigning(db, { identitySecret: IDENTITY_SECRET }).sealing;

  const ask = async (path: string, query: string, variables: Record<string, unknown>, call: Call, at: Service) => {
    const { data, errors } = await at.graph(path).execute<Data>({ query, variables }, call);
    expect(errors).toBeUndefined();
    return data;
  };
  const harness: SigningHarness = {
    database,
    db,
    service,
    statements,
    heard,
    log,
    mails,
    start,
    publicly: (query, variables = {}, call = asGuest(), at = service) =>
      at.graph().execute<Data>({ query, variables }, call),
    internal: (query, variables = {}, at = service) => ask('/internal/graphql', query, variables, asService(), at),
    signUp: async (email, more = {}, call = asGuest(), at = service) =>
      (await ask('/graphql', SIGN_UP, { input: { email, password: PASSWORD, ...more } }, call, at)).signUp,
    signIn: async (email, password = PASSWORD, call = asGuest(), at = service) =>
      (await ask('/graphql', SIGN_IN, { input: { email, password } }, call, at)).signIn,
    refresh: async (refreshToken, call = asGuest(), at = service) =>
      (await ask('/graphql', REFRESH, { input: { refreshToken } }, call, at)).sessionRefresh,
    verify: async (token, at = service, password = PASSWORD, call = asGuest()) =>
      (await ask('/graphql', VERIFY, { input: { token, password } }, call, at)).emailVerify,
    requestReset: async (email) =>
      (await ask('/graphql', RESET_REQUEST, { input: { email } }, asGuest(), service)).passwordResetRequest,
    reset: async (token, newPassword = 'a password of another kind', at = service) =>
      (await ask('/graphql', RESET, { input: { token, newPassword } }, asGuest(), at)).passwordReset,
    ensure: async (email) => (await harness.internal(ENSURE, { input: { email } })).customerEnsure,
    signingKeys: async (at = service) => (await harness.internal(SIGNING_KEYS, {}, at)).signingKeys,
    async claimsOf(token, channel = 'web', at = service) {
      const keys = (await harness.signingKeys(at)).map(({ publicKey }) => publicKey);
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }), {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: 'kontor',
        audience: `kontor:${channel}`,
      });
      return payload;
    },
    async callerOf(token, channel = 'web') {
      const { sub, sid, exp, role, scopes, customerId } = await harness.claimsOf(token, channel);
      const caller = { role, subject: sub, channel, scopes, customerId, credentialId: sid, expiresAt: exp! * 1000 };
      return callAs(caller as unknown as Caller);
    },
    mailTo: (email, subject = /./) =>
      eventually(async () => {
        await sendMails({ ...settings, db, sealing, logger });
        const found = mails.findLast((mail) => mail.to === email && subject.test(mail.subject));
        expect(found, `a mail to ${email}`).toBeDefined();
        return found!;
      }),
    tokenTo: async (email, subject) => tokenIn(await harness.mailTo(email, subject)),
    async stopOthers() {
      for (const app of apps.splice(1)) await app.stop();
    },
    async stop() {
      for (const app of apps) await app.stop();
      await database.drop();
    },
  };
  return harness;
}
