import {
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from '@kontor/kit/src/telemetry/fixture/otlp-receiver.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { startTracing, type RunningTracing } from '@kontor/kit/src/telemetry/start-tracing.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopperWith, variantsOf } from '../shopper.ts';
import { startStackSystem, type System } from '../system.ts';

describe('one trace', () => {
  let receiver: OtlpReceiver;
  let tracing: RunningTracing;
  let system: System;
  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    tracing = await startTracing({ url: receiver.url, ratio: 1, attributes: {} }, silentLogger);
    system = await startStackSystem();
  });
  afterAll(async () => {
    await system.stop();
    await tracing.stop();
    await receiver.close();
  });
  beforeEach(async () => {
    await tracing.flush();
    receiver.clear();
  });

  /** The services and names from a span up to the first of its trace. */
  const wayTo = (span: ReceivedSpan): string[] => {
    const parent = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return [...(parent ? wayTo(parent) : []), `${span.service}: ${span.name}`];
  };

  it('leads from a page of the web shop to the statements of each subgraph', async () => {
    await fetch(system.url('web'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'query Page { productPage(handle: "trail-lantern") { title variants { price { gross { minorUnits } } availability { status } } } }',
      }),
    });
    await tracing.flush();
    const page = receiver.span('web', 'query Page');
    const trace = receiver.spans.filter(({ traceId }) => traceId === page.traceId);
    const statements = trace.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    expect(new Set(statements.map(({ service }) => service))).toEqual(new Set(['products', 'prices', 'stock']));
    for (const statement of statements)
      expect(wayTo(statement).map((step) => step.split(':')[0])).toEqual([
        'web',
        'web',
        'router',
        'router',
        statement.service,
        statement.service,
      ]);
  });

  it('leads through a checkout to the services that orders asks, and holds nothing of the shopper', async () => {
    const [variant] = await variantsOf(system.url('web'), 'trail-lantern');
    const shopper = await shopperWith(system.url('web'), [{ variantId: variant!.id, quantity: 1 }]);
    expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    await tracing.flush();
    const reservation = receiver.spans.find(
      ({ service, name }) => service === 'stock' && /mutation .*reserve/i.test(name),
    );
    expect(wayTo(reservation!).map((step) => step.split(':')[0])).toEqual([
      'web',
      'web',
      'router',
      'router',
      'orders',
      'stock',
    ]);
    expect(JSON.stringify(receiver.spans)).not.toMatch(/@example|Bearer /);
  });
});
