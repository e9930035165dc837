import { GraphQLError, Kind, type DirectiveNode, type GraphQLFormattedError } from 'graphql';
import type { FetchSelection } from './fetch-selection.ts';
import { pathsOf, type FlattenPath } from './flatten-path.ts';
import { isObject, type JsonObject } from './json-value.ts';
import { hasRoomForErrors, note, type Run } from './run.ts';

type Path = readonly (string | number)[];

/** An error of an entity that stands in ten thousand places is told in this many. */
const MAX_PATHS_PER_ERROR = 100;
const MAX_PATH_LENGTH = 200;

/** What the errors of a fetch need to know of it. */
export interface FetchPlace {
  readonly path: FlattenPath;
  readonly isEntityFetch: boolean;
  readonly selection: FetchSelection;
  /** The names that clients know instead of those of the planner's aliases. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** The objects that a fetch was for, and per object the index of what stood for it in the request (-1: nothing). */
export interface FetchTargets {
  readonly objects: readonly JsonObject[];
  readonly indexes: readonly number[] | null;
  /** How many representations were sent. */
  readonly count: number;
}

/** The answer of a subgraph is not what was asked for. The message says nothing of the inside, as no message does. */
export const malformedAnswer = (): GraphQLFormattedError => ({
  message: 'A service gave an answer that does not fit the question.',
  extensions: { code: 'INTERNAL' },
});

/** Something in the tree is not what the plan expects there: the fetch leaves it out. */
export const misfitInTree = ({ path }: FetchPlace): GraphQLFormattedError => ({
  message: 'A service gave data that do not fit the schema.',
  ...(path.prefix.length > 0 ? { path: path.prefix } : {}),
  extensions: { code: 'INTERNAL' },
});

/** Why there is no answer at all, as an error beside the data: without the HTTP status that it would have alone. */
export function failureOf(reason: unknown): GraphQLFormattedError {
  if (!(reason instanceof GraphQLError))
    return { message: reason instanceof Error ? reason.message : String(reason), extensions: { code: 'INTERNAL' } };
  const { http: _status, ...extensions } = reason.extensions;
  return { message: reason.message, extensions };
}

/** Notes an error for everything that a fetch was for, or for the objects that some of its representations stood for. */
export function reportAtTargets(
  run: Run,
  place: FetchPlace,
  targets: FetchTargets,
  error: GraphQLFormattedError,
  indexes?: readonly number[],
): void {
  if (place.path.steps.length === 0 && !place.isEntityFetch) return push(run, error, rootPaths(place, run), []);
  const paths = targetPaths(run, place, targets);
  for (const index of indexes ?? [undefined]) push(run, error, paths.of(index), []);
}

/** Notes the errors of a subgraph's answer at the paths where the client finds what they are about. */
export function reportErrors(run: Run, place: FetchPlace, targets: FetchTargets, errors: readonly unknown[]): void {
  const paths = targetPaths(run, place, targets);
  for (const given of errors) {
    if (!hasRoomForErrors(run)) return;
    const error = asFormatted(given);
    const path = isObject(given) ? pathOf(given['path'], place.renamed) : null;
    if (path === null) push(run, error, [place.path.prefix], []);
    else if (!place.isEntityFetch) push(run, error, paths.of(undefined), path);
    else if (path[0] === '_entities' && typeof path[1] === 'number') {
      const found = paths.of(path[1]);
      push(run, error, found.length > 0 ? found : [place.path.prefix], found.length > 0 ? path.slice(2) : []);
    } else push(run, error, [place.path.prefix], []);
  }
}

function push(run: Run, { message, extensions }: GraphQLFormattedError, starts: readonly Path[], rest: Path): void {
  for (const start of starts.length > 0 ? starts.slice(0, MAX_PATHS_PER_ERROR) : [[]]) {
    if (!hasRoomForErrors(run)) return;
    const path = rest.length > 0 ? [...start, ...rest] : start;
    note(run, { message, ...(path.length > 0 ? { path } : {}), ...(extensions ? { extensions } : {}) });
  }
}

/** The positions of a subgraph's document say nothing about the client's: they are dropped. */
function asFormatted(error: unknown): GraphQLFormattedError {
  const { message, extensions } = isObject(error) ? error : {};
  return {
    message: typeof message === 'string' ? message : 'A service gave an error without a message.',
    ...(isObject(extensions) ? { extensions } : {}),
  };
}

/** @returns null for what is no path. */
function pathOf(path: unknown, renamed: ReadonlyMap<string, string>): Path | null {
  if (!Array.isArray(path) || path.length === 0 || path.length > MAX_PATH_LENGTH) return null;
  const names: (string | number)[] = [];
  for (const element of path as readonly unknown[]) {
    if (typeof element === 'string') names.push(renamed.get(element) ?? element);
    else if (typeof element === 'number' && Number.isSafeInteger(element) && element >= 0) names.push(element);
    else return null;
  }
  return names;
}

/** Finds out at the first question where the objects of a fetch stand in the response. */
function targetPaths(run: Run, { path }: FetchPlace, { objects, indexes }: FetchTargets) {
  let byIndex: Map<number | undefined, Path[]> | null = null;
  return {
    /** @param index of a representation; undefined for all that were asked for. */
    of(index: number | undefined): readonly Path[] {
      byIndex ??= group();
      return byIndex.get(index) ?? [];
    },
  };

  function group(): Map<number | undefined, Path[]> {
    const grouped = new Map<number | undefined, Path[]>([[undefined, []]]);
    const paths = pathsOf(run.root, path);
    objects.forEach((object, i) => {
      const found = paths.get(object);
      const index = indexes?.[i];
      if (found === undefined || index === -1) return;
      grouped.get(undefined)!.push(found);
      if (index === undefined) return;
      const known = grouped.get(index);
      if (known) known.push(found);
      else grouped.set(index, [found]);
    });
    return grouped;
  }
}

/** The fields at the root that a fetch was for. */
const rootPaths = ({ selection }: FetchPlace, { request }: Run): readonly Path[] =>
  [
    ...new Set(selection.fields.flatMap((field) => (isIncluded(field.directives, request.coerced) ? field.name : []))),
  ].map((name) => [name]);

function isIncluded(directives: readonly DirectiveNode[], coerced: Readonly<Record<string, unknown>>): boolean {
  const holds = (name: string, fallback: boolean) =>
    directives
      .filter((directive) => directive.name.value === name)
      .map((directive) => {
        const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
        if (value?.kind === Kind.BOOLEAN) return value.value;
        return value?.kind === Kind.VARIABLE && Object.hasOwn(coerced, value.name.value)
          ? coerced[value.name.value] === true
          : fallback;
      });
  return !holds('skip', false).includes(true) && !holds('include', true).includes(false);
}
