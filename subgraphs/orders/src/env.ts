import { parseEnv } from '@kontor/kit/src/env.ts';
import { z } from 'zod';

const shape = z.object({
  PSP_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .describe("the address of Stripe's API, or of a simulator"),
  PSP_SECRET_KEY: z.string().min(1).describe('the secret key of the account'),
});

/** What orders reads of the environment besides what every subgraph reads. @throws EnvError */
export const readPaymentEnv = (source: Readonly<Record<string, string | undefined>>) => {
  const env = parseEnv(shape, source);
  return { baseUrl: env.PSP_URL, secretKey: env.PSP_SECRET_KEY };
};
