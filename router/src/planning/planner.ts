import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CorrectedPlan } from './corrections/correct-plan.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import type { PlannerAnswer, PlannerFailure, PlannerQuestion, ReadSupergraph } from './planner-messages.ts';
import { startPlannerWorker, WorkerLost, type PlannerWorker } from './planner-worker.ts';
import { SupergraphError } from './supergraph-error.ts';

/** What a client asks to be planned. */
export interface PlanRequest {
  /** One operation with exactly the fragments that it needs, valid for the API schema. */
  readonly text: string;
  /** Labels of progressive overrides that are on for this request. */
  readonly overrides?: readonly string[];
}

export interface PlannerLimits {
  /** How long one document may take. */
  readonly timeLimitMs: number;
  /** How many documents may wait while one is planned. */
  readonly queueLimit: number;
  /** How large the heap of the thread may become, in MiB. */
  readonly memoryMb: number;
  /** How long reading the supergraph may take. */
  readonly startLimitMs: number;
  /** How long a planner that is closed may go on with what was asked before. */
  readonly drainMs: number;
}

export const PLANNER_LIMITS: PlannerLimits = {
  timeLimitMs: 5_000,
  queueLimit: 256,
  memoryMb: 1_024,
  startLimitMs: 60_000,
  drainMs: 5_000,
};

/** Plans in a thread of its own, and starts another when that thread is lost. */
export interface Planner {
  /** @throws GraphQLError DOCUMENT_TOO_COMPLEX, GRAPHQL_VALIDATION_FAILED, SERVICE_UNAVAILABLE; Error for a fault of the planner. */
  plan(request: PlanRequest): Promise<CorrectedPlan>;
  /** See fingerprint.ts; aligned with the texts. @throws GraphQLError as above: then nothing is known. */
  fingerprints(texts: readonly string[]): Promise<readonly (string | null)[]>;
  /** Documents that wait. */
  readonly waiting: number;
  /** Refuses what is asked from now on; what was asked before has `drainMs` to end. */
  close(): Promise<void>;
}

/** Documents that cost a thread its life are remembered, by hash: more than anybody can try while they are. */
const CULPRITS = 1_000;
/** Not for ever: the machine may have been short of time rather than the document too large. */
const CULPRIT_MS = 10 * 60_000;

interface Culprit {
  readonly failure: PlannerFailure;
  readonly forgetAt: number;
}

interface Job {
  readonly question: PlannerQuestion;
  /** Stands for the document in the memory of culprits. */
  readonly key: string | null;
  readonly resolve: (answer: PlannerAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts a planner over a supergraph.
 * @throws SupergraphError
 */
export async function startPlanner(
  supergraphSdl: string,
  limits: PlannerLimits,
): Promise<{ readonly planner: Planner; readonly supergraph: ReadSupergraph }> {
  const first = startPlannerWorker({ supergraphSdl, validate: true }, limits.memoryMb);
  const supergraph = await openFirst(first, limits);
  return { supergraph, planner: createPlanner(supergraphSdl, first, limits) };
}

async function openFirst(worker: PlannerWorker, limits: PlannerLimits): Promise<ReadSupergraph> {
  try {
    const answer = await worker.opened(limits.startLimitMs);
    if (answer.kind === 'ready') return answer.supergraph;
    throw new SupergraphError(answer.kind === 'refused' ? answer.reason : 'The planner did not start.');
  } catch (error) {
    await worker.stop();
    if (!(error instanceof WorkerLost)) throw error;
    throw new SupergraphError(startFailure(error, limits), { cause: error });
  }
}

function startFailure({ reason }: WorkerLost, { memoryMb, startLimitMs }: PlannerLimits): string {
  if (reason === 'memory')
    return `The supergraph needs more than the ${memoryMb} MiB of memory that its planner may use.`;
  if (reason === 'time') return `The supergraph could not be read within ${startLimitMs} ms.`;
  return 'The planner broke while it read the supergraph.';
}

function createPlanner(supergraphSdl: string, first: PlannerWorker, limits: PlannerLimits): Planner {
  const queue: Job[] = [];
  const culprits = new LRUCache<string, Culprit>({ max: CULPRITS });
  let worker: PlannerWorker = first;
  let working: Promise<void> | null = null;
  let closed = false;

  /** A working thread in place of one that was lost. */
  const revive = async () => {
    const next = startPlannerWorker({ supergraphSdl, validate: false }, limits.memoryMb);
    worker = next;
    try {
      await next.opened(limits.startLimitMs);
    } catch (error) {
      await next.stop();
      throw error;
    }
  };
  const runNext = async ({ question, key, resolve, reject }: Job) => {
    try {
      resolve(await worker.ask(question, limits.timeLimitMs));
    } catch (error) {
      const failure = error instanceof WorkerLost ? lossFailure(error, limits) : null;
      if (failure && key !== null) culprits.set(key, { failure, forgetAt: performance.now() + CULPRIT_MS });
      reject(failure ? faultOf(failure) : unavailable('The planner is being closed.'));
    }
  };
  const work = async () => {
    try {
      // A lost thread is replaced at once, not when the next document waits for it.
      while (queue.length > 0 || (worker.lost && !closed)) {
        if (worker.lost && worker.lost.reason !== 'stopped') await revive();
        const job = queue.shift();
        if (job) await runNext(job);
      }
    } catch {
      // The next request tries again, rather than a loop here.
      rejectAll(unavailable('The planner could not be started again.'));
    } finally {
      // Here, not when the promise has settled: what is asked between the two would wait for nobody.
      working = null;
    }
  };
  const rejectAll = (error: Error) => {
    for (const job of queue.splice(0)) job.reject(error);
  };
  const enqueue = (question: PlannerQuestion, key: string | null): Promise<PlannerAnswer> => {
    if (closed) throw unavailable('This version of the schema is no longer served. Send the request again.');
    if (queue.length >= limits.queueLimit) throw unavailable('The planner is busy. Send the request again later.');
    const { promise, resolve, reject } = Promise.withResolvers<PlannerAnswer>();
    queue.push({ question, key, resolve, reject });
    working ??= work();
    return promise;
  };

  return {
    get waiting() {
      return queue.length;
    },
    async plan({ text, overrides = [] }) {
      const key = keyOf(text, overrides);
      const culprit = culprits.get(key);
      if (culprit && performance.now() < culprit.forgetAt) throw faultOf(culprit.failure);
      const answer = await enqueue({ kind: 'plan', text, overrides }, key);
      if (answer.kind === 'failed') throw faultOf(answer.failure);
      if (answer.kind !== 'planned') throw new Error(`The planner answered ${answer.kind} to a document.`);
      return JSON.parse(answer.planJson) as CorrectedPlan;
    },
    async fingerprints(texts) {
      const answer = await enqueue({ kind: 'fingerprint', texts }, null);
      if (answer.kind === 'failed') throw faultOf(answer.failure);
      if (answer.kind !== 'fingerprints') throw new Error(`The planner answered ${answer.kind} to texts.`);
      return answer.fingerprints;
    },
    async close() {
      closed = true;
      if (working) await withinMs(working, limits.drainMs);
      await worker.stop();
      rejectAll(unavailable('The planner is being closed.'));
    },
  };
}

/** What the document did to the thread, or null when it did nothing. */
function lossFailure({ reason }: WorkerLost, { timeLimitMs }: PlannerLimits): PlannerFailure | null {
  if (reason === 'stopped') return null;
  const what =
    reason === 'time' ? `takes longer than ${timeLimitMs} ms` : 'takes more memory than there is for one document';
  return { code: 'DOCUMENT_TOO_COMPLEX', message: `Planning this document ${what}. Split it, or ask for less.` };
}

const faultOf = ({ code, message }: PlannerFailure): Error => (code ? requestFault(code, message) : new Error(message));

const unavailable = (message: string) => requestFault('SERVICE_UNAVAILABLE', message);

const keyOf = (text: string, overrides: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([text, overrides]))
    .digest('base64url');

async function withinMs(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
