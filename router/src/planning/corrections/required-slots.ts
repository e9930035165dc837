import { Kind, type DocumentNode, type SelectionSetNode } from 'graphql';
import { mapCompositeTypes } from './composite-types.ts';
import { parseFieldSet } from './field-set.ts';
import { stringArgument, subgraphNames } from './join-directives.ts';

/**
 * By slot, the path of real names at which a subgraph reads a value in a representation, the added fields whose values
 * belong there: several where objects of different types stand in one place.
 */
export type RequiredSlots = ReadonlyMap<string, ReadonlySet<string>>;

/** What a field of a subgraph requires of the added fields. */
export type SlotsOf = (subgraph: string, type: string, field: string) => RequiredSlots;

const NONE: RequiredSlots = new Map();

/** @param names real names of the fields that were added to the supergraph. */
export function readSlots(supergraph: DocumentNode, names: ReadonlyMap<string, string>): SlotsOf {
  const requirements = new Map<string, RequiredSlots>();
  const subgraphs = subgraphNames(supergraph);
  mapCompositeTypes(supergraph, (definition) => {
    for (const { name, directives = [] } of definition.fields ?? [])
      for (const directive of directives) {
        if (directive.name.value !== 'join__field') continue;
        const requires = stringArgument(directive, 'requires');
        const graph = stringArgument(directive, 'graph');
        if (requires === undefined || graph === undefined) continue;
        const slots = slotsOf(parseFieldSet(requires), names);
        if (slots.size > 0) requirements.set(`${subgraphs.get(graph)} ${definition.name.value}.${name.value}`, slots);
      }
    return definition;
  });
  return (subgraph, type, field) => requirements.get(`${subgraph} ${type}.${field}`) ?? NONE;
}

function slotsOf(set: SelectionSetNode, names: ReadonlyMap<string, string>): RequiredSlots {
  const slots = new Map<string, Set<string>>();
  const collect = ({ selections }: SelectionSetNode, path: readonly string[]) => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet, path);
        continue;
      }
      const name = selection.name.value;
      const here = [...path, names.get(name) ?? name];
      const slot = here.join('.');
      if (names.has(name)) slots.set(slot, (slots.get(slot) ?? new Set()).add(name));
      if (selection.selectionSet) collect(selection.selectionSet, here);
    }
  };
  collect(set, []);
  return slots;
}
