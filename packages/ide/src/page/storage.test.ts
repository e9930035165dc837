import { afterEach, describe, expect, it, vi } from 'vitest';
import { scopedStorage } from './storage.ts';

afterEach(() => vi.unstubAllGlobals());

/** A Storage keeps its items as own properties, which a class with a Map would not. */
function fakeLocalStorage(): Storage {
  const methods = {
    getItem: (name: string) => items[name] ?? null,
    setItem: (name: string, value: string) => void (items[name] = value),
    removeItem: (name: string) => void delete items[name],
  };
  const items: Record<string, string> = Object.create(methods);
  return items as unknown as Storage;
}

describe('scopedStorage', () => {
  it('keeps the items of two endpoints of one origin apart', () => {
    vi.stubGlobal('window', { localStorage: fakeLocalStorage() });
    const shop = scopedStorage('/graphql')!;
    const partner = scopedStorage('/partner/graphql')!;
    shop.setItem('tabs', 'a');
    partner.setItem('tabs', 'b');
    expect([shop.getItem('tabs'), partner.getItem('tabs')]).toEqual(['a', 'b']);
    expect([shop.length, shop.key(0), shop.key(1)]).toEqual([1, 'tabs', null]);
    shop.clear();
    expect([shop.getItem('tabs'), partner.getItem('tabs')]).toEqual([null, 'b']);
  });

  it('is null when the browser forbids storage', () => {
    vi.stubGlobal('window', {
      get localStorage() {
        throw new Error('SecurityError');
      },
    });
    expect(scopedStorage('/graphql')).toBeNull();
  });
});
