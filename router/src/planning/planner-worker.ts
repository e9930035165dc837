import { Worker } from 'node:worker_threads';
import type { PlannerAnswer, PlannerInput, PlannerQuestion } from './planner-messages.ts';

export type LossReason = 'time' | 'memory' | 'crash' | 'stopped';

/** For what is new and mostly dies at once: planning is not hurried, and the default would hold a hundred times what it needs. */
const YOUNG_MB = 16;

/** A thread that is no more, and why. Whatever was asked of it has no answer. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
  readonly reason: LossReason;

  constructor(reason: LossReason, cause?: unknown) {
    super(`The planner thread ended: ${reason}.`, { cause });
    this.reason = reason;
  }
}

/** One planner thread. It answers one question at a time; once lost it stays so. */
export interface PlannerWorker {
  readonly lost: WorkerLost | null;
  /**
   * The first answer, without a question.
   * @throws WorkerLost also when it takes longer than the limit: the thread is ended then.
   */
  opened(limitMs: number): Promise<PlannerAnswer>;
  /** @throws WorkerLost as above. */
  ask(question: PlannerQuestion, limitMs: number): Promise<PlannerAnswer>;
  stop(): Promise<void>;
}

/**
 * Starts a planner thread. It keeps the process alive only while somebody waits for an answer.
 * @param memoryMb its heap may grow to this; then the thread dies, and the process goes on.
 */
export function startPlannerWorker(input: PlannerInput, memoryMb: number): PlannerWorker {
  const worker = new Worker(new URL('./planner-thread.ts', import.meta.url), {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    // It plans and does nothing else: no flags of the process, nothing of its environment.
    execArgv: [],
    env: {},
  });
  worker.unref();
  let waiting: PromiseWithResolvers<PlannerAnswer> | null = null;
  let lost: WorkerLost | null = null;
  const lose = (reason: LossReason, cause?: unknown) => {
    lost ??= new WorkerLost(reason, cause);
    waiting?.reject(lost);
  };
  worker.on('message', (answer: PlannerAnswer) => {
    if (!lost) waiting?.resolve(answer);
  });
  worker.on('error', (error: unknown) => lose(isOutOfMemory(error) ? 'memory' : 'crash', error));
  worker.on('exit', () => lose('crash'));

  const nextAnswer = async (limitMs: number): Promise<PlannerAnswer> => {
    if (lost) throw lost;
    const current = (waiting = Promise.withResolvers<PlannerAnswer>());
    worker.ref();
    const timer = setTimeout(() => {
      // When this process was busy itself, the answer may have come long ago and is read before this.
      setImmediate(() => {
        if (waiting !== current) return;
        lose('time');
        void worker.terminate();
      });
    }, limitMs);
    try {
      return await current.promise;
    } finally {
      clearTimeout(timer);
      waiting = null;
      worker.unref();
    }
  };
  return {
    get lost() {
      return lost;
    },
    opened: nextAnswer,
    ask(question, limitMs) {
      // A lost thread drops messages; nextAnswer says so.
      worker.postMessage(question);
      return nextAnswer(limitMs);
    },
    async stop() {
      lose('stopped');
      await worker.terminate();
    },
  };
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
