/** Documents that ask for everything that an answer can hold, so that what is told by mistake is seen. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { RootField } from './idor-coordinates.ts';

/** How many levels of objects are asked for. */
const DEPTH = 4;
/** Shown elsewhere, and the same for everybody. */
const PASSED_OVER: ReadonlySet<string> = new Set(['PageInfo', 'Money', 'TaxedMoney', 'Facet', 'FacetCount']);

/** Everything that can be asked of a type without arguments, so many levels deep; null when nothing can. */
export function everythingOf(schema: GraphQLSchema, type: GraphQLNamedType, depth = DEPTH): string | null {
  if (isUnionType(type)) return everyMember(schema, type.getTypes(), depth);
  if (!isObjectType(type) && !isInterfaceType(type)) return null;
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const shown = getNamedType(field.type);
    if (field.args.some(isRequiredArgument)) return [];
    if (isLeafType(shown)) return [field.name];
    if (depth === 0 || PASSED_OVER.has(shown.name)) return [];
    const within = everythingOf(schema, shown, depth - 1);
    return within === null ? [] : [`${field.name} ${within}`];
  });
  return fields.length === 0 ? null : `{ ${fields.join(' ')} }`;
}

/** Refusals have fields of the same name and another type: each is asked for under a name of its own. */
function everyMember(schema: GraphQLSchema, members: readonly GraphQLObjectType[], depth: number): string {
  const parts = members.map((member, index) => {
    const isRefusal = member.getInterfaces().some(({ name }) => name === 'UserError');
    if (!isRefusal) return `... on ${member.name} ${everythingOf(schema, member, depth) ?? '{ __typename }'}`;
    const leaves = Object.values(member.getFields()).filter(({ type }) => isLeafType(getNamedType(type)));
    return `... on ${member.name} { ${leaves.map(({ name }) => `r${index}_${name}: ${name}`).join(' ')} }`;
  });
  return `{ __typename ${parts.join(' ')} }`;
}

/** An operation with one root field, its arguments as variables, and everything that it answers, so many levels deep. */
export function documentOf(schema: GraphQLSchema, { coordinate, field }: RootField, depth = DEPTH): string {
  const kind = coordinate.split('.')[0]!.toLowerCase();
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = everythingOf(schema, getNamedType(field.type), depth) ?? '';
  return `${kind}${declared && `(${declared})`} { ${field.name}${given && `(${given})`} ${selection} }`;
}

/** A question for one entity by its key. */
export const entityDocument = (schema: GraphQLSchema, type: string): string =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on ${type} ${everythingOf(schema, schema.getType(type)!)} } }`;

/** By the name of the scalar; of the form that its parser wants. */
const OF_SCALARS: Readonly<Record<string, unknown>> = {
  ...{ ID: 'x', String: 'x', Int: 1, Float: 1, Boolean: true, SafeInt: 1, JSON: {}, Cursor: 'x' },
  ...{ DateTime: '2026-01-31T12:00:00.000Z', CurrencyCode: 'EUR', CountryCode: 'DE' },
};

/** Some value of an input type, with what it requires. */
export function anythingOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return anythingOf(type.ofType);
  if (isListType(type)) return [anythingOf(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (!isInputObjectType(type)) return OF_SCALARS[type.name];
  const required = Object.values(type.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, anythingOf(field.type)]));
}
