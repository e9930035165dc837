import { parseEnv } from '@kontor/kit/src/env.ts';
import { z } from 'zod';
import { KEY_MODES } from './commands/keys/key-secret.ts';
import type { KeyOptions } from './commands/keys/key-deps.ts';
import type { IdentityOptions } from './identity-options.ts';
import { createMailer, isMailerSetting } from './mail/create-mailer.ts';
import { oidcIssuersJson } from './oidc/oidc-issuers.ts';

const shape = z.object({
  IDENTITY_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe('what keys and tokens are sealed with, the same for all processes; kept in the database when absent'),
  SIGN_UP: z
    .enum(['instant', 'verified'])
    .default('instant')
    .describe('whether an account can be used before its address is verified'),
  MAILER: z
    .string()
    .refine(isMailerSetting, 'must be console, file:FOLDER or an smtp:// URL')
    .default('console')
    .describe('where mails go'),
  MAIL_FROM: z.string().min(3).optional().describe('the sender of mails, such as Kontor <shop@example.com>'),
  MAIL_LINK_BASE: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("the shop's base URL, to which the paths of links in mails are added"),
  KEY_MODE: z
    .enum(KEY_MODES)
    .default('test')
    .describe('which keys are made and taken: those for trying out, or those for business'),
  OIDC_ISSUERS: oidcIssuersJson().optional().describe('whom people may sign in by, as a JSON list'),
});

/** What customers reads of the environment besides what every subgraph reads. @throws EnvError */
export function readIdentityEnv(source: Readonly<Record<string, string | undefined>>): IdentityOptions & KeyOptions {
  const env = parseEnv(shape, source);
  return {
    keyMode: env.KEY_MODE,
    oidcIssuers: env.OIDC_ISSUERS,
    identitySecret: env.IDENTITY_SECRET,
    signUp: env.SIGN_UP,
    mail: { mailer: createMailer(env.MAILER), from: env.MAIL_FROM, linkBase: env.MAIL_LINK_BASE },
  };
}
