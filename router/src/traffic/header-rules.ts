import { z } from 'zod';

/** RFC 9110, section 5.6.2: a token, in lower case. */
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** RFC 9110, section 5.5, in ASCII: visible characters, with spaces and tabs between them. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/**
 * Headers that no rule may read or set: credentials, what one connection or one message says of itself, what only a trusted proxy may
 * say, and what the router sets itself.
 */
const FORBIDDEN = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'origin',
  'set-cookie',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-kontor-client-address',
  'x-kontor-version',
  'x-real-ip',
  'x-request-id',
]);
const FORBIDDEN_PREFIXES = ['x-forwarded-', 'proxy-', 'sec-'];

const headerName = z
  .string()
  .toLowerCase()
  .regex(NAME, 'is not the name of a header')
  .refine(
    (name) => !FORBIDDEN.has(name) && !FORBIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)),
    'is a header that never passes to a subgraph',
  );
const headerValue = z.string().regex(VALUE, 'is not the value of a header');

/** One rule: `{ propagate, rename?, default? }` passes a header of the incoming request on, `{ insert: { name, value } }` sets a constant. */
export const headerRule = z.union([
  z.strictObject({
    propagate: headerName.describe('the header of the incoming request'),
    rename: headerName.optional().describe('its name for the subgraph'),
    default: headerValue.optional().describe('its value when the request has none'),
  }),
  z.strictObject({ insert: z.strictObject({ name: headerName, value: headerValue }) }),
]);

export type HeaderRule = z.infer<typeof headerRule>;
export type Headers = Readonly<Record<string, string>>;

/** The names of incoming headers that a list of rules reads. */
export const propagatedBy = (rules: readonly HeaderRule[]): string[] =>
  rules.flatMap((rule) => ('propagate' in rule ? [rule.propagate] : []));

/**
 * Copies headers of an incoming request by name, for `Call.headers`. Values that no header may have are left out.
 * @param names in lower case.
 * @param incoming as node:http gives them: names in lower case.
 * @returns without a prototype; undefined when there are none.
 */
export function pickHeaders(
  names: readonly string[],
  incoming: Readonly<Record<string, string | readonly string[] | undefined>>,
): Headers | undefined {
  let picked: Record<string, string> | undefined;
  for (const name of names) {
    const value = Object.hasOwn(incoming, name) ? incoming[name] : undefined;
    if (typeof value !== 'string' || !VALUE.test(value)) continue;
    picked ??= Object.create(null) as Record<string, string>;
    picked[name] = value;
  }
  return picked;
}

/**
 * Compiles the rules of a subgraph to a function from `Call.headers` to the headers that it is sent. Without rules it is sent none.
 * Later rules win. A read that is shared between callers must have the same headers: see `Traffic.sharingKey`.
 */
export function compileHeaderRules(
  rules: readonly HeaderRule[],
): (headers: Headers | undefined) => Headers | undefined {
  if (rules.length === 0) return () => undefined;
  return (headers) => {
    let sent: Record<string, string> | undefined;
    const set = (name: string, value: string | undefined) => {
      if (value === undefined) return;
      sent ??= Object.create(null) as Record<string, string>;
      sent[name] = value;
    };
    for (const rule of rules) {
      if ('insert' in rule) set(rule.insert.name, rule.insert.value);
      else set(rule.rename ?? rule.propagate, own(headers, rule.propagate) ?? rule.default);
    }
    return sent;
  };
}

const own = (headers: Headers | undefined, name: string): string | undefined =>
  headers && Object.hasOwn(headers, name) ? headers[name] : undefined;
