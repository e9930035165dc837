/**
 * The four subgraphs of the router scenario on one port, `/<name>`, in a process of their own: bare Node and graphql-js, documents parsed once,
 * answers kept per body, so that little CPU is taken from the routers that are measured.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { execute, parse, type DocumentNode } from 'graphql';
import { SHOP_SUBGRAPHS, shopSchema } from './shop.ts';

const schemas = new Map(SHOP_SUBGRAPHS.map((name) => [`/${name}`, shopSchema(name)]));
const documents = new Map<string, DocumentNode>();
const answers = new Map<string, Buffer>();
const ANSWERS = 1_000;

async function answer(path: string, body: string): Promise<Buffer> {
  const key = path + body;
  const kept = answers.get(key);
  if (kept) return kept;
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string;
    variables?: Record<string, unknown> | null;
    operationName?: string | null;
  };
  let document = documents.get(query);
  if (!document) documents.set(query, (document = parse(query)));
  const result = await execute({
    schema: schemas.get(path)!,
    document,
    variableValues: variables ?? null,
    operationName: operationName ?? null,
  });
  if (result.errors) throw new Error(String(result.errors[0]));
  const made = Buffer.from(JSON.stringify(result));
  if (answers.size < ANSWERS) answers.set(key, made);
  return made;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const server = createServer((request, response) => {
  textOf(request)
    .then((body) => answer(request.url ?? '', body))
    .then(
      (made) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': made.length }).end(made),
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('subgraphs are ready'));
process.once('SIGTERM', () => process.exit(0));
