import { afterEach, describe, expect, it, vi } from 'vitest';
import { readableFetch } from './readable-fetch.ts';

afterEach(() => vi.unstubAllGlobals());

function answerWith(response: Response | Error) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => {
    if (response instanceof Error) throw response;
    return response;
  });
  vi.stubGlobal('fetch', fetch);
  return () => new Headers(fetch.mock.calls[0]![1].headers);
}

describe('readableFetch', () => {
  it('sends the key and the preflight header', async () => {
    const sent = answerWith(Response.json({ data: {} }));
    await readableFetch('demo-staff')('/graphql', { headers: { 'content-type': 'application/json' } });
    expect(Object.fromEntries(sent())).toEqual({
      'apollo-require-preflight': 'true',
      authorization: 'Bearer demo-staff',
      'content-type': 'application/json',
    });
  });

  it('sends no authorization as a guest, and lets a typed header win over the key', async () => {
    const asGuest = answerWith(Response.json({}));
    await readableFetch(undefined)('/graphql', {});
    expect(asGuest().has('authorization')).toBe(false);
    const typed = answerWith(Response.json({}));
    await readableFetch('demo-staff')('/graphql', { headers: { Authorization: 'Bearer mine' } });
    expect(typed().get('authorization')).toBe('Bearer mine');
  });

  it('passes every JSON and multipart answer on, whatever its status', async () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/graphql-response+json',
      'multipart/mixed; boundary="-"',
    ]) {
      const response = new Response('{"errors":[]}', { status: 401, headers: { 'content-type': type } });
      answerWith(response);
      expect(await readableFetch(undefined)('/graphql')).toBe(response);
    }
  });

  it('quotes the beginning of an answer that is not GraphQL', async () => {
    const page = new Response('<h1>Bad gateway</h1>'.padEnd(10_000, '.'), {
      status: 502,
      statusText: 'Bad Gateway',
      headers: { 'content-type': 'text/html' },
    });
    answerWith(page);
    const { errors } = await (await readableFetch(undefined)('/graphql')).json();
    expect(errors[0].message).toMatch(/^HTTP 502 Bad Gateway: <h1>Bad gateway<\/h1>\.+$/);
    expect(errors[0].message.length).toBeLessThan(600);
  });

  it('says that nothing answered', async () => {
    answerWith(new TypeError('Failed to fetch'));
    expect(await (await readableFetch(undefined)('/graphql')).json()).toEqual({
      errors: [{ message: 'No answer from the service: Failed to fetch' }],
    });
  });
});
