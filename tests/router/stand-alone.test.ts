import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { graphql, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../router/src/main.ts', import.meta.url));
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
const SDL = {
  books: `${LINK} type Query { books: [Book!]! } type Book @key(fields: "id") { id: ID! title: String! }`,
  reviews: `${LINK} type Book @key(fields: "id") { id: ID! stars: Int }`,
};
const RESOLVERS = {
  books: { Query: { books: () => [{ id: '1', title: 'One' }] } },
  reviews: { Book: { __resolveReference: ({ id }: { id: string }) => ({ id, stars: Number(id) + 4 }) } },
};

let folder: string;
let servers: Server[];
let urls: Record<keyof typeof SDL, string>;
let running: { readonly child: ChildProcess; output: string } | undefined;

/** Somebody's subgraph: it knows nothing of us. */
async function serve(name: keyof typeof SDL): Promise<Server> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(SDL[name]), resolvers: RESOLVERS[name] as never }]);
  const answer = async (request: IncomingMessage): Promise<string> => {
    const { query, variables } = (await json(request)) as { query: string; variables?: Record<string, unknown> };
    return JSON.stringify(await graphql({ schema, source: query, variableValues: variables ?? null }));
  };
  const server = createServer((request, response) => {
    void answer(request).then((text) => response.setHeader('content-type', 'application/json').end(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

const supergraph = (sdl: Record<string, string> = SDL): string =>
  composeServices(
    Object.entries(sdl).map(([name, text]) => ({
      name,
      url: urls[name as keyof typeof SDL],
      typeDefs: parse(text),
    })),
  ).supergraphSdl!;

/** Starts the router as a user does, with nothing in the environment. @returns its URL. */
async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'] }, stdio: 'pipe' });
  const started = { child, output: '' };
  running = started;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (started.output += chunk.toString()));
  await Promise.race([
    once(child, 'exit'),
    eventually(() => expect(started.output).toContain('"msg":"listening"'), 60_000),
  ]);
  const port = /"port":(\d+),"msg":"listening"/.exec(started.output)?.[1];
  return `http://127.0.0.1:${port}`;
}

async function ask(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-router-'));
  servers = [await serve('books'), await serve('reviews')];
  urls = { books: `http://127.0.0.1:${portOf(servers[0]!)}/`, reviews: `http://127.0.0.1:${portOf(servers[1]!)}/` };
});
afterEach(async () => {
  if (!running || running.child.exitCode !== null) return;
  const ended = once(running.child, 'exit');
  running.child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('serves any supergraph without a configuration, follows its file, and keeps serving when the file is no supergraph', async () => {
  const file = join(folder, 'supergraph.graphql');
  const replace = (text: string) => {
    writeFileSync(`${file}.next`, text);
    renameSync(`${file}.next`, file);
  };
  replace(supergraph());
  const url = await start('--supergraph', file, '--port', '0', '--no-auth');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await ask(url, '{ books { id title stars } }')).toEqual({
    data: { books: [{ id: '1', title: 'One', stars: 5 }] },
  });
  expect(await ask(url, '{ books { pages } }')).toMatchObject({
    errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });

  replace('type Query { this is not a supergraph');
  await eventually(() => expect(running!.output).toContain('the supergraph stays as it was'), 30_000);
  expect(await ask(url, '{ books { id stars } }')).toEqual({ data: { books: [{ id: '1', stars: 5 }] } });

  replace(supergraph({ books: SDL.books }));
  await eventually(
    async () =>
      expect(await ask(url, '{ books { stars } }')).toMatchObject({
        errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      }),
    30_000,
  );
  expect(await ask(url, '{ books { title } }')).toEqual({ data: { books: [{ title: 'One' }] } });
  const problems = running!.output.split('\n').filter((line) => line.includes('stays as it was'));
  expect(problems).toHaveLength(1);
  expect(problems[0]).not.toContain('node_modules');
});

test.each([
  [['--no-such'], /Unknown option '--no-such'.*Usage: npm run router/],
  [['--port', 'x', '--no-auth'], /--port: .*Usage: npm run router/],
  [['--supergraph', '/no/such/file.graphql', '--no-auth'], /no such file/],
  [[], /INTERNAL_KEYS/],
])('ends with one clear line for %j', async (args, message) => {
  await start(...args);
  const [code] = running!.child.exitCode === null ? await once(running!.child, 'exit') : [running!.child.exitCode];
  expect(code).toBe(1);
  expect(running!.output).toMatch(message);
  expect(running!.output).not.toContain('    at ');
});
