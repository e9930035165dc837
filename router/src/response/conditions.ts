import { requestFault } from '@kontor/kit/src/errors.ts';
import {
  Kind,
  visit,
  type ASTNode,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The values of the variables that `@skip` and `@include` ask for. */
export type Conditions = ReadonlyMap<string, boolean>;

/** A node with every fragment that it spreads, directly or through others, each once. */
export function withSpreadFragments(roots: readonly ASTNode[], fragments: Fragments): ASTNode[] {
  const nodes = [...roots];
  const seen = new Set<string>();
  // The list grows while it is walked.
  for (const node of nodes)
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || seen.has(name.value)) return;
        seen.add(name.value);
        nodes.push(fragment);
      },
    });
  return nodes;
}

/** The names of the variables that decide in `@skip` or `@include` anywhere in an operation, each once, in no order that means anything. */
export function decidingVariables(operation: OperationDefinitionNode, fragments: Fragments): string[] {
  const names = new Set<string>();
  for (const node of withSpreadFragments([operation], fragments))
    visit(node, {
      Directive(directive) {
        const condition = conditionOf(directive);
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      },
    });
  return [...names];
}

/**
 * The values of deciding variables.
 * @throws GraphQLError BAD_USER_INPUT when one is null or absent, which `$name: Boolean = true` allows: the argument `if` takes
 * no null (GraphQL 6.4.1). There it is an error of each field around; here it refuses the request, before anything is asked.
 */
export function readConditions(names: readonly string[], coerced: Readonly<Record<string, unknown>>): Conditions {
  return new Map(
    names.map((name) => {
      const value = Object.hasOwn(coerced, name) ? coerced[name] : undefined;
      if (typeof value !== 'boolean')
        throw requestFault(
          'BAD_USER_INPUT',
          `Argument "if" of non-null type "Boolean!" must not be null ("$${name}").`,
        );
      return [name, value];
    }),
  );
}

/** Whether `@skip` and `@include` let a selection in (GraphQL 3.13.1 and 3.13.2): both must. */
export function isIncluded({ directives = [] }: SelectionNode, conditions: Conditions): boolean {
  for (const directive of directives) {
    const condition = conditionOf(directive);
    if (!condition) continue;
    const value =
      condition.kind === Kind.VARIABLE
        ? conditions.get(condition.name.value)
        : condition.kind === Kind.BOOLEAN && condition.value;
    if (value !== (directive.name.value === 'include')) return false;
  }
  return true;
}

const conditionOf = ({ name, arguments: values = [] }: DirectiveNode) =>
  name.value === 'skip' || name.value === 'include'
    ? values.find((argument) => argument.name.value === 'if')?.value
    : undefined;
