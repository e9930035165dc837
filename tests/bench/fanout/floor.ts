/**
 * The floor of the fan-out: a bare `ws` server that sends one text to all sockets. It knows just enough of graphql-transport-ws that the same
 * clients can come in. `POST /?version=N` makes it send. Started by the bench as a process of its own.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

let version = 1;
const text = (snapshot: boolean) =>
  JSON.stringify({
    id: 'client-4711',
    type: 'next',
    payload: {
      data: {
        availabilityChanged: {
          snapshot,
          variants: [
            {
              variantId: '018f3c5e-7c1a-7b5e-9d65-5f0c3e1b2a49',
              status: 'IN_STOCK',
              sellableQuantity: 999,
              version,
              asOf: new Date().toISOString(),
            },
          ],
        },
      },
    },
  });

const server = createServer((request, response) => {
  version = Number(new URL(request.url ?? '/', 'http://floor').searchParams.get('version'));
  response.end();
  const change = text(false);
  for (const socket of sockets.clients) socket.send(change);
});
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: () => 'graphql-transport-ws',
});
sockets.on('connection', (socket) =>
  socket.on('message', (message) => {
    const { type } = JSON.parse((message as Buffer).toString()) as { type: string };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'subscribe') socket.send(text(true));
  }),
);
server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('floor is ready'));
process.once('SIGTERM', () => process.exit(0));
