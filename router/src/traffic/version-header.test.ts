import { asGuest, asStaff } from '@kontor/testkit/src/callers.ts';
import { expect, it } from 'vitest';
import { versionsOf } from './version-header.ts';

const tester = asStaff(['versions:choose']);

it('reads the versions that a tester or a service chose', () => {
  expect(versionsOf('stock=next, prices=v2', tester)).toEqual({ stock: 'next', prices: 'v2' });
  expect(versionsOf('stock=next', { ...asGuest(), issuer: 'web' })).toEqual({ stock: 'next' });
  expect(versionsOf(undefined, asGuest())).toBeUndefined();
  expect(versionsOf('', asGuest())).toBeUndefined();
});

it('refuses a caller without the scope', () => {
  expect(() => versionsOf('stock=next', asStaff(['stock:any']))).toThrow(
    expect.objectContaining({ extensions: { code: 'FORBIDDEN', http: { status: 403 }, scope: 'versions:choose' } }),
  );
});

it.each([
  'stock',
  'stock=',
  '=next',
  'stock=next,',
  'stock=next, stock=stable',
  'stock=../next',
  'stock=Next',
  `stock=${'x'.repeat(600)}`,
  ['stock=next', 'stock=stable'],
])('refuses a header that cannot be read: %j', (value) => {
  expect(() => versionsOf(value, tester)).toThrow(
    expect.objectContaining({ extensions: { code: 'BAD_REQUEST', http: { status: 400 } } }),
  );
});

it('takes names of properties of objects as names', () => {
  const versions = versionsOf('__proto__=next, constructor=stable', tester)!;
  expect(Object.entries(versions)).toEqual([
    ['__proto__', 'next'],
    ['constructor', 'stable'],
  ]);
  expect(Object.getPrototypeOf(versions)).toBeNull();
});
