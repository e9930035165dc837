import {
  GraphQLBoolean,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql';
import type { Random } from './random.ts';

/** The variables of one operation, and literals that may hold some of them. */
export interface Variables {
  /** An argument list for a field, or nothing. */
  argumentsOf(args: readonly GraphQLArgument[]): string;
  /** `@skip` and `@include`, mostly none. */
  conditions(): string;
  /** With parentheses, or nothing. */
  definitions(): string;
  /** New values for all of them; what may be left out sometimes is. */
  values(): Record<string, unknown>;
}

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly defaultValue: string | undefined;
}

const MAX_DEPTH = 2;

export function createVariables(random: Random): Variables {
  const known: Variable[] = [];
  const declare = (type: GraphQLInputType): string => {
    const wanted = String(type);
    const usable = known.find((variable) => String(variable.type) === wanted && random.chance(0.5));
    if (usable) return `$${usable.name}`;
    const isOptional = !isNonNullType(type);
    const defaultValue = random.chance(isOptional ? 0.4 : 0) ? literal(type, MAX_DEPTH, true) : undefined;
    const variable = { name: `v${known.length}`, type, defaultValue };
    known.push(variable);
    return `$${variable.name}`;
  };
  const literal = (type: GraphQLInputType, depth: number, isConstant: boolean): string => {
    if (isNonNullType(type)) return present(type.ofType, depth, isConstant);
    return random.chance(0.12) ? 'null' : present(type, depth, isConstant);
  };
  const present = (type: GraphQLInputType, depth: number, isConstant: boolean): string => {
    if (isNonNullType(type)) return present(type.ofType, depth, isConstant);
    if (isListType(type)) {
      // A single value stands for a list of one (GraphQL 3.11).
      if (random.chance(0.15) && !isListType(type.ofType)) return present(type.ofType, depth, isConstant);
      return `[${Array.from({ length: random.below(3) }, () => valueText(type.ofType, depth, isConstant)).join(', ')}]`;
    }
    if (!isInputObjectType(type)) return leafText(random, type);
    const fields = chosenFields(random, Object.values(type.getFields()), depth);
    return `{ ${fields.map((field) => `${field.name}: ${valueText(field.type, depth - 1, isConstant)}`).join(', ')} }`;
  };
  const valueText = (type: GraphQLInputType, depth: number, isConstant: boolean): string =>
    !isConstant && random.chance(0.35) ? declare(type) : literal(type, depth, isConstant);

  return {
    argumentsOf(args) {
      const given = args.filter((argument) => isNeeded(argument) || random.chance(0.6));
      const texts = given.map((argument) => `${argument.name}: ${valueText(argument.type, MAX_DEPTH, false)}`);
      return texts.length === 0 ? '' : `(${texts.join(', ')})`;
    },
    conditions() {
      if (random.chance(0.86)) return '';
      const condition = () =>
        random.chance(0.75) ? declare(new GraphQLNonNull(GraphQLBoolean)) : String(random.chance(0.5));
      const names = random.chance(0.15) ? ['skip', 'include'] : [random.pick(['skip', 'include'])];
      return names.map((name) => ` @${name}(if: ${condition()})`).join('');
    },
    definitions() {
      const texts = known.map(
        ({ name, type, defaultValue }) =>
          `$${name}: ${String(type)}${defaultValue === undefined ? '' : ` = ${defaultValue}`}`,
      );
      return texts.length === 0 ? '' : `(${texts.join(', ')})`;
    },
    values() {
      const values: Record<string, unknown> = {};
      for (const { name, type } of known)
        if (isNonNullType(type) || random.chance(0.7)) values[name] = jsonValue(random, type, MAX_DEPTH);
      return values;
    },
  };
}

const isNeeded = ({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean =>
  isNonNullType(type) && defaultValue === undefined;

const chosenFields = (random: Random, fields: readonly GraphQLInputField[], depth: number): GraphQLInputField[] =>
  fields.filter((field) => isNeeded(field) || (depth > 0 && random.chance(0.4)));

function leafText(random: Random, type: GraphQLInputType): string {
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  switch (String(type)) {
    case 'Int':
      return String(random.between(-3, 9));
    case 'Float':
      return random.pick(['1', '2.5', '-1e3', '0']);
    case 'Boolean':
      return String(random.chance(0.5));
    case 'ID':
      return random.pick(['"id-1"', '7', '"7"']);
    case 'String':
      return random.pick(['"kg"', '""', '"a \\"b\\" \\n \\u00e9"', '"""block\n  text"""', '"😀"']);
    default:
      return random.pick(['1', '"blob"', '{ b: 1, a: [true, null] }', '[1, "x", ENUM]']);
  }
}

function jsonValue(random: Random, type: GraphQLInputType, depth: number): unknown {
  if (isNonNullType(type)) return presentJson(random, type.ofType, depth);
  return random.chance(0.15) ? null : presentJson(random, type, depth);
}

function presentJson(random: Random, type: GraphQLInputType, depth: number): unknown {
  if (isNonNullType(type)) return presentJson(random, type.ofType, depth);
  if (isListType(type)) return Array.from({ length: random.below(3) }, () => jsonValue(random, type.ofType, depth));
  if (isInputObjectType(type))
    return Object.fromEntries(
      chosenFields(random, Object.values(type.getFields()), depth).map((field) => [
        field.name,
        jsonValue(random, field.type, depth - 1),
      ]),
    );
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  switch (String(type)) {
    case 'Int':
      return random.between(-3, 9);
    case 'Float':
      return random.pick([1, 2.5, -1000, 0]);
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return random.pick(['id-1', 7, '7']);
    case 'String':
      return random.pick(['kg', '', 'a "b" \n é', '😀']);
    default:
      return random.pick<unknown>([1, 'blob', { b: 1, a: [true, null] }, [1, 'x']]);
  }
}
