import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import {
  failureOf,
  malformedAnswer,
  reportAtTargets,
  reportErrors,
  type FetchPlace,
  type FetchTargets,
} from './fetch-errors.ts';
import { isObject, readField, type JsonObject } from './json-value.ts';
import type { Merge } from './merge.ts';
import type { Rewrite } from './rewrite.ts';
import { isWanted, note, type Run } from './run.ts';

/** Takes the answers of a fetch over into the tree. */
export interface AnswerTaker {
  /**
   * Whether each position needs its own copy of what an answer holds below it: another fetch of the plan writes there. Decided
   * when all fetches of the plan are known.
   */
  copies: boolean;
  /** Merges the data of an answer, whatever it is, and notes its errors. The answer must belong to this run alone. */
  take(run: Run, targets: FetchTargets, result: unknown): void;
}

/** Compiles how the answers of a fetch are merged. */
export function compileAnswer(place: FetchPlace, rewriteOutput: Rewrite | null, merge: Merge): AnswerTaker {
  const taker: AnswerTaker = { copies: true, take };
  return taker;

  function take(run: Run, targets: FetchTargets, result: unknown): void {
    if (!isWanted(run)) return;
    try {
      const { data, errors } = (isObject(result) ? result : {}) as GraphResult<unknown>;
      const given = Array.isArray(errors) ? (errors as readonly unknown[]) : [];
      if (given.length > 0) reportErrors(run, place, targets, given);
      if (data === null || data === undefined) {
        if (given.length === 0) reportAtTargets(run, place, targets, malformedAnswer());
      } else if (!isObject(data)) reportAtTargets(run, place, targets, malformedAnswer());
      else if (targets.indexes === null) mergeRoot(targets.objects, data);
      else mergeEntities(run, targets, targets.indexes, data, given.length > 0);
    } catch (error) {
      // Such as JSON so deep that the stack does not hold it.
      note(run, failureOf(error));
    }
  }

  function mergeRoot(objects: readonly JsonObject[], data: JsonObject): void {
    rewriteOutput?.(data);
    const last = objects.length - 1;
    for (let i = 0; i <= last; i++) merge(objects[i]!, data, i < last && taker.copies);
  }

  function mergeEntities(
    run: Run,
    targets: FetchTargets,
    indexes: readonly number[],
    data: JsonObject,
    explained: boolean,
  ): void {
    const entities = readField(data, '_entities');
    if (!Array.isArray(entities)) {
      if (!explained || (entities !== null && entities !== undefined))
        reportAtTargets(run, place, targets, malformedAnswer());
      return;
    }
    const { count } = targets;
    if (entities.length !== count) return reportAtTargets(run, place, targets, malformedAnswer());
    const broken: number[] = [];
    for (let i = 0; i < count; i++) {
      const entity: unknown = entities[i];
      if (isObject(entity)) rewriteOutput?.(entity);
      else if (entity !== null) broken.push(i);
    }
    if (broken.length > 0) reportAtTargets(run, place, targets, malformedAnswer(), broken);
    mergeAll(targets.objects, indexes, entities);
  }

  /** The last of the objects that share an entity takes what it holds; the others get copies where they need them. */
  function mergeAll(objects: readonly JsonObject[], indexes: readonly number[], entities: readonly unknown[]): void {
    const shared = taker.copies && entities.length < indexes.length;
    const left = shared ? countUses(indexes, entities.length) : null;
    for (let i = 0; i < objects.length; i++) {
      const index = indexes[i]!;
      if (index < 0) continue;
      const entity = entities[index];
      if (isObject(entity)) merge(objects[i]!, entity, left !== null && --left[index]! > 0);
    }
  }
}

function countUses(indexes: readonly number[], length: number): number[] {
  const uses = new Array<number>(length).fill(0);
  for (const index of indexes) if (index >= 0) uses[index]! += 1;
  return uses;
}
