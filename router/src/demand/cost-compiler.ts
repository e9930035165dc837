import {
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentCosts, type Remember } from './argument-costs.ts';
import { variableOf } from './argument-values.ts';
import type { Costs } from './costs.ts';
import {
  atLeastZero,
  both,
  evaluate,
  MOST,
  orElse,
  product,
  sum,
  when,
  type Condition,
  type Expression,
} from './expression.ts';
import { fieldDemand } from './field-costs.ts';
import { guessedLength, promisedLength } from './list-length.ts';

/** How many items a list has that nothing sizes. */
export const DEFAULT_LENGTH = 10;

interface CompilerOptions {
  readonly costs: Costs;
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly defaultLength: number;
}

/** A selection set whose parent may size some of its lists. */
interface Level {
  /** What does not depend on the parent. */
  readonly fixed: Expression;
  /** One item of each list that the parent sizes. */
  readonly item: Expression;
  /** The same lists as long as they are when the parent does not know. */
  readonly unsized: Expression;
}

interface CompiledField {
  /** One item. */
  readonly item: Expression;
  readonly isList: boolean;
  readonly length: Expression;
  /** Arguments and requirements. */
  readonly once: Expression;
}

const NOTHING: Level = { fixed: 0, item: 0, unsized: 0 };
/** A fragment that spreads itself has no end. */
const ENDLESS: Level = { fixed: MOST, item: 0, unsized: 0 };
const NO_FIELDS: ReadonlySet<string> = new Set();

/** Compiles what selection sets cost whose parents size nothing. */
export type CostCompiler = (selectionSet: SelectionSetNode, type: GraphQLCompositeType) => Expression;

/** A compiler for the selection sets of one document: a fragment is compiled once, and evaluated once with each set of variables. */
export function createCostCompiler({ costs, schema, fragments, defaultLength }: CompilerOptions): CostCompiler {
  const slots = new Map<string, number>();
  const remember: Remember = (key, expression) => {
    if (typeof expression === 'number') return expression;
    let slot = slots.get(key);
    if (slot === undefined) slots.set(key, (slot = slots.size));
    const index = slot;
    return (frame) => (frame.remembered[index] ??= expression(frame));
  };
  const fields = new Map<FieldNode, CompiledField | null>();
  const spread = new Map<string, Level>();

  const levelOf = (
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
    sized: ReadonlySet<string>,
  ): Level => {
    const levels = selections.map((selection) => {
      const level =
        selection.kind === Kind.FIELD ? fieldLevel(selection, parent, sized) : fragmentLevel(selection, parent, sized);
      const condition = conditionOf(selection);
      return {
        fixed: when(condition, level.fixed),
        item: when(condition, level.item),
        unsized: when(condition, level.unsized),
      };
    });
    return {
      fixed: sum(levels.map(({ fixed }) => fixed)),
      item: sum(levels.map(({ item }) => item)),
      unsized: sum(levels.map(({ unsized }) => unsized)),
    };
  };

  const fragmentLevel = (
    selection: Exclude<SelectionNode, FieldNode>,
    parent: GraphQLCompositeType,
    sized: ReadonlySet<string>,
  ): Level => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : parent;
      return isCompositeType(type) ? levelOf(selection.selectionSet, type, sized) : NOTHING;
    }
    const name = selection.name.value;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    if (!isCompositeType(type)) return NOTHING;
    const key = `${name} ${[...sized].join(' ')}`;
    const known = spread.get(key);
    if (known) return known;
    // Until it is compiled: whoever meets it again meanwhile is inside of it.
    spread.set(key, ENDLESS);
    const level = levelOf(fragment!.selectionSet, type, sized);
    const once = {
      fixed: remember(`fixed ${key}`, level.fixed),
      item: remember(`item ${key}`, level.item),
      unsized: remember(`unsized ${key}`, level.unsized),
    };
    spread.set(key, once);
    return once;
  };

  const fieldLevel = (node: FieldNode, parent: GraphQLCompositeType, sized: ReadonlySet<string>): Level => {
    let field = fields.get(node);
    if (field === undefined) fields.set(node, (field = compileField(node, parent)));
    if (!field) return NOTHING;
    const { item, isList, length, once } = field;
    const whole = product(length, item);
    if (!isList || !sized.has(node.name.value)) return { fixed: sum([once, whole]), item: 0, unsized: 0 };
    return { fixed: once, item, unsized: whole };
  };

  const compileField = (node: FieldNode, parent: GraphQLCompositeType): CompiledField | null => {
    // Only its own fields: __typename, __schema and __type are none of them.
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field || !(isObjectType(parent) || isInterfaceType(parent))) return null;
    const demand = fieldDemand(costs, schema, parent, field.name, field.type);
    const promised = promisedLength(demand.listSizes, node, field, parent.name);
    const isList = isListType(getNullableType(field.type));
    const length = !isList
      ? 1
      : orElse(promised, demand.listSizes.length > 0 ? defaultLength : guessedLength(node, field, defaultLength));
    return {
      item: atLeastZero(sum([demand.weight, selected(node, field.type, demand.listSizes, promised)])),
      isList,
      length,
      once: sum([
        demand.required,
        atLeastZero(argumentCosts(node, field.args, { costs, weightOf: demand.weightOfArgument, remember })),
      ]),
    };
  };

  const selected = (
    node: FieldNode,
    type: GraphQLOutputType,
    listSizes: readonly { readonly sizedFields: ReadonlySet<string> }[],
    promised: ReturnType<typeof promisedLength>,
  ): Expression => {
    const named = getNamedType(type);
    if (!node.selectionSet || !isCompositeType(named)) return 0;
    const sized =
      listSizes.length === 0 ? NO_FIELDS : new Set(listSizes.flatMap(({ sizedFields }) => [...sizedFields]));
    const { fixed, item, unsized } = levelOf(node.selectionSet, named, sized);
    if (promised === undefined) return sum([fixed, unsized]);
    // Nothing here waits for the length; a list itself asks for it.
    if (item === 0 && unsized === 0 && isListType(getNullableType(type))) return fixed;
    if (typeof promised === 'number') return sum([fixed, product(promised, item)]);
    return sum([
      fixed,
      (frame) => {
        const length = promised(frame);
        return length === undefined ? evaluate(unsized, frame) : Math.min(MOST, length * evaluate(item, frame));
      },
    ]);
  };

  return (selectionSet, type) => levelOf(selectionSet, type, NO_FIELDS).fixed;
}

/** Whether `@skip` and `@include` let a selection be answered. */
function conditionOf(node: SelectionNode): Condition {
  let condition: Condition = true;
  for (const { name, arguments: given } of node.directives ?? []) {
    const wanted = name.value === GraphQLIncludeDirective.name;
    if (!wanted && name.value !== GraphQLSkipDirective.name) continue;
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.BOOLEAN) condition = both(condition, value.value === wanted);
    else if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value;
      condition = both(condition, (frame) => (variableOf(frame, variable) === true) === wanted);
    }
  }
  return condition;
}
