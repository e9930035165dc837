import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './subjects/subject.ts';

export type Path = readonly (string | number)[];

export interface Comparison {
  /** Whether the keys of objects must stand in the same order. */
  readonly inOrder: boolean;
  /** Names of fields that a plan may need besides what the client selects: their errors stand at these names. */
  readonly needed: ReadonlySet<string>;
}

/** In what an answer differs from the right one, one line each; nothing when they agree. */
export function differences(answer: Answer, truth: Answer, { inOrder, needed }: Comparison): string[] {
  const found: string[] = [];
  const same = inOrder
    ? JSON.stringify(answer.data) === JSON.stringify(truth.data)
    : isDeepStrictEqual(plain(answer.data), plain(truth.data));
  if (!same) found.push(`data: ${firstDifference(plain(answer.data), plain(truth.data), [])}`);
  else found.push(...errorDifferences(answer, truth, needed));
  return found;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * Errors by the places that they made null. A subgraph may report another of several reasons for the same null, and a
 * failed entity as a whole instead of each of its fields (both GraphQL 6.4.4).
 */
function errorDifferences(answer: Answer, truth: Answer, needed: ReadonlySet<string>): string[] {
  const given = answer.errors.map(({ path }) => placeOf(answer.data, path));
  const meant = truth.errors.map(({ path }) => placeOf(truth.data, path));
  const explains = (error: Place, path: Path) =>
    startsWith(path, error.path) && (!error.isNull || error.path.length === path.length);
  const missing = meant.filter(({ path }) => !given.some((error) => explains(error, path)));
  const excess = given.filter(
    ({ path, isNull, isSelected }) =>
      isSelected &&
      !path.some((key) => needed.has(String(key))) &&
      !meant.some((other) => (isNull ? isDeepStrictEqual(other.path, path) : startsWith(other.path, path))),
  );
  return [
    ...missing.map(({ path }) => `no error for the null at ${path.join('.')}`),
    ...excess.map(({ path }) => `an error without reason at ${path.join('.')}`),
  ];
}

interface Place {
  readonly path: Path;
  readonly isNull: boolean;
  /** Whether the client asked for it at all; an error can also stand at what only the plan needed. */
  readonly isSelected: boolean;
}

/** The null that an error led to, or the value at its path. */
function placeOf(data: unknown, path: Path = []): Place {
  let value: unknown = data;
  for (const [index, key] of path.entries()) {
    if (value === null) return { path: path.slice(0, index), isNull: true, isSelected: true };
    if (typeof value !== 'object' || !Object.hasOwn(value, key)) return { path, isNull: false, isSelected: false };
    value = (value as Record<string | number, unknown>)[key];
  }
  return { path, isNull: value === null, isSelected: true };
}

const startsWith = (path: Path, start: Path): boolean => start.every((key, index) => path[index] === key);

function firstDifference(left: unknown, right: unknown, path: Path): string | undefined {
  if (isDeepStrictEqual(left, right) && JSON.stringify(left) === JSON.stringify(right)) return undefined;
  const areObjects = [left, right].every((value) => typeof value === 'object' && value !== null);
  if (areObjects && Array.isArray(left) === Array.isArray(right)) {
    const keys = [Object.keys(left as object), Object.keys(right as object)];
    if (!isDeepStrictEqual(keys[0], keys[1]))
      return `keys at ${path.join('.') || '(root)'}: ${keys[0]!.join()} instead of ${keys[1]!.join()}`;
    for (const key of keys[0]!) {
      const below = firstDifference((left as never)[key], (right as never)[key], [...path, key]);
      if (below !== undefined) return below;
    }
  }
  return `${JSON.stringify(left)} instead of ${JSON.stringify(right)} at ${path.join('.') || '(root)'}`;
}
