import { SignJWT, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestOf } from './caller.ts';
import { createIdentity, generateInternalKeys, type Identity, type InternalKeys } from './internal-token.ts';

describe('internal tokens', () => {
  let keys: Record<string, InternalKeys>;
  let web: Identity;
  let router: Identity;
  let stock: Identity;
  beforeAll(async () => {
    keys = await generateInternalKeys(['bff-web', 'router', 'stock']);
    [web, router, stock] = (await Promise.all(
      ['bff-web', 'router', 'stock'].map((name) => createIdentity(name, keys[name]!)),
    )) as [Identity, Identity, Identity];
  });
  const refused = (token: Promise<string> | string, at = router) =>
    expect(Promise.resolve(token).then((text) => at.verify(text))).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
  const forge = async (kid: string, signer: string, claims: Record<string, unknown>, lifetime = '60s') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .setIssuer(signer)
      .setAudience('router')
      .setExpirationTime(lifetime)
      .sign(await importJWK(keys[signer]!.privateKey, 'EdDSA'));

  it('carry the caller and who vouches for it', async () => {
    const token = await web.sign(guestOf('web'), 'router');
    expect(await router.verify(token)).toEqual({ caller: guestOf('web'), issuer: 'bff-web' });
  });

  it('are made once for the same caller and audience', async () => {
    expect(await web.sign(guestOf('web'), 'router')).toBe(await web.sign(guestOf('web'), 'router'));
    expect(await web.sign(guestOf('mobile'), 'router')).not.toBe(await web.sign(guestOf('web'), 'router'));
  });

  it('are good for one audience only', () => refused(web.sign(guestOf('web'), 'router'), stock));

  it('are refused when another service signed in the name of one', () =>
    refused(forge('bff-web', 'stock', { caller: guestOf('web') })));

  it('speak for the service that signed, and for no other', async () => {
    const caller = (subject: string) => ({ role: 'service', subject, channel: null, scopes: [] });
    expect((await router.verify(await forge('stock', 'stock', { caller: caller('stock') }))).caller.subject).toBe(
      'stock',
    );
    await refused(forge('stock', 'stock', { caller: caller('orders') }));
  });

  it('are refused after they expired', () => refused(forge('stock', 'stock', { caller: guestOf('web') }, '-1s')));

  it('are refused without an algorithm, with nonsense in them, or with a caller of no known role', async () => {
    await refused('eyJhbGciOiJub25lIn0.eyJhdWQiOiJyb3V0ZXIifQ.');
    await refused('not a token');
    await refused(forge('stock', 'stock', { caller: { ...guestOf('web'), role: 'root' } }));
  });

  it('are refused when a stranger made the keys', async () => {
    const strangers = await generateInternalKeys(['bff-web']);
    const stranger = await createIdentity('bff-web', strangers['bff-web']!);
    await refused(stranger.sign(guestOf('web'), 'router'));
  });
});
