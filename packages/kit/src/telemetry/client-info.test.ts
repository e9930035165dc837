import { describe, expect, it } from 'vitest';
import { readClientInfo } from './client-info.ts';

describe('who asks', () => {
  it.each(['apollographql-client', 'graphql-client'])('is read from %s-name and -version', (prefix) => {
    expect(readClientInfo({ [`${prefix}-name`]: 'ios-app', [`${prefix}-version`]: '7.1.0+42' })).toEqual({
      name: 'ios-app',
      version: '7.1.0+42',
    });
  });

  it('has an empty version when it does not say', () => {
    expect(readClientInfo({ 'graphql-client-name': '@kontor/web (staging)' })).toEqual({
      name: '@kontor/web (staging)',
      version: '',
    });
  });

  it.each([
    ['nothing', {}],
    ['only a version', { 'graphql-client-version': '1' }],
    ['markup', { 'graphql-client-name': '<script>' }],
    ['a line break', { 'graphql-client-name': 'a\nb' }],
    ['more than 64 characters', { 'graphql-client-name': 'a'.repeat(65) }],
    ['a list', { 'graphql-client-name': ['a'] }],
  ])('is unknown when it says %s', (_what, said) => {
    expect(readClientInfo(said)).toBeUndefined();
  });
});
