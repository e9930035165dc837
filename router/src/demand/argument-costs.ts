import {
  getNamedType,
  isInputObjectType,
  Kind,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import { variableOf } from './argument-values.ts';
import type { Costs } from './costs.ts';
import { MOST, sum, type Expression } from './expression.ts';

const INPUT_OBJECT = 1;

/** An argument or an input field: its type and what it weighs. */
interface Place {
  readonly type: GraphQLInputType;
  readonly weight: number | undefined;
}

/** Finds the value of an expression once in each evaluation, for everybody who names it by the same key. */
export type Remember = (key: string, expression: Expression) => Expression;

export interface ArgumentCostOptions {
  readonly costs: Costs;
  readonly weightOf: (argument: string) => number | undefined;
  readonly remember: Remember;
}

/**
 * What the arguments of a field cost that an operation gives: 1 for each input object unless it weighs something else, and the weights of
 * scalars and enums, once for a list and once for each of its items. Null costs nothing.
 */
export function argumentCosts(
  node: FieldNode,
  known: readonly GraphQLArgument[],
  options: ArgumentCostOptions,
): Expression {
  return sum(
    (node.arguments ?? []).map(({ name, value }) => {
      const argument = known.find((each) => each.name === name.value);
      return argument
        ? literalCost(value, placeOf(argument.type, options.weightOf(argument.name), options.costs), options)
        : 0;
    }),
  );
}

function placeOf(type: GraphQLInputType, own: number | undefined, costs: Costs): Place {
  return { type, weight: own ?? costs.types.get(getNamedType(type).name)?.weight };
}

const isFree = ({ type, weight }: Place): boolean => weight === undefined && !isInputObjectType(getNamedType(type));

function literalCost(node: ValueNode, place: Place, options: ArgumentCostOptions): Expression {
  const { costs, remember } = options;
  if (isFree(place)) return 0;
  switch (node.kind) {
    case Kind.NULL:
      return 0;
    case Kind.VARIABLE: {
      const name = node.name.value;
      // A large value in many places is walked through once.
      return remember(`${name}:${String(place.type)}:${place.weight}`, (frame) =>
        valueCost(variableOf(frame, name), place, costs),
      );
    }
    case Kind.LIST:
      return sum([place.weight ?? 0, ...node.values.map((item) => literalCost(item, place, options))]);
    case Kind.OBJECT:
      return sum([
        place.weight ?? INPUT_OBJECT,
        ...node.fields.map(({ name, value }) => {
          const inner = fieldOf(place, name.value, costs);
          return inner ? literalCost(value, inner, options) : 0;
        }),
      ]);
    default:
      return place.weight ?? 0;
  }
}

function valueCost(value: unknown, place: Place, costs: Costs): number {
  if (value === undefined || value === null || isFree(place)) return 0;
  let total = place.weight ?? 0;
  if (Array.isArray(value)) for (const item of value) total += valueCost(item, place, costs);
  else if (typeof value === 'object' && isInputObjectType(getNamedType(place.type))) {
    total = place.weight ?? INPUT_OBJECT;
    for (const [name, item] of Object.entries(value)) {
      const inner = fieldOf(place, name, costs);
      if (inner) total += valueCost(item, inner, costs);
    }
  }
  return Math.min(total, MOST);
}

function fieldOf({ type }: Place, name: string, costs: Costs): Place | undefined {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return undefined;
  const fields = named.getFields();
  if (!Object.hasOwn(fields, name)) return undefined;
  return placeOf(fields[name]!.type, costs.types.get(named.name)?.fields.get(name)?.weight, costs);
}
