import { newId } from '@kontor/kit/src/ids.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRefreshToken, refreshTokenOf } from '../commands/signing/refresh-token.ts';
import { oneTimeTokenOf, readOneTimeToken, subjectOfAddress } from './one-time-token.ts';
import { createSealing, SealError } from './sealing.ts';

const sealingOf = (secret: string) => createSealing(async () => Buffer.from(secret));
const sealing = sealingOf('a secret of thirty-two characters or so');
const other = sealingOf('another secret of thirty-two characters');

describe('sealing', () => {
  it('opens what it sealed, for the same purpose and row, by any process with the secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const sealed = await sealing.seal('one-time-payload', 'row-1', text.toWellFormed());
        const again = sealingOf('a secret of thirty-two characters or so');
        expect(await again.open('one-time-payload', 'row-1', sealed)).toBe(text.toWellFormed());
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  it('opens nothing of another secret, purpose or row, and nothing that was changed', async () => {
    const sealed = await sealing.seal('signing-key', 'row-1', 'a private key');
    expect(sealed).not.toContain(Buffer.from('a private key').toString('base64url'));
    // The first character of the tag: of the last one some bits mean nothing.
    const changed = sealed.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
    for (const opening of [
      () => other.open('signing-key', 'row-1', sealed),
      () => sealing.open('one-time-payload', 'row-1', sealed),
      () => sealing.open('signing-key', 'row-2', sealed),
      () => sealing.open('signing-key', 'row-1', changed),
      () => sealing.open('signing-key', 'row-1', 'no token'),
      () => sealing.open('signing-key', 'row-1', ''),
    ])
      await expect(opening()).rejects.toBeInstanceOf(SealError);
  });

  it('asks for the secret once, and again only after it could not be read', async () => {
    let asked = 0;
    const failing = createSealing(async () => {
      asked += 1;
      if (asked === 1) throw new Error('no database');
      return Buffer.from('a secret');
    });
    await expect(failing.mac('refresh-token', Buffer.from('x'))).rejects.toThrow('no database');
    await Promise.all([
      failing.mac('refresh-token', Buffer.from('x')),
      failing.mac('one-time-token', Buffer.from('x')),
    ]);
    expect(asked).toBe(2);
  });
});

describe('tokens', () => {
  it('tell the session and the generation to those who have the secret', async () => {
    for (const generation of [0, 1, 2 ** 31 - 1]) {
      const parts = { sessionId: newId(), generation };
      const token = await refreshTokenOf(sealing, parts);
      expect(token).toMatch(/^rt_[\w-]{70}$/);
      expect(await readRefreshToken(sealing, token)).toEqual(parts);
      expect(await readRefreshToken(other, token)).toBeNull();
    }
  });

  it('of a purpose are good for no other', async () => {
    const tokenId = newId();
    const token = await oneTimeTokenOf(sealing, { purpose: 'password-reset', tokenId });
    expect(await readOneTimeToken(sealing, { purpose: 'password-reset', token })).toBe(tokenId);
    expect(await readOneTimeToken(sealing, { purpose: 'email-claim', token })).toBeNull();
    expect(await readOneTimeToken(other, { purpose: 'password-reset', token })).toBeNull();
  });

  it('are null for any other text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^(rt|ot)_[\w-]{64,70}$/)),
        async (text) => {
          expect(await readRefreshToken(sealing, text)).toBeNull();
          expect(await readOneTimeToken(sealing, { purpose: 'password-reset', token: text })).toBeNull();
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it('about an address are found by an id that tells nothing of it without the secret', async () => {
    const subject = await subjectOfAddress(sealing, 'ada@example.com');
    expect(subject).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await subjectOfAddress(sealing, 'ada@example.com')).toBe(subject);
    expect(await subjectOfAddress(other, 'ada@example.com')).not.toBe(subject);
  });
});
