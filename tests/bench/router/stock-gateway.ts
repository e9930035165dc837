/** The peer of the router scenario: Apollo Server with the stock gateway over the same supergraph, as its documentation starts it. */
import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const { SUPERGRAPH, PORT } = process.env as Record<string, string>;
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: readFileSync(SUPERGRAPH!, 'utf8') }) });
await startStandaloneServer(server, { listen: { port: Number(PORT), host: '127.0.0.1' } });
console.log('the stock gateway is ready');
process.once('SIGTERM', () => process.exit(0));
