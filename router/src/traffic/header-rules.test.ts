import { describe, expect, it } from 'vitest';
import { compileHeaderRules, headerRule, pickHeaders, propagatedBy, type HeaderRule } from './header-rules.ts';

const rules = (...given: unknown[]): HeaderRule[] => given.map((rule) => headerRule.parse(rule));

describe('a rule', () => {
  it('takes names in any case and keeps them in lower case', () => {
    expect(rules({ propagate: 'Accept-Language', rename: 'X-Language' })).toEqual([
      { propagate: 'accept-language', rename: 'x-language' },
    ]);
  });

  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'host',
    'connection',
    'keep-alive',
    'transfer-encoding',
    'te',
    'upgrade',
    'proxy-authorization',
    'x-forwarded-for',
    'X-Forwarded-Host',
    'forwarded',
    'content-length',
    'x-request-id',
    'traceparent',
    'bad name',
    'x:y',
    '',
  ])('neither reads nor sets %j', (name) => {
    expect(headerRule.safeParse({ propagate: name }).success).toBe(false);
    expect(headerRule.safeParse({ propagate: 'x-a', rename: name }).success).toBe(false);
    expect(headerRule.safeParse({ insert: { name, value: 'x' } }).success).toBe(false);
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', 'ü', '\u0000', '', ' a'])('does not set the value %j', (value) => {
    expect(headerRule.safeParse({ insert: { name: 'x-a', value } }).success).toBe(false);
    expect(headerRule.safeParse({ propagate: 'x-a', default: value }).success).toBe(false);
  });

  it('has no unknown parts', () => {
    expect(headerRule.safeParse({ propagate: 'x-a', renamed: 'x-b' }).success).toBe(false);
    expect(headerRule.safeParse({ propagate: 'x-a', insert: { name: 'x-b', value: 'c' } }).success).toBe(false);
  });
});

describe('what a subgraph is sent', () => {
  const list = rules(
    { insert: { name: 'x-source', value: 'router' } },
    { propagate: 'accept-language' },
    { propagate: 'x-shop', rename: 'x-tenant', default: 'main' },
    { insert: { name: 'accept-language', value: 'en' } },
  );

  it('is what the rules say, later ones first, and nothing else', () => {
    const sent = compileHeaderRules(list);
    expect({ ...sent({ 'accept-language': 'de', 'x-shop': 'a', 'x-other': 'b' }) }).toEqual({
      'x-source': 'router',
      'accept-language': 'en',
      'x-tenant': 'a',
    });
    expect({ ...sent(undefined) }).toEqual({ 'x-source': 'router', 'accept-language': 'en', 'x-tenant': 'main' });
  });

  it('is nothing without rules, and when no header is there to pass on', () => {
    expect(compileHeaderRules([])({ 'accept-language': 'de' })).toBeUndefined();
    expect(compileHeaderRules(rules({ propagate: 'accept-language' }))({ 'x-a': 'b' })).toBeUndefined();
  });

  it('does not read properties that every object has', () => {
    expect(compileHeaderRules(rules({ propagate: 'constructor' }))({})).toBeUndefined();
  });
});

it('picks from a request the headers that rules read, if they have one good value', () => {
  const names = propagatedBy(rules({ propagate: 'accept-language' }, { propagate: 'x-a' }, { propagate: 'x-b' }));
  expect(names).toEqual(['accept-language', 'x-a', 'x-b']);
  const incoming = { 'accept-language': 'de', 'x-a': 'ü', 'x-b': ['1', '2'], authorization: 'Bearer x' };
  expect(Object.entries(pickHeaders(names, incoming)!)).toEqual([['accept-language', 'de']]);
  expect(pickHeaders(names, { cookie: 'a=b' })).toBeUndefined();
  expect(pickHeaders(['__proto__', 'constructor'], {})).toBeUndefined();
});
