import {
  doTypesOverlap,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import type { Random } from './random.ts';
import type { Variables } from './variables.ts';

/** What an operation has been given so far. */
export interface Writer {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  readonly variables: Variables;
  readonly fragments: { readonly name: string; readonly on: GraphQLCompositeType; readonly text: string }[];
  /** Which field each response name stands for, so that the same name elsewhere can be merged with it. */
  readonly names: Map<string, string>;
  readonly prefix: string;
  /** How many more fields it may have, about. */
  budget: number;
}

const META = [
  '__schema { queryType { name } mutationType { fields { name } } }',
  '__type(name: "Query") { kind name fields(includeDeprecated: true) { name type { kind name ofType { name } } } }',
  'meta: __type(name: "Nothing") { name }',
  '__typename',
] as const;

/** A selection set with braces. Its fields may be merged wherever they meet. */
export function someSelections(writer: Writer, type: GraphQLCompositeType, depth: number): string {
  const { random, schema } = writer;
  const parts: string[] = [];
  const fields = isUnionType(type) ? [] : Object.values(type.getFields());
  for (const field of random.some(fields, random.between(1, 4))) {
    const head = fieldHead(writer, field, depth);
    if (head === undefined) continue;
    // Now and then more than once, so that what is selected below is merged.
    const times = random.chance(0.12) ? 2 : 1;
    for (let time = 0; time < times; time += 1) parts.push(head + selectionsOf(writer, field, depth));
  }
  if (random.chance(isAbstractType(type) ? 0.4 : 0.15)) parts.push(random.pick(['__typename', 'kind: __typename']));
  if (type === schema.getQueryType() && random.chance(0.2)) parts.push(random.pick(META));
  const wanted = isAbstractType(type) ? random.between(isUnionType(type) ? 1 : 0, 3) : Number(random.chance(0.3));
  const fragments = writer.budget > 0 ? wanted : 0;
  for (let index = 0; index < fragments; index += 1) parts.push(fragmentText(writer, type, depth));
  if (parts.length === 0) parts.push('__typename');
  return `{ ${shuffled(random, parts).join(' ')} }`;
}

const shuffled = (random: Random, parts: readonly string[]): string[] =>
  parts
    .map((part) => ({ part, rank: random.fraction() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ part }) => part);

type Field = GraphQLField<unknown, unknown>;

function fieldHead(writer: Writer, field: Field, depth: number): string | undefined {
  const { variables } = writer;
  if (isCompositeType(getNamedType(field.type)) && (depth <= 1 || writer.budget <= 0)) return undefined;
  writer.budget -= 1;
  const call = `${field.name}${variables.argumentsOf(field.args)}`;
  const alias = aliasFor(writer, field, `${call}|${String(field.type)}`);
  return `${alias}${call}${variables.conditions()}`;
}

/** A response name under which the field can stand next to all that was written before, nearly always. */
function aliasFor({ random, names }: Writer, { name }: Field, meaning: string): string {
  const fresh = random.chance(0.2) ? `a${names.size}` : name;
  const taken = names.get(fresh);
  if (taken === undefined || taken === meaning || random.chance(0.3)) {
    names.set(fresh, taken ?? meaning);
    return fresh === name ? '' : `${fresh}: `;
  }
  const other = `b${names.size}`;
  names.set(other, meaning);
  return `${other}: `;
}

function selectionsOf(writer: Writer, field: Field, depth: number): string {
  const type = getNamedType(field.type);
  return isCompositeType(type) ? ` ${someSelections(writer, type, depth - 1)}` : '';
}

function fragmentText(writer: Writer, type: GraphQLCompositeType, depth: number): string {
  const { random, schema, variables, fragments, prefix } = writer;
  const usable = fragments.filter(({ on }) => doTypesOverlap(schema, on, type));
  if (usable.length > 0 && random.chance(0.25)) return `...${random.pick(usable).name}${variables.conditions()}`;
  writer.budget -= 2;
  const on = random.pick(conditionsOn(schema, type));
  const isBare = on === type && random.chance(0.4);
  const selections = someSelections(writer, on, depth);
  if (random.chance(0.65)) return `...${isBare ? '' : ` on ${on.name}`}${variables.conditions()} ${selections}`;
  const name = `${prefix}${fragments.length}`;
  fragments.push({ name, on, text: `fragment ${name} on ${on.name} ${selections}` });
  return `...${name}${variables.conditions()}`;
}

/** Types that an object of this type can have at the same time. */
function conditionsOn(schema: GraphQLSchema, type: GraphQLCompositeType): GraphQLCompositeType[] {
  const members = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const others = Object.values(schema.getTypeMap()).filter(
    (other): other is GraphQLCompositeType => isAbstractType(other) && doTypesOverlap(schema, other, type),
  );
  return [type, ...members, ...members, ...others];
}
