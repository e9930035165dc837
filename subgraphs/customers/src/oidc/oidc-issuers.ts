import { z } from 'zod';
import { isLoopbackHost } from './reachable-addresses.ts';

/** Asymmetric algorithms of RFC 7518 and RFC 8037: with a symmetric one, whoever verifies could also sign. */
export const ID_TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const MOST_ISSUERS = 50;

/** RFC 8414, 2: https, without a query and a fragment; http on this machine alone. */
const webAddress = z
  .string()
  .max(500)
  .superRefine((text, ctx) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url) return void ctx.addIssue(`"${text}" is not a URL`);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
      ctx.addIssue(`"${text}" must begin with https://`);
    if (url.username || url.password || url.hash) ctx.addIssue(`"${text}" must have no credentials and no fragment`);
  });

const issuer = z.strictObject({
  issuer: webAddress.refine((text) => !text.includes('?'), 'an issuer has no query'),
  /** The client ids that tokens are made for. */
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(20)])
    .transform((audience): readonly string[] => (typeof audience === 'string' ? [audience] : audience)),
  /** Codes of the channels in which people sign in by it. */
  channels: z.array(z.string().min(1)).min(1).max(100),
  role: z.enum(['customer', 'staff']),
  algorithms: z.array(z.enum(ID_TOKEN_ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  /** Where its keys are, when that is not to be asked of it. */
  jwksUri: webAddress.optional(),
  /** Whether it may be at a private address, such as an identity provider in the same cluster. */
  allowPrivateAddresses: z.boolean().default(false),
  /** The claim that names a person of the staff. */
  staffClaim: z.enum(['sub', 'email']).default('sub'),
  claims: z
    .strictObject({
      givenName: z.string().min(1).default('given_name'),
      familyName: z.string().min(1).default('family_name'),
    })
    .prefault({}),
});

/** An issuer that people may sign in by. */
export type OidcIssuer = z.output<typeof issuer>;
/** As it is written down. */
export type OidcIssuerInput = z.input<typeof issuer>;

const issuers = z
  .array(issuer)
  .max(MOST_ISSUERS)
  .superRefine((list, ctx) => {
    const seen = new Set<string>();
    list.forEach((each, index) => {
      for (const channel of new Set(each.channels)) {
        const place = JSON.stringify([each.issuer, channel]);
        if (seen.has(place))
          ctx.addIssue({
            code: 'custom',
            path: [index],
            message: `"${each.issuer}" stands twice for the channel "${channel}"`,
          });
        seen.add(place);
      }
    });
  });

/**
 * Reads the configuration of issuers.
 * @throws Error naming each thing that is wrong with it, on a line each.
 */
export function readOidcIssuers(input: unknown): readonly OidcIssuer[] {
  const result = issuers.safeParse(input);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the list'}: ${message}`);
  throw new Error(`These OIDC issuers cannot be used:\n${lines.join('\n')}`);
}

/** Issuers as an environment variable holds them: a JSON list. */
export const oidcIssuersJson = () =>
  z.string().transform((text, ctx): readonly OidcIssuer[] => {
    try {
      return readOidcIssuers(JSON.parse(text));
    } catch (error) {
      ctx.addIssue(error instanceof SyntaxError ? 'must be a JSON list' : (error as Error).message);
      return z.NEVER;
    }
  });
