import { Kind, parse, parseType, parseValue, valueFromASTUntyped, type SelectionSetNode, type TypeNode } from 'graphql';
import { fieldOf, type FieldModel, type Model } from './model.ts';
import { canonical, valueOf, type Node } from './values.ts';

const PARSED = new Map<string, SelectionSetNode>();

function parsed(fieldSet: string): SelectionSetNode {
  let set = PARSED.get(fieldSet);
  if (!set) {
    const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Not a field set: ${fieldSet}`);
    PARSED.set(fieldSet, (set = definition.selectionSet));
  }
  return set;
}

/** What an object has of a field set by the truth of the model, in one spelling: null where a field fails. */
export const truthOf = (model: Model, node: Node, fieldSet: string): string =>
  canonical(evaluate(model, node, parsed(fieldSet)));

/** What somebody sent of a field set, in the same spelling. What was not sent is not taken for null. */
export const sentOf = (representation: unknown, fieldSet: string): string =>
  canonical(extract(representation, parsed(fieldSet)));

function evaluate(model: Model, node: Node, { selections }: SelectionSetNode): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      if (selection.typeCondition?.name.value === node.typeName)
        Object.assign(result, evaluate(model, node, selection.selectionSet));
    } else if (selection.kind === Kind.FIELD) {
      const field = fieldOf(model, node.typeName, selection.name.value);
      const args = argumentsIn(field, selection.arguments ?? []);
      result[field.name] = completed(
        () => valueOf(model, node, field, { args }),
        parseType(field.type),
        (inner) => (selection.selectionSet ? evaluate(model, inner as Node, selection.selectionSet) : inner),
      );
    }
  }
  return result;
}

type ArgumentNodes = readonly {
  readonly name: { readonly value: string };
  readonly value: Parameters<typeof valueFromASTUntyped>[0];
}[];

/** Coerced as far as it matters for the arguments that a model has. */
function argumentsIn({ args }: FieldModel, given: ArgumentNodes): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, defaultValue } of args)
    if (defaultValue !== undefined) values[name] = valueFromASTUntyped(parseValue(defaultValue));
  for (const { name, value } of given) values[name.value] = valueFromASTUntyped(value);
  return values;
}

/** Nulls go up to the next place that may be null, as when the owner of the field answers. */
function completed(get: () => unknown, type: TypeNode, leaf: (value: unknown) => unknown): unknown {
  const complete = (value: unknown, of: TypeNode): unknown => {
    if (of.kind === Kind.NON_NULL_TYPE) {
      const inner = complete(value, of.type);
      if (inner === null) throw new Error('A null where none may be.');
      return inner;
    }
    if (value === null) return null;
    try {
      return of.kind === Kind.LIST_TYPE ? (value as unknown[]).map((item) => complete(item, of.type)) : leaf(value);
    } catch {
      return null;
    }
  };
  try {
    return complete(get(), type);
  } catch {
    return null;
  }
}

/** Stands for what was not sent, which is not the same as null. */
const NOTHING = '(nothing was sent)';

function extract(value: unknown, set: SelectionSetNode): unknown {
  if (Array.isArray(value)) return value.map((item) => extract(item, set));
  if (typeof value !== 'object' || value === null) return value === undefined ? NOTHING : value;
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      // Within a representation the planner asks for no type names: a fragment applies where all of it was sent.
      const part = extract(source, selection.selectionSet) as Record<string, unknown>;
      if (!Object.values(part).includes(NOTHING)) Object.assign(result, part);
    } else if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      if (selection.selectionSet) result[name] = extract(source[name], selection.selectionSet);
      else result[name] = source[name] === undefined ? NOTHING : source[name];
    }
  }
  return result;
}
