import { isAbstractType, isObjectType, possibleRuntimeTypes, type Supergraph } from '@apollo/federation-internals';
import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphIndex } from './index-supergraph.ts';
import type { ReadSupergraph } from './planner-messages.ts';

type PossibleTypes = ReadSupergraph['facts']['possibleTypes'];

/** Reads what the execution needs of a supergraph. */
export function readFacts(supergraph: Supergraph, index: SupergraphIndex): ReadSupergraph['facts'] {
  const possibleTypes = readPossibleTypes(supergraph);
  const labels = labelsByCoordinate(index);
  // What an ancestor gives (`@fromContext`) is a selection in a syntax of its own: then any label may matter.
  const usesContext = index.types
    .values()
    .some(({ fields }) => Object.values(fields).some((field) => field.hasContext));
  const inKeys = fieldNamesInFieldSets(index);
  return {
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url: url ?? '' })),
    possibleTypes,
    overrideLabels: sorted([...labels.values()].flat()),
    labelsByField: labelsBySelectedField(possibleTypes, labels, index),
    // By name alone, which is more than needed: whose field it is would take a walk over every field set.
    labelsOfKeys: sorted(
      Array.from(labels, ([coordinate, own]) =>
        usesContext || inKeys.has(coordinate.split('.')[1]!) ? own : [],
      ).flat(),
    ),
  };
}

const sorted = (labels: readonly string[]): string[] => [...new Set(labels)].sort();

function readPossibleTypes({ schema }: Supergraph): PossibleTypes {
  return schema
    .types()
    .filter((type) => isObjectType(type) || isAbstractType(type))
    .map(
      (type) =>
        [type.name, (isObjectType(type) ? [type] : possibleRuntimeTypes(type)).map(({ name }) => name)] as const,
    );
}

function labelsByCoordinate({ types }: SupergraphIndex): Map<string, string[]> {
  const labels = new Map<string, string[]>();
  for (const type of types.values())
    for (const [name, { overrideLabels }] of Object.entries(type.fields))
      if (overrideLabels.length > 0) labels.set(`${type.name}.${name}`, sorted(overrideLabels));
  return labels;
}

/**
 * Every field that an override decides on, however it is selected: a field of an object can be resolved through an
 * interface object, and a field of an interface is resolved by what implements it.
 */
function labelsBySelectedField(
  possibleTypes: PossibleTypes,
  labels: ReadonlyMap<string, readonly string[]>,
  { types }: SupergraphIndex,
): [string, string[]][] {
  if (labels.size === 0) return [];
  const declared = (type: string, field: string) => labels.get(`${type}.${field}`) ?? [];
  const withInterfaces = (type: string, field: string) => [
    ...declared(type, field),
    ...(types.get(type)?.interfaces ?? []).flatMap((name) => declared(name, field)),
  ];
  return possibleTypes.flatMap(([type, possible]) =>
    Object.keys(types.get(type)?.fields ?? {})
      .map((field): [string, string[]] => [
        `${type}.${field}`,
        sorted([type, ...possible].flatMap((name) => withInterfaces(name, field))),
      ])
      .filter(([, found]) => found.length > 0),
  );
}

function fieldNamesInFieldSets({ types }: SupergraphIndex): Set<string> {
  const names = new Set<string>();
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      if (selection.selectionSet) collect(selection.selectionSet);
    }
  };
  for (const { keys, fields } of types.values()) {
    keys.forEach(collect);
    for (const { requires, provides } of Object.values(fields)) [...requires, ...provides].forEach(collect);
  }
  return names;
}
