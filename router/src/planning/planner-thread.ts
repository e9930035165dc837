/** Started as a worker thread, one per generation: everything of Apollo's planner that may take long happens here. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PlannerAnswer, PlannerInput, PlannerQuestion } from './planner-messages.ts';
import { openSupergraph, type OpenSupergraph } from './open-supergraph.ts';
import { describePlanningFailure } from './planning-failure.ts';
import { SupergraphError } from './supergraph-error.ts';

const port = parentPort;
if (!port) throw new Error('planner-thread.ts is started as a worker thread.');
const { supergraphSdl, validate } = workerData as PlannerInput;
const answer = (message: PlannerAnswer) => port.postMessage(message);

function open(): OpenSupergraph | null {
  try {
    return openSupergraph(supergraphSdl, validate);
  } catch (error) {
    if (!(error instanceof SupergraphError)) throw error;
    answer({ kind: 'refused', reason: error.message });
    return null;
  }
}

function reply(supergraph: OpenSupergraph, question: PlannerQuestion): PlannerAnswer {
  try {
    if (question.kind === 'fingerprint')
      return { kind: 'fingerprints', fingerprints: question.texts.map((text) => supergraph.fingerprint(text)) };
    return { kind: 'planned', planJson: JSON.stringify(supergraph.plan(question.text, question.overrides)) };
  } catch (error) {
    return { kind: 'failed', failure: describePlanningFailure(error) };
  }
}

const supergraph = open();
if (supergraph) {
  port.on('message', (question: PlannerQuestion) => answer(reply(supergraph, question)));
  answer({ kind: 'ready', supergraph: supergraph.read });
}
