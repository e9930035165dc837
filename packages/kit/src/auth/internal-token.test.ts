import { SignJWT, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestOf, serviceCaller, type Caller } from './caller.ts';
import { createIdentity, generateInternalKeys, type Identity, type InternalKeys } from './internal-token.ts';
import { hasScope, internalScopeOf } from './policy.ts';

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

  describe('of a service with channels', () => {
    const bound = async (channels: Record<string, readonly string[]>) => {
      const of = await generateInternalKeys(['bff-web', 'orders', 'router', 'stock'], channels);
      // As they travel: by the environment.
      return async (name: string) => createIdentity(name, JSON.parse(JSON.stringify(of[name])) as InternalKeys);
    };
    const CHANNELS = { 'bff-web': ['web', 'outlet'], orders: [], stock: [] };

    it('vouch for callers of these channels alone, whatever they are', async () => {
      const identity = await bound(CHANNELS);
      const [from, at] = [await identity('bff-web'), await identity('router')];
      for (const channel of ['web', 'outlet'])
        expect(await at.verify(await from.sign(guestOf(channel), 'router'))).toEqual({
          caller: guestOf(channel),
          issuer: 'bff-web',
        });
      const roles = ['guest', 'customer', 'device', 'staff', 'integration'] as const;
      for (const role of roles)
        for (const channel of ['b2b', '', 'Web', null])
          await refused(from.sign({ role, subject: 'x', channel, scopes: [] }, 'router'), at);
    });

    it('vouch for the same at every service, not at the router alone', async () => {
      const identity = await bound(CHANNELS);
      const [from, at] = [await identity('bff-web'), await identity('stock')];
      await refused(from.sign({ role: 'staff', subject: 'x', channel: 'pos', scopes: ['*'] }, 'stock'), at);
    });

    it('make an edge of the service itself, which the internal graphs answer no more than it needs', async () => {
      const identity = await bound(CHANNELS);
      const [from, at] = [await identity('bff-web'), await identity('stock')];
      const { caller } = await at.verify(await from.sign(serviceCaller('bff-web'), 'stock'));
      expect(caller).toEqual({ ...serviceCaller('bff-web'), role: 'edge' });
      expect(hasScope(caller, internalScopeOf('Query.authenticate')!)).toBe(true);
      expect(hasScope(caller, internalScopeOf('Mutation.credentialUpsert')!)).toBe(false);
      expect(hasScope(caller, 'catalogue:read')).toBe(false);
      await refused(from.sign(serviceCaller('orders'), 'stock'), at);
      await refused(from.sign({ ...serviceCaller('bff-web'), role: 'edge', scopes: ['internal'] }, 'stock'), at);
    });

    it('vouch for nobody where there are no channels, and for everybody where channels are not said', async () => {
      const identity = await bound(CHANNELS);
      const [orders, through, at] = await Promise.all(['orders', 'router', 'stock'].map(identity));
      await refused(orders!.sign(guestOf('web'), 'stock'), at);
      const { caller } = await at!.verify(await orders!.sign(serviceCaller('orders'), 'stock'));
      expect(hasScope(caller, 'internal')).toBe(true);
      expect((await at!.verify(await through!.sign(guestOf('b2b'), 'stock'))).caller).toEqual(guestOf('b2b'));
    });
  });

  it('carry everything that is known of a caller', async () => {
    const caller: Caller = {
      role: 'customer',
      subject: 'ada',
      channel: 'b2b',
      scopes: ['x'],
      customerId: 'ada',
      companyId: 'company-1',
      companyRole: 'APPROVER',
      companyLocationId: 'location-1',
      groups: ['gold'],
      staffId: 'staff-1',
      deviceId: 'device-1',
      locationId: 'store-1',
      credentialId: 'session-1',
      expiresAt: 1,
    };
    for (const role of ['customer', 'device'] as const)
      expect((await router.verify(await web.sign({ ...caller, role }, 'router'))).caller).toEqual({ ...caller, role });
  });
});
