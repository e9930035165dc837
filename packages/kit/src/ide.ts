import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ideAssets, ideContentSecurityPolicy, idePage, type IdeExample, type IdeKey } from '@kontor/ide/src/serve.ts';
import type { FastifyInstance } from 'fastify';
import { getOperationAST, parse } from 'graphql';
import { z } from 'zod';
import type { Mount, ServiceOptions } from './service.ts';

export type { IdeExample, IdeKey };

const ASSETS_PATH = '/ide/';

/** The environment value with the demo keys of the page: a JSON list, empty by default. */
export const ideKeys = () =>
  z
    .string()
    .default('[]')
    .transform((text, ctx): IdeKey[] => {
      try {
        return z
          .array(z.object({ label: z.string(), key: z.string(), description: z.string() }))
          .parse(JSON.parse(text));
      } catch {
        ctx.addIssue('must be a JSON list of { label, key, description }');
        return z.NEVER;
      }
    })
    .describe('demo keys that GraphiQL offers to every visitor');

/** What one service tells its page; every visitor sees all of it, so `keys` are demo keys alone. */
export interface IdeMountOptions {
  readonly title: string;
  readonly graphqlPath: string;
  readonly examples: readonly IdeExample[];
  readonly keys: readonly IdeKey[];
  /** Whether the graph answers without a key. */
  readonly guests: boolean;
  /** Whether the graph tells how it executes what it is asked. */
  readonly plans?: boolean;
}

/** What goes into `Mount.page` and `ServiceOptions.routes`. */
export interface MountedIde {
  readonly page: NonNullable<Mount['page']>;
  readonly routes: NonNullable<ServiceOptions['routes']>;
}

/**
 * GraphiQL for a browser at the path of a graph; its files are served below `/ide/`, without a CDN.
 * @throws Error naming the command to run when the bundle has not been built.
 */
export function mountIde(options: IdeMountOptions): MountedIde {
  const assets = ideAssets();
  const { title, graphqlPath, examples, keys, guests, plans = false } = options;
  const page = {
    body: idePage({
      title,
      graphqlPath,
      assetsPath: ASSETS_PATH,
      examples: [...examples],
      keys: [...keys],
      guests,
      plans,
    }),
    headers: {
      'content-security-policy': ideContentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // The page depends on the Accept header, and names files that the next release will not have.
      'cache-control': 'no-cache',
      vary: 'accept',
    },
  };
  return {
    page: () => page,
    routes(app: FastifyInstance) {
      app.get<{ Params: { file: string } }>(`${ASSETS_PATH}:file`, (request, reply) => {
        const asset = assets.get(request.params.file);
        if (!asset) return reply.callNotFound();
        if (asset.encoding) reply.header('content-encoding', asset.encoding);
        return reply
          .type(asset.contentType)
          .header('cache-control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
          .header('x-content-type-options', 'nosniff')
          .send(asset.body);
      });
    },
  };
}

/**
 * The example operations of a folder such as `schema/operations/web/`, ordered by file name: the title is the first line when
 * that is a comment, else the operation's name; the variables stand in `<name>.json` beside it. No folder, no examples.
 * @throws Error naming the file that is not GraphQL, or whose variables are not JSON.
 */
export function loadExamples(folder: URL): IdeExample[] {
  const directory = fileURLToPath(folder);
  return globSync('*.graphql', { cwd: directory })
    .sort()
    .map((file) => loadExample(directory, file));
}

function loadExample(directory: string, file: string): IdeExample {
  const query = readFileSync(join(directory, file), 'utf8').trim();
  const variablesFile = join(directory, file.replace(/\.graphql$/, '.json'));
  const variables = existsSync(variablesFile) ? readFileSync(variablesFile, 'utf8').trim() : undefined;
  try {
    const name = getOperationAST(parse(query))?.name?.value ?? file.replace(/\.graphql$/, '');
    if (variables !== undefined) JSON.parse(variables);
    return {
      title: /^#\s*(\S.*)/.exec(query)?.[1]?.trim() ?? name,
      query,
      ...(variables === undefined ? {} : { variables }),
    };
  } catch (error) {
    throw new Error(`The example ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
