import { parseArgs } from 'node:util';
import { z } from 'zod';

/** How to run the router, beside its environment. */
export interface Arguments {
  /** The file with the supergraph; the committed one of this graph when absent. It is read again when it changes. */
  readonly supergraph: string | undefined;
  readonly port: number | undefined;
  /** Whether callers must say who they are. */
  readonly guarded: boolean;
  readonly share: 'nothing' | 'reads' | 'requests';
  /** Levels of a document, and what an operation may cost; without a guard there is no limit unless one is given. */
  readonly maxDepth: number | undefined;
  readonly maxCost: number | undefined;
  /** A folder of documents that are planned before the first request. */
  readonly warmUp: string | undefined;
  /** A file with the traffic to the subgraphs; it is read again when it changes. */
  readonly traffic: string | undefined;
}

const USAGE =
  'npm run router -- [--supergraph FILE] [--port N] [--no-auth] [--share nothing|reads|requests] [--max-depth N] [--max-cost N] [--warm-up FOLDER] [--traffic FILE]';

const whole = (most: number) => z.coerce.number().int().min(1).max(most).optional();
const shape = z.object({
  supergraph: z.string().min(1).optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  'no-auth': z.boolean().default(false),
  share: z.enum(['nothing', 'reads', 'requests']).default('reads'),
  'max-depth': whole(10_000),
  'max-cost': whole(Number.MAX_SAFE_INTEGER),
  'warm-up': z.string().min(1).optional(),
  traffic: z.string().min(1).optional(),
});

/** @throws Error with one line naming every argument that is wrong, and how to call it. */
export function readArguments(given: readonly string[]): Arguments {
  const values = parsed(given);
  const result = shape.safeParse(values);
  if (!result.success)
    throw new Error(
      `${result.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ')}. Usage: ${USAGE}`,
    );
  const {
    'no-auth': open,
    'max-depth': maxDepth,
    'max-cost': maxCost,
    'warm-up': warmUp,
    supergraph,
    port,
    share,
    traffic,
  } = result.data;
  return { supergraph, port, share, traffic, warmUp, guarded: !open, maxDepth, maxCost };
}

function parsed(given: readonly string[]): Record<string, unknown> {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...given],
      options: {
        supergraph: text,
        port: text,
        'no-auth': { type: 'boolean' },
        share: text,
        'max-depth': text,
        'max-cost': text,
        'warm-up': text,
        traffic: text,
      },
    }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} Usage: ${USAGE}`, { cause: error });
  }
}
