import { createHash } from 'node:crypto';
import {
  Kind,
  parse,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import type { IndexedType, SupergraphIndex } from './index-supergraph.ts';

const BUILT_IN_TYPES: ReadonlySet<string> = new Set(['Int', 'Float', 'String', 'Boolean', 'ID']);
const BUILT_IN_DIRECTIVES: ReadonlySet<string> = new Set(['skip', 'include']);

/** Thrown within this file alone: the text depends on something that is not followed here. */
class Unknown extends Error {}

/**
 * Tells whether a plan is still right on another supergraph: it is when the text has the same fingerprint on both.
 *
 * A plan follows from its operation and from that part of the supergraph that the planner can come to: the fields that
 * are selected, what their subgraphs need (`requires`) and give along (`provides`), and from each type on the way the
 * keys by which another subgraph can be entered there, whose fields are looked up alike. The fingerprint is a hash over
 * the definitions of all these: of each field, and of each type without the fields that are not concerned, with every
 * directive, so also `join__field` with owner and override. Wider than the planner goes: a type brings the interfaces
 * it implements, everything that it can be, and of these the fields of the same name.
 * @returns a function that answers null when nothing can be said: plan anew.
 */
export function createFingerprint(index: SupergraphIndex): (text: string) => string | null {
  return (text) => {
    if (!index.isComplete) return null;
    try {
      return digest([index.schemaText, ...touchedBy(text, index)]);
    } catch (error) {
      if (error instanceof Unknown) return null;
      throw error;
    }
  };
}

const digest = (parts: readonly string[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('base64url');
};

/** The definitions that a plan of an operation can depend on, sorted. */
function touchedBy(text: string, index: SupergraphIndex): string[] {
  const touched = new Map<string, string>();
  // Types and selections wait in a list rather than on the stack: they may form chains as long as the supergraph.
  const waiting: (() => void)[] = [];
  const later = (work: () => void) => void waiting.push(work);
  const { operation, fragments } = readOperation(text);
  const visitedFragments = new Set<string>();

  const typeNamed = (name: string): IndexedType => {
    const type = index.types.get(name);
    if (!type) throw new Unknown();
    touchType(type);
    return type;
  };
  const touchName = (name: string) => {
    if (index.types.has(name) || !BUILT_IN_TYPES.has(name)) typeNamed(name);
  };
  const touchType = (type: IndexedType) => {
    if (touched.has(type.name)) return;
    touched.set(type.name, type.text);
    later(() => {
      for (const name of [...type.interfaces, ...type.subtypes, ...type.inputTypes]) touchName(name);
      for (const key of type.keys) touchSelections(type, key);
    });
  };
  const touchField = (type: IndexedType, name: string): IndexedType | null => {
    const field = type.fields[name];
    if (!field || field.hasContext) throw new Unknown();
    const coordinate = `${type.name}.${name}`;
    const inner = index.types.get(field.typeName) ?? null;
    if (touched.has(coordinate)) return inner;
    touched.set(coordinate, field.text);
    touchName(field.typeName);
    field.argumentTypes.forEach(touchName);
    later(() => {
      for (const required of field.requires) touchSelections(type, required);
      if (inner) for (const provided of field.provides) touchSelections(inner, provided);
      // An interface object answers for the implementations, and they for the interface.
      for (const other of [...type.interfaces, ...type.subtypes]) {
        const related = typeNamed(other);
        if (related.fields[name]) touchField(related, name);
      }
    });
    return inner;
  };
  const touchDirectives = (directives: readonly DirectiveNode[] | undefined) => {
    for (const { name } of directives ?? []) {
      if (BUILT_IN_DIRECTIVES.has(name.value)) continue;
      const definition = index.directives.get(name.value);
      if (definition === undefined) throw new Unknown();
      touched.set(`@${name.value}`, definition);
    }
  };
  const touchSelections = (type: IndexedType, { selections }: SelectionSetNode): void => {
    touchType(type);
    for (const selection of selections) {
      touchDirectives(selection.directives);
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value.startsWith('__')) continue;
        const inner = touchField(type, selection.name.value);
        const { selectionSet } = selection;
        if (selectionSet) later(() => touchSelections(composite(inner), selectionSet));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition ? typeNamed(selection.typeCondition.name.value) : type;
        later(() => touchSelections(composite(condition), selection.selectionSet));
      } else touchFragment(selection.name.value);
    }
  };
  const touchFragment = (name: string) => {
    if (visitedFragments.has(name)) return;
    visitedFragments.add(name);
    const fragment = fragments.get(name);
    if (!fragment) throw new Unknown();
    touchDirectives(fragment.directives);
    later(() => touchSelections(composite(typeNamed(fragment.typeCondition.name.value)), fragment.selectionSet));
  };

  touchDirectives(operation.directives);
  for (const { type, directives } of operation.variableDefinitions ?? []) {
    touchName(namedType(type));
    touchDirectives(directives);
  }
  touchSelections(typeNamed(index.roots.get(operation.operation) ?? ''), operation.selectionSet);
  for (let work = waiting.pop(); work; work = waiting.pop()) work();
  return Array.from(touched, ([name, definition]) => `${name} ${definition}`).sort();
}

const composite = (type: IndexedType | null): IndexedType => {
  if (!type?.isComposite) throw new Unknown();
  return type;
};

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

function readOperation(text: string) {
  let operation: OperationDefinitionNode | null = null;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of parse(text, { noLocation: true }).definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION && !operation) operation = definition;
    else throw new Unknown();
  if (!operation) throw new Unknown();
  return { operation, fragments };
}
