import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkLimits, PUBLIC_LIMITS } from './limits.ts';

const check = (text: string) => {
  const document = parse(text);
  return () => checkLimits(document, getOperationAST(document)!, PUBLIC_LIMITS);
};
const nested = (depth: number) => '{ a '.repeat(depth) + '}'.repeat(depth);

describe('document limits', () => {
  it('let ten levels pass and refuse eleven', () => {
    expect(check(nested(10))).not.toThrow();
    expect(check(nested(11))).toThrow('at most 10 levels of depth');
  });

  it('count depth and aliases inside of fragments wherever they are spread', () => {
    expect(check(`{ a { ...F } } fragment F on T ${nested(10)}`)).toThrow('levels of depth');
    expect(check(`{ ${'...F '.repeat(4)} } fragment F on T { a: x b: x c: x d: x }`)).toThrow('at most 15 aliases');
  });

  it('stop fragments that multiply', () => {
    const doubling = Array.from(
      { length: 20 },
      (_, index) => `fragment F${index} on T { ...F${index + 1} ...F${index + 1} }`,
    ).join(' ');
    expect(check(`{ a { ...F0 } } ${doubling} fragment F20 on T { x }`)).toThrow('fields after spreading fragments');
  });

  it('let introspection be as deep as tools need it', () => {
    expect(check(`{ __schema { types ${nested(12)} } }`)).not.toThrow();
  });

  it('let a sign-in stand alone: aliases, fragments and repetition do not make two of one request', () => {
    expect(check('mutation { __typename signIn { x } }')).not.toThrow();
    for (const text of [
      'mutation { a: signIn { x } b: signIn { x } }',
      'mutation { signIn { x } signIn { y } }',
      'mutation { signUp { x } ...F } fragment F on M { ... { b: signIn { x } } }',
      'mutation { cartCreate { x } signIn { x } }',
    ])
      expect(check(text)).toThrow(/at most 1 root field when one of them is sign/);
  });

  it('bound root fields and directives', () => {
    expect(check(`{ ${Array.from({ length: 11 }, (_, index) => `f${index}`).join(' ')} }`)).toThrow(
      'at most 10 root fields',
    );
    expect(check(`{ a ${'@skip(if: false) '.repeat(21)} }`)).toThrow('at most 20 directives');
  });
});
