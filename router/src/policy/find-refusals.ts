import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Clause, Requirement } from './requirement.ts';

/** A `@skip` or `@include` on the way to a field: the variable must have this value for the field to be selected. */
export interface Condition {
  readonly variable: string;
  readonly value: boolean;
}

/** A field that a caller does not get, as it stands in the response. */
export interface Refusal {
  /** Type and field, such as `ProductVariant.cost`. */
  readonly coordinate: string;
  /** Response keys from the root to the field, or to the first list on the way: what is within a list has no one place in the response. */
  readonly path: readonly string[];
  /** All response keys from the root to the field. */
  readonly selection: readonly string[];
  readonly code: 'FORBIDDEN' | 'UNAUTHENTICATED';
  /** The scopes that would do, with spaces between them; the fewest, when there is a choice. */
  readonly scope?: string;
  readonly message: string;
  /** Without all of them the field is not selected, and nothing was refused. */
  readonly conditions: readonly Condition[];
}

interface RefusalOptions {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** With what the caller does not fulfil. */
  readonly refusedFields: ReadonlyMap<FieldNode, Requirement>;
}

/** More refusals than these are not told. Fragments within fragments can select a field at more places than anybody reads. */
export const MAX_REFUSALS = 100;

/** Where one stands on the way from the root. */
interface Place {
  readonly path: readonly string[];
  readonly selection: readonly string[];
  readonly withinList: boolean;
  readonly conditions: readonly Condition[];
}

/** Finds where in the response the refused fields of an operation would be, outermost only, in the order of the text. */
export function findRefusals(options: RefusalOptions): Refusal[] {
  const { schema, document, operation, refusedFields } = options;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const holds = refusalSearch(fragments, refusedFields);
  const found: Refusal[] = [];

  const visitField = (field: FieldNode, type: GraphQLCompositeType, place: Place) => {
    const name = field.name.value;
    const key = field.alias?.value ?? name;
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const here: Place = {
      conditions: place.conditions,
      selection: [...place.selection, key],
      path: place.withinList ? place.path : [...place.path, key],
      withinList: place.withinList || (definition !== undefined && isListType(getNullableType(definition.type))),
    };
    const missing = refusedFields.get(field);
    if (missing) found.push(refusalOf(`${type.name}.${name}`, here, missing));
    const inner = definition && getNamedType(definition.type);
    if (!missing && field.selectionSet && isCompositeType(inner)) visit(field.selectionSet, inner, here);
  };
  const visit = (set: SelectionSetNode, type: GraphQLCompositeType, place: Place) => {
    if (!holds(set)) return;
    for (const selection of set.selections) {
      if (found.length >= MAX_REFUSALS) return;
      const own = conditionsOf(selection.directives ?? []);
      if (own === 'never') continue;
      const here = own.length > 0 ? { ...place, conditions: [...place.conditions, ...own] } : place;
      if (selection.kind === Kind.FIELD) {
        visitField(selection, type, here);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const condition = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      if (fragment && isCompositeType(condition)) visit(fragment.selectionSet, condition, here);
    }
  };
  const root = schema.getRootType(operation.operation);
  if (root) visit(operation.selectionSet, root, { path: [], selection: [], withinList: false, conditions: [] });
  return found;
}

/** Whether there is a refused field in a selection set; decided once for each, so that fruitless ways are not gone twice. */
function refusalSearch(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  refused: ReadonlyMap<FieldNode, unknown>,
): (set: SelectionSetNode) => boolean {
  const known = new Map<SelectionSetNode, boolean>();
  const holds = (set: SelectionSetNode): boolean => {
    const cached = known.get(set);
    if (cached !== undefined) return cached;
    const result = set.selections.some((selection) => {
      if (conditionsOf(selection.directives ?? []) === 'never') return false;
      if (selection.kind === Kind.FIELD && refused.has(selection)) return true;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? fragments.get(selection.name.value)?.selectionSet
          : selection.selectionSet;
      return inner !== undefined && holds(inner);
    });
    known.set(set, result);
    return result;
  };
  return holds;
}

/** @returns 'never' when the document itself says that the selection is left out. */
function conditionsOf(directives: readonly DirectiveNode[]): Condition[] | 'never' {
  const conditions: Condition[] = [];
  for (const { name, arguments: given = [] } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const value = name.value === 'include';
    const argument = given.find((each) => each.name.value === 'if')?.value;
    if (argument?.kind === Kind.VARIABLE) conditions.push({ variable: argument.name.value, value });
    if (argument?.kind === Kind.BOOLEAN && argument.value !== value) return 'never';
  }
  return conditions;
}

/** The text names what would be needed and nothing of the caller: it is shared by all who lack the same. */
function refusalOf(coordinate: string, { path, selection, conditions }: Place, missing: Requirement): Refusal {
  const place = { coordinate, path, selection, conditions };
  if (missing.some((clause) => clause.kind === 'authenticated'))
    return {
      ...place,
      code: 'UNAUTHENTICATED',
      message: `${coordinate} is for callers who are signed in or have a key.`,
    };
  const scopes = missing.flatMap((clause) => (clause.kind === 'scopes' ? fewest(clause) : []));
  return {
    ...place,
    code: 'FORBIDDEN',
    ...(scopes.length > 0 ? { scope: [...new Set(scopes)].join(' ') } : {}),
    message: `${coordinate} needs ${missing.map(inWords).join(', and ')}, which the caller does not have.`,
  };
}

const fewest = (clause: Exclude<Clause, { kind: 'authenticated' }>): readonly string[] =>
  clause.anyOf.reduce((best, names) => (names.length < best.length ? names : best));

function inWords(clause: Clause): string {
  if (clause.kind === 'authenticated') return 'a credential';
  const [one, several] = clause.kind === 'scopes' ? ['scope', 'scopes'] : ['policy', 'policies'];
  return clause.anyOf
    .map((names) => `the ${names.length > 1 ? several : one} ${names.map((name) => `"${name}"`).join(' and ')}`)
    .join(', or ');
}
