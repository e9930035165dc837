import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { issueOneTimeToken } from '../commands/signing/one-time-tokens.ts';
import { createSigning, type Signing } from '../commands/signing/signing.ts';
import { MailRefused, type Mail } from './mailer.ts';
import { queueMail, type MailRequest } from './queue-mail.ts';
import { sendMails } from './send-mails.ts';

let database: TestDatabase;
let db: Database;
let signing: Signing;
let sent: Mail[];
const log: string[] = [];
const logger = createLogger('customers', 'trace', { write: (line) => void log.push(line) });

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  signing = createSigning(db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  sent = [];
  await db.sql`delete from customers.mails`;
});

const person = async (email: string, locale: string | null = null) => {
  const customerId = newId();
  const identityId = newId();
  await db.sql`insert into customers.customers (customer_id, given_name, locale, revision, created_at, updated_at)
    values (${customerId}, 'Ada', ${locale}, 1, now(), now())`;
  await db.sql`insert into customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
    values (${identityId}, ${customerId}, 'EMAIL', ${email}, true, now())`;
  return { customerId, identityId };
};
const queue = (request: MailRequest) => inTransaction(db, (tx) => queueMail(tx, request));
const record = async (mail: Mail) => void sent.push(mail);
const send = (deliver: (mail: Mail) => Promise<void> = record, nowOffset?: string) =>
  sendMails({
    db: nowOffset ? database.open('customers', { nowOffset }) : db,
    sealing: signing.sealing,
    logger,
    mailer: { send: deliver },
    from: 'shop@example.com',
    linkBase: 'https://shop.example.com/de',
  });
const waiting = () => db.sql<{ tries: number; row: string }[]>`select tries, m::text as row from customers.mails m`;

it('sends to the address that the person has when it is sent, in their language, once', async () => {
  const { customerId, identityId } = await person('first@example.com', 'de-AT');
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId }, locale: 'en' });
  await db.sql`update customers.identities set value = 'moved@example.com' where identity_id = ${identityId}`;
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(sent).toEqual([
    expect.objectContaining({ to: 'moved@example.com', locale: 'de', subject: 'Ihr Passwort wurde geändert' }),
  ]);
  expect(sent[0]!.text).toContain('Guten Tag Ada,');
  expect(sent[0]!.text).toContain('https://shop.example.com/de/forgot-password\n');
  expect(await waiting()).toEqual([]);
});

it('is not queued when its command is undone', async () => {
  const { customerId } = await person('undone@example.com');
  const undone = inTransaction(db, async (tx) => {
    await queueMail(tx, { kind: 'PASSWORD_CHANGED', to: { customerId } });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await waiting()).toEqual([]);
});

it('keeps neither an address nor a usable token in what waits', async () => {
  const { identityId } = await person('hidden@example.com');
  const { tokenId } = await inTransaction(db, async (tx) => {
    const issued = await issueOneTimeToken(signing, tx, {
      purpose: 'email-claim',
      subjectId: newId(),
      lifetimeS: 60,
      payload: { email: 'claimed@example.com', givenName: 'Grace' },
    });
    await queueMail(tx, { kind: 'EMAIL_CLAIM', to: issued });
    await queueMail(tx, { kind: 'EMAIL_VERIFICATION', to: { identityId }, tokenId: issued.tokenId });
    return issued;
  });
  const rows = JSON.stringify([
    await waiting(),
    await db.sql`select t::text as row from customers.one_time_tokens t where token_id = ${tokenId}`,
  ]);
  await send();
  expect(sent.map(({ to }) => to).sort()).toEqual(['claimed@example.com', 'hidden@example.com']);
  const token = /#token=(ot_[\w-]+)/.exec(sent[0]!.text)![1]!;
  for (const secret of [token, token.slice(10), 'example.com', 'Grace']) expect(rows).not.toContain(secret);
});

it('sends each once when many processes send at once, and again when one of them died before it noted it', async () => {
  const { customerId } = await person('crash@example.com');
  for (let index = 0; index < 25; index += 1) await queue({ kind: 'PASSWORD_CHANGED', to: { customerId } });
  const all = async () => {
    while ((await send()) > 0);
  };
  await Promise.all(Array.from({ length: 4 }, all));
  expect(sent).toHaveLength(25);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(25);

  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId } });
  const death = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<Mail>();
  const dying = send(async (mail) => {
    taken.resolve(mail);
    await death.promise;
  });
  const before = await taken.promise;
  expect(await send()).toBe(0);
  expect(await send(record, '121 seconds')).toBe(1);
  expect(sent.at(-1)!.id).toBe(before.id);
  death.resolve();
  await dying;
  expect(await waiting()).toEqual([]);
});

it('tries a mail that fails again after growing pauses, eight times, and says so without the address', async () => {
  const { customerId } = await person('unlucky@example.com');
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId } });
  const fail = async () => {
    throw new Error('connection of unlucky@example.com lost');
  };
  let tries = 0;
  for (const pause of [
    '0',
    '11 seconds',
    '1 minute',
    '4 minutes',
    '15 minutes',
    '59 minutes',
    '3 hours',
    '5 hours',
    '9 hours',
  ])
    tries += await send(fail, pause);
  expect(tries).toBe(8);
  expect(await waiting()).toEqual([]);
  expect(log.join('')).toContain('a mail is not sent any more');
  expect(log.join('')).toContain('tried too often');
  expect(log.join('')).not.toContain('example.com');
});

it('does not try again what the receiving side refuses for good', async () => {
  const { customerId } = await person('refused@example.com');
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId } });
  await send(async () => {
    throw new MailRefused('550');
  });
  expect(await waiting()).toEqual([]);
});

it('holds no mail up for another that fails', async () => {
  const { customerId } = await person('mixed@example.com');
  const other = await person('fine@example.com');
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId } });
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId: other.customerId } });
  await send(async (mail) => {
    if (mail.to === 'mixed@example.com') throw new Error('no');
    sent.push(mail);
  });
  expect(sent.map(({ to }) => to)).toEqual(['fine@example.com']);
  expect((await waiting()).map(({ tries }) => tries)).toEqual([1]);
});

it('sends nothing to somebody who was forgotten, whose address is gone, or whose link has ended', async () => {
  const erased = await person('erased@example.com');
  const gone = await person('gone@example.com');
  await queue({ kind: 'PASSWORD_CHANGED', to: { customerId: erased.customerId } });
  await queue({ kind: 'ACCOUNT_EXISTS', to: { identityId: gone.identityId } });
  await inTransaction(db, async (tx) => {
    const to = await issueOneTimeToken(signing, tx, {
      purpose: 'email-claim',
      subjectId: newId(),
      lifetimeS: 60,
      payload: { email: 'ended@example.com' },
    });
    await queueMail(tx, { kind: 'EMAIL_CLAIM', to });
    await tx.execute(sql`delete from customers.one_time_tokens`);
  });
  await db.sql`update customers.customers set erased_at = now(), given_name = null where customer_id = ${erased.customerId}`;
  await db.sql`delete from customers.identities where identity_id = ${gone.identityId}`;
  expect(await send()).toBe(3);
  expect(sent).toEqual([]);
  expect(await waiting()).toEqual([]);
});
