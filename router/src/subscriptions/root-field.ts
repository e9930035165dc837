import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { CompiledSubscription } from '../execution/compile-plan.ts';

const known = new WeakMap<CompiledSubscription, string>();

/** The field of `Subscription` that a plan subscribes to: validation allows one. */
export function rootFieldOf(plan: CompiledSubscription): string | undefined {
  let field = known.get(plan);
  if (field === undefined) {
    const [operation] = parse(plan.request({}).query).definitions;
    field = operation?.kind === Kind.OPERATION_DEFINITION ? firstField(operation.selectionSet) : undefined;
    if (field !== undefined) known.set(plan, field);
  }
  return field;
}

/** Documents of a planner spread no fragments at the root. */
function firstField({ selections }: SelectionSetNode): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection.name.value;
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? firstField(selection.selectionSet) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}
