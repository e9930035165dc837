import { GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endlessDocument, SMALL_SUPERGRAPH } from './fixture/supergraph-of.ts';
import { countWorkerThreads } from './fixture/worker-threads.ts';
import { PLANNER_LIMITS, startPlanner, type Planner, type PlannerLimits } from './planner.ts';
import { SupergraphError } from './supergraph-error.ts';

const BOOK = '{ book(id: 1) { title stars } }';

const faultOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraphQLError);
  const { message, extensions } = error as GraphQLError;
  return { message, code: extensions['code'] };
};

describe('a planner', () => {
  let threads: ReturnType<typeof countWorkerThreads>;
  const planners: Planner[] = [];
  const start = async (limits: Partial<PlannerLimits>) => {
    const { planner } = await startPlanner(SMALL_SUPERGRAPH, { ...PLANNER_LIMITS, ...limits });
    planners.push(planner);
    return planner;
  };
  beforeEach(() => {
    threads = countWorkerThreads();
  });
  afterEach(async () => {
    await Promise.all(planners.splice(0).map((planner) => planner.close()));
    expect(threads.running).toBe(0);
    threads.stop();
  });

  it('gives up a document that takes too long, and plans those that waited in another thread', async () => {
    const planner = await start({ timeLimitMs: 2_000 });
    const endless = planner.plan({ text: endlessDocument() });
    const others = [planner.plan({ text: BOOK }), planner.plan({ text: BOOK })];
    expect(await faultOf(endless)).toEqual({
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'Planning this document takes longer than 2000 ms. Split it, or ask for less.',
    });
    expect((await Promise.all(others)).map(({ node }) => node?.kind)).toEqual(['Sequence', 'Sequence']);
    expect(threads.started).toBe(2);

    // Once is enough: no thread has to die for it again.
    expect(await faultOf(planner.plan({ text: endlessDocument() }))).toMatchObject({ code: 'DOCUMENT_TOO_COMPLEX' });
    expect(threads.started).toBe(2);
    expect(threads.running).toBe(1);
  });

  it('gives up a document that takes too much memory, and goes on in another thread', async () => {
    const planner = await start({ memoryMb: 60, timeLimitMs: 60_000 });
    const endless = planner.plan({ text: endlessDocument() });
    const other = planner.plan({ text: BOOK });
    expect(await faultOf(endless)).toEqual({
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'Planning this document takes more memory than there is for one document. Split it, or ask for less.',
    });
    expect((await other).node?.kind).toBe('Sequence');
    expect(await faultOf(planner.plan({ text: endlessDocument() }))).toMatchObject({ code: 'DOCUMENT_TOO_COMPLEX' });
    expect(threads.started).toBe(2);
  });

  it('refuses as busy what exceeds its queue, and nothing else', async () => {
    const planner = await start({ queueLimit: 2 });
    // The first of them is under way at once; two may wait.
    const plans = Array.from({ length: 4 }, () => planner.plan({ text: BOOK }));
    const settled = await Promise.allSettled(plans);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await faultOf(plans[3]!)).toEqual({
      code: 'SERVICE_UNAVAILABLE',
      message: 'The planner is busy. Send the request again later.',
    });
  });

  it('refuses what its own limits find too much', async () => {
    const planner = await start({});
    expect(await faultOf(planner.plan({ text: endlessDocument(22) }))).toEqual({
      code: 'DOCUMENT_TOO_COMPLEX',
      message: 'The document selects more than can be planned. Split it, or ask for less.',
    });
    expect(threads.started).toBe(1);
  });

  it('does not wait for ever for a document when it is closed', async () => {
    const planner = await start({ drainMs: 1, timeLimitMs: 600_000 });
    const asked = [planner.plan({ text: endlessDocument() }), planner.plan({ text: BOOK })];
    const faults = asked.map(faultOf);
    await planner.close();
    expect((await Promise.all(faults)).map(({ code }) => code)).toEqual(['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
  });

  it('says so when the supergraph needs more memory than there is', async () => {
    await expect(startPlanner(SMALL_SUPERGRAPH, { ...PLANNER_LIMITS, memoryMb: 8 })).rejects.toEqual(
      new SupergraphError('The supergraph needs more than the 8 MiB of memory that its planner may use.'),
    );
  });
});
