import {
  Kind,
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
} from 'graphql';
import { mapCompositeTypes, readCompositeTypes } from './composite-types.ts';
import { contextTypes, stringField } from './join-directives.ts';
import { readSlots, type RequiredSlots, type SlotsOf } from './required-slots.ts';
import { Separation } from './separation.ts';

/** A supergraph in which each field that another needs and that takes arguments is a field of its own. */
export interface RequiredFields {
  /** What the planner plans with; the given document when no field that another needs takes arguments. */
  readonly supergraph: DocumentNode;
  /** Real names of the added fields, by their own names. */
  readonly names: ReadonlyMap<string, string>;
  /** What a field of a subgraph requires of the added fields. */
  readonly requirementsOf: SlotsOf;
}

const NO_SLOTS: RequiredSlots = new Map();

/**
 * Gives a name of its own to each field with arguments that a `@requires` or `@fromContext` asks for:
 * `@requires(fields: "price(currency: USD)")` becomes `@requires(fields: "_required_0_price(currency: USD)")`, and every
 * subgraph that has `price` has this field as well. So does `@requires(fields: "price")` where `price` takes arguments,
 * which have their defaults then.
 *
 * The planner merges selections by response name and forgets the arguments: a client that asks for `price(currency: EUR)`
 * beside the field that requires dollars gets dollars, or the subgraph gets euros. Fields of different names cannot be
 * confused. The plan is written back to real names by `restore-required-fields.ts`.
 */
export function separateRequiredFields(supergraph: DocumentNode): RequiredFields {
  const separation = new Separation(readCompositeTypes(supergraph));
  const contexts = contextTypes(supergraph);
  const renamed = mapCompositeTypes(supergraph, (definition) => ({
    ...definition,
    fields: (definition.fields ?? []).map((field) =>
      withSeparateNeeds(field, {
        required: (text) => separation.separate(text, [definition.name.value]),
        inContext: (text, context) => separation.separate(text, contexts.get(context) ?? []),
      }),
    ),
  }));
  if (separation.names.size === 0) return { supergraph, names: separation.names, requirementsOf: () => NO_SLOTS };
  const document = separation.addTo(renamed);
  return { supergraph: document, names: separation.names, requirementsOf: readSlots(document, separation.names) };
}

/** What becomes of the field sets of a field. */
interface FieldSetMapping {
  required(text: string): string;
  /** @param context its name, as types bear it in `@context`. */
  inContext(text: string, context: string): string;
}

function withSeparateNeeds(field: FieldDefinitionNode, mapping: FieldSetMapping): FieldDefinitionNode {
  const directives = (field.directives ?? []).map((directive) =>
    directive.name.value === 'join__field' ? withSeparateArguments(directive, mapping) : directive,
  );
  return { ...field, directives };
}

function withSeparateArguments(directive: ConstDirectiveNode, mapping: FieldSetMapping): ConstDirectiveNode {
  const values = (directive.arguments ?? []).map((argument): ConstArgumentNode => {
    const { name, value } = argument;
    if (name.value === 'requires' && value.kind === Kind.STRING)
      return { ...argument, value: { ...value, value: mapping.required(value.value) } };
    if (name.value === 'contextArguments' && value.kind === Kind.LIST)
      return { ...argument, value: { ...value, values: value.values.map((given) => inContext(given, mapping)) } };
    return argument;
  });
  return { ...directive, arguments: values };
}

function inContext(given: ConstValueNode, mapping: FieldSetMapping): ConstValueNode {
  const context = stringField(given, 'context');
  const selection = stringField(given, 'selection');
  if (given.kind !== Kind.OBJECT || context === undefined || selection === undefined) return given;
  const separated = mapping.inContext(selection, context);
  if (separated === selection) return given;
  const value = { kind: Kind.STRING as const, value: `{ ${separated} }` };
  return {
    ...given,
    fields: given.fields.map((field) => (field.name.value === 'selection' ? { ...field, value } : field)),
  };
}
