import { expect, it } from 'vitest';
import { z } from 'zod';
import { EnvError, parseEnv, port, postgresUrl, urlList } from './env.ts';

const shape = z.object({
  PORT: port().default(80).describe('where it listens'),
  DB: postgresUrl().describe('the database'),
  PEERS: urlList(),
});

it('reads what is there and falls back where nothing is', () => {
  expect(parseEnv(shape, { DB: 'postgres://a:b@c/d', PEERS: 'http://a:1, http://b:2', PORT: '' })).toEqual({
    PORT: 80,
    DB: 'postgres://a:b@c/d',
    PEERS: ['http://a:1', 'http://b:2'],
  });
});

it('names every bad key with what it is for', () => {
  expect(() => parseEnv(shape, { PORT: 'x', DB: 'mysql://', PEERS: 'nowhere' })).toThrow(EnvError);
  expect(() => parseEnv(shape, { PORT: 'x', DB: 'mysql://', PEERS: 'nowhere' })).toThrow(
    / {2}PORT: .*\(where it listens\)\n {2}DB: must look like postgres.*\(the database\)\n {2}PEERS: "nowhere" is not a URL/,
  );
});
