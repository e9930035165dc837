import type { FastifyInstance } from 'fastify';
import type { EdgeAuthenticator } from './edge.ts';

/** As often as edges themselves read them. */
const MAX_AGE_S = 60;

/**
 * Publishes the public keys of access tokens at `/.well-known/jwks.json` (RFC 7517, section 5), so that others can verify what our clients show them.
 * 503 while they are not known.
 */
export function publishKeys(app: FastifyInstance, edge: Pick<EdgeAuthenticator, 'publicKeys'>): void {
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    const keys = await edge.publicKeys();
    if (!keys)
      return reply
        .code(503)
        .header('retry-after', '5')
        .header('cache-control', 'no-store')
        .send({ message: 'The keys are not known now. Try again in a few seconds.' });
    return reply.header('cache-control', `public, max-age=${MAX_AGE_S}`).send({ keys });
  });
}
