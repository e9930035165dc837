import { z } from 'zod';
import { headerRule, type HeaderRule } from './header-rules.ts';

/** A traffic configuration that cannot be used. The message is one line for people. */
export class TrafficConfigError extends Error {
  override name = 'TrafficConfigError';
}

/** The longest `timeoutMs` there is: what a client of a version may set as its own limit, so that the policy decides. */
export const LONGEST_TIMEOUT_MS = 600_000;

const milliseconds = (most: number) => z.number().int().min(1).max(most);
const share = () => z.number().min(0).max(1);
const DAY_MS = 86_400_000;

const serviceUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http or https URL')
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must hold no user name or password');

const version = z.strictObject({
  urls: z
    .array(serviceUrl)
    .min(1)
    .max(64)
    .optional()
    .describe('the base URLs of its processes; without them those of the environment'),
  weight: z.number().min(0).max(1_000).default(1).describe('its share of the callers, in proportion to the others'),
});

const versions = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a name such as "stable" or "v2"'), version)
  .refine((all) => Object.keys(all).length > 0 && Object.keys(all).length <= 8, 'must be one version to eight');

/** What can be set for one subgraph, or for all. */
const policy = z.strictObject({
  timeoutMs: milliseconds(LONGEST_TIMEOUT_MS).optional().describe('for a whole call with its retries'),
  retry: z
    .strictObject({
      most: z.number().int().min(0).max(5).default(2).describe('retries of one read'),
      firstPauseMs: milliseconds(10_000).default(25),
      mostPauseMs: milliseconds(60_000).default(250),
      budgetRatio: share().default(0.1).describe('retries for each request'),
      budgetPerSecond: z.number().min(0).max(100).default(1).describe('retries for each second, at least'),
    })
    .optional(),
  breaker: z
    .strictObject({
      consecutiveFailures: z.number().int().min(1).max(1_000).default(5),
      errorRate: share().default(0.5),
      windowMs: milliseconds(600_000).default(10_000),
      minimumRequests: z.number().int().min(1).max(1_000_000).default(20),
      openMs: milliseconds(600_000).default(5_000),
    })
    .optional(),
  bulkhead: z
    .strictObject({
      maxConcurrent: z.number().int().min(1).max(10_000).default(256),
      maxQueue: z.number().int().min(0).max(100_000).default(512),
    })
    .optional(),
  rollback: z
    .union([
      z.literal(false).describe('no version is ever rolled back'),
      z.strictObject({
        errorRate: share().default(0.1),
        minimumRequests: z.number().int().min(1).max(1_000_000).default(50),
        windowMs: milliseconds(DAY_MS).default(60_000),
      }),
    ])
    .optional(),
  headers: z.array(headerRule).max(64).optional(),
});

const subgraph = policy
  .extend({
    versions: versions.optional(),
    fallback: z.string().optional().describe('the version that is never rolled back; by default the first'),
  })
  .refine(
    ({ versions: all, fallback }) => fallback === undefined || (all !== undefined && Object.hasOwn(all, fallback)),
    { path: ['fallback'], message: 'names no version' },
  );

const file = z.object({ '*': policy.optional() }).catchall(subgraph);

/** The policy of one subgraph, complete. */
export interface TrafficPolicy {
  readonly timeoutMs: number;
  readonly retry: NonNullable<z.output<typeof policy>['retry']>;
  readonly breaker: NonNullable<z.output<typeof policy>['breaker']>;
  readonly bulkhead: NonNullable<z.output<typeof policy>['bulkhead']>;
  readonly rollback: NonNullable<z.output<typeof policy>['rollback']>;
  readonly headers: readonly HeaderRule[];
}

export interface VersionConfig {
  readonly name: string;
  /** Undefined: the URLs of the environment, or the graph of this process. */
  readonly urls: readonly string[] | undefined;
  readonly weight: number;
}

export interface SubgraphTraffic {
  readonly policy: TrafficPolicy;
  /** At least one. */
  readonly versions: readonly VersionConfig[];
  readonly fallback: string;
}

/** A valid configuration. */
export interface TrafficConfig {
  /** Complete, with the defaults, for any subgraph, named or not. */
  of(subgraph: string): SubgraphTraffic;
  /** The subgraphs that it names. */
  readonly subgraphs: readonly string[];
}

const DEFAULT_POLICY = policy
  .required()
  .parse({ timeoutMs: 10_000, retry: {}, breaker: {}, bulkhead: {}, rollback: {}, headers: [] }) as TrafficPolicy;
const DEFAULT_VERSION: VersionConfig = { name: 'stable', urls: undefined, weight: 1 };

/**
 * Reads a traffic configuration: a map from the names of subgraphs to their policy and versions; `*` holds what all share. A group of settings
 * (`retry`, `breaker` …) that a subgraph names replaces that of `*` as a whole. An empty map gives the defaults: one version each, at the URLs
 * of the environment.
 * @param known the subgraphs that there are.
 * @throws TrafficConfigError naming every place that is wrong.
 */
export function parseTraffic(value: unknown, known: readonly string[]): TrafficConfig {
  const result = file.safeParse(value);
  if (!result.success)
    throw new TrafficConfigError(
      result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; '),
    );
  const { '*': all = {}, ...named } = result.data;
  const strangers = Object.keys(named).filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new TrafficConfigError(
      `there is no subgraph ${strangers.map((name) => `"${name}"`).join(', ')}; there are ${known.join(', ')}`,
    );
  const complete = new Map(known.map((name) => [name, completed(all, Object.hasOwn(named, name) ? named[name]! : {})]));
  const rest = completed(all, {});
  return { of: (name) => complete.get(name) ?? rest, subgraphs: Object.keys(named) };
}

/** The configuration without a file. */
export const DEFAULT_TRAFFIC: TrafficConfig = parseTraffic({}, []);

function completed(all: z.output<typeof policy>, own: z.output<typeof subgraph>): SubgraphTraffic {
  const { versions: given, fallback, ...policies } = own;
  const list: VersionConfig[] = given
    ? Object.entries(given).map(([name, { urls, weight }]) => ({ name, urls, weight }))
    : [DEFAULT_VERSION];
  return {
    policy: { ...DEFAULT_POLICY, ...present(all), ...present(policies) },
    versions: list,
    fallback: fallback ?? list[0]!.name,
  };
}

function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
