import { EnvError, parseEnv } from '@kontor/kit/src/env.ts';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { oidcIssuersJson, readOidcIssuers } from './oidc-issuers.ts';

const issuer = { issuer: 'https://login.example.com', audience: 'shop', channels: ['web'], role: 'customer' };

it('reads an issuer with defaults that are safe', () => {
  expect(readOidcIssuers([issuer])).toEqual([
    {
      ...issuer,
      audience: ['shop'],
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      allowPrivateAddresses: false,
      staffClaim: 'sub',
      claims: { givenName: 'given_name', familyName: 'family_name' },
    },
  ]);
});

it.each([
  ['http://login.example.com', 'https'],
  ['ftp://login.example.com', 'https'],
  ['https://user:password@login.example.com', 'credentials'],
  ['https://login.example.com?tenant=1', 'query'],
  ['login.example.com', 'URL'],
])('refuses the issuer %s', (name, reason) => {
  expect(() => readOidcIssuers([{ ...issuer, issuer: name }])).toThrow(reason);
});

it.each([
  [{ algorithms: ['HS256'] }, 'algorithms'],
  [{ algorithms: ['none'] }, 'algorithms'],
  [{ algorithms: [] }, 'algorithms'],
  [{ audience: [] }, 'audience'],
  [{ channels: [] }, 'channels'],
  [{ role: 'service' }, 'role'],
  [{ jwksUri: 'http://keys.example.com' }, 'jwksUri'],
  [{ audiance: 'shop' }, 'audiance'],
])('refuses %j and names the field', (change, field) => {
  expect(() => readOidcIssuers([{ ...issuer, ...change }])).toThrow(field);
});

it('refuses one issuer twice in a channel, and takes it in two', () => {
  expect(() => readOidcIssuers([issuer, { ...issuer, role: 'staff' }])).toThrow('stands twice for the channel "web"');
  expect(readOidcIssuers([issuer, { ...issuer, role: 'staff', channels: ['pos'] }])).toHaveLength(2);
});

it.each(['no json', '{}', '[{"issuer":"http://x.example"}]'])('is a clear line at the start: %s', (text) => {
  const shape = z.object({ OIDC_ISSUERS: oidcIssuersJson().optional().describe('whom people may sign in by') });
  expect(() => parseEnv(shape, { OIDC_ISSUERS: text })).toThrow(EnvError);
  expect(() => parseEnv(shape, { OIDC_ISSUERS: text })).toThrow('OIDC_ISSUERS');
  expect(parseEnv(shape, {}).OIDC_ISSUERS).toBeUndefined();
});
