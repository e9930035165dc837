import {
  defaultFieldResolver,
  execute,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { BaseContext } from './engine.ts';
import type { GraphRequest } from './graph.ts';
import { isSharedEvent } from './shared-event.ts';
import { SharedResult } from './shared-result.ts';

/** An operation of a document that was parsed and validated. */
export interface KnownOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** One subscriber's part in the executions of its operation. */
export interface Sharing {
  /** What every subscriber of the kind gets for the event, executed once; undefined when this one has to execute it for itself. */
  resultOf(event: unknown): SharedResult | undefined;
  /** The subscription ended. */
  end(): void;
}

/** Executes what many subscribers are told once for all of them. */
export interface SharedExecutions {
  /** @param request one that graphql-js has taken as a subscription: its variables fit. */
  join(known: KnownOperation, request: GraphRequest, context: BaseContext): Sharing;
}

/** Subscribers whose answers to one event cannot differ. */
interface Kin {
  readonly key: string;
  readonly results: WeakMap<object, SharedResult | 'private'>;
  subscribers: number;
}

const ALONE: Sharing = { resultOf: () => undefined, end: () => undefined };

/**
 * Subscribers share a result when they have the same event object (`shareEvent`), the same document and operation, the same values of all
 * variables below the subscription's field, and callers of the same role and scopes, which is all that the policy table looks at. It is tried
 * out, not trusted, that nothing else counts: below the field everything is resolved by graphql-js itself from the event's own properties, and
 * the field's resolver hands the event on without a look at arguments, info or anything else of the context. Results with errors, which name a
 * request, are never shared.
 */
export function createSharedExecutions(schema: GraphQLSchema): SharedExecutions {
  const families = new Map<string, Kin>();
  const plans = new WeakMap<OperationDefinitionNode, Plan | null>();

  const planOf = (known: KnownOperation): Plan | null => {
    let plan = plans.get(known.operation);
    if (plan === undefined) {
      plan = planFor(schema, known);
      plans.set(known.operation, plan);
    }
    return plan;
  };

  const kinOf = (key: string): Kin => {
    let kin = families.get(key);
    if (!kin) families.set(key, (kin = { key, results: new WeakMap(), subscribers: 0 }));
    return kin;
  };

  return {
    join(known, request, context) {
      const plan = planOf(known);
      const variables = plan && variablesKey(plan, request.variables);
      if (!plan || variables === null) return ALONE;
      const kin = kinOf(
        JSON.stringify([request.query, request.operationName ?? null, variables, ...policyOf(context.caller)]),
      );
      kin.subscribers += 1;
      let ended = false;
      return {
        resultOf(event) {
          if (!isSharedEvent(event)) return undefined;
          let result = kin.results.get(event);
          if (result === undefined) {
            result = executeShared(schema, { known, plan, event, request, caller: context.caller });
            kin.results.set(event, result);
          }
          return result === 'private' ? undefined : result;
        },
        end() {
          if (ended) return;
          ended = true;
          kin.subscribers -= 1;
          if (kin.subscribers === 0) families.delete(kin.key);
        },
      };
    },
  };
}

/** What is known of an operation whose events can be executed for many. */
interface Plan {
  readonly field: SubscriptionField;
  /** The variables that stand anywhere but in the arguments of the subscription's field. */
  readonly variables: readonly string[];
}

type SubscriptionField = ReturnType<GraphQLObjectType['getFields']>[string];

/** What the policy table looks at. */
const policyOf = ({ role, scopes }: Caller) => [role, scopes] as const;

interface SharedExecution {
  readonly known: KnownOperation;
  readonly plan: Plan;
  readonly event: object;
  readonly request: GraphRequest;
  readonly caller: Caller;
}

function executeShared(schema: GraphQLSchema, shared: SharedExecution): SharedResult | 'private' {
  const { known, plan, event, request, caller } = shared;
  if (!handsOn(plan.field, event, caller)) return 'private';
  const { context, sawMore } = onlyPolicy(caller);
  const executed = execute({
    schema,
    document: known.document,
    rootValue: event,
    contextValue: context,
    variableValues: request.variables ?? null,
    operationName: request.operationName ?? null,
  });
  return isComplete(executed) && !sawMore() ? new SharedResult(executed.data) : 'private';
}

const isComplete = (
  executed: ExecutionResult | Promise<ExecutionResult>,
): executed is { readonly data: Record<string, unknown> } =>
  !('then' in executed) && executed.errors === undefined && executed.data !== null && executed.data !== undefined;

/** @returns null when resolvers of our own have a say below the subscription's field, or types that are told apart while executing. */
function planFor(schema: GraphQLSchema, { document, operation }: KnownOperation): Plan | null {
  const root = schema.getSubscriptionType();
  const [selection] = operation.selectionSet.selections;
  // A fragment at the root is rare and would have to be followed.
  if (!root || operation.selectionSet.selections.length !== 1 || selection?.kind !== Kind.FIELD) return null;
  const field = root.getFields()[selection.name.value];
  if (!field) return null;
  const variables = new Set<string>();
  let isPlain = true;
  const types = new TypeInfo(schema);
  const look = visitWithTypeInfo(types, {
    enter(node, _key, parent) {
      // What the field itself is asked has been answered by the event; the definitions of variables are no use of them.
      if (node.kind === Kind.VARIABLE_DEFINITION) return false;
      if (node.kind === Kind.ARGUMENT && parent === selection.arguments) return false;
      if (node.kind === Kind.VARIABLE) variables.add(node.name.value);
      if (node.kind === Kind.FIELD && node !== selection && !isPlainField(types, node)) isPlain = false;
      if (node.kind === Kind.FIELD && node === selection && !isPlainType(types)) isPlain = false;
      return undefined;
    },
  });
  for (const definition of document.definitions)
    if (definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION) visit(definition, look);
  return isPlain ? { field, variables: [...variables].sort() } : null;
}

/** Whether graphql-js reads the field from its object, and nobody of ours is asked. */
function isPlainField(types: TypeInfo, node: FieldNode): boolean {
  const parent = types.getParentType();
  const field = types.getFieldDef();
  if (!field || !isObjectType(parent)) return false;
  if (node.name.value === '__typename') return true;
  const resolve = field.resolve ?? defaultFieldResolver;
  return resolve === defaultFieldResolver && isPlainType(types);
}

/** Whether the type of a field's value is known before there is one. */
function isPlainType(types: TypeInfo): boolean {
  const type = types.getType();
  const named = type && getNamedType(type);
  return !!named && !isAbstractType(named) && !(isObjectType(named) && named.isTypeOf);
}

/** @returns null when a value is more than a name or a number: what cannot be compared at a glance is not shared. */
function variablesKey({ variables }: Plan, given: GraphRequest['variables']): readonly unknown[] | null {
  const key: unknown[] = [];
  for (const name of variables) {
    const value: unknown = given && Object.hasOwn(given, name) ? given[name] : undefined;
    const isComparable =
      value === undefined ||
      value === null ||
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      Number.isFinite(value);
    if (!isComparable) return null;
    // An absent variable has its default; one that is null has none.
    key.push(value === undefined ? [] : [value]);
  }
  return key;
}

/** Whether the subscription's field answers an event with the event, whoever asks whatever. */
function handsOn({ resolve }: SubscriptionField, event: object, caller: Caller): boolean {
  // graphql-js itself reads a property of the event.
  if (!resolve || resolve === defaultFieldResolver) return true;
  const { context, sawMore, untouchable } = onlyPolicy(caller);
  try {
    return resolve(event, untouchable, context, untouchable as never) === event && !sawMore();
  } catch {
    return false;
  }
}

/** A context that shows of its caller what the policy table looks at, and notes when somebody looks at anything else. */
function onlyPolicy({ role, scopes }: Caller) {
  let more = false;
  const note = (): never => {
    more = true;
    throw new Error('An execution for many subscribers must not depend on one of them.');
  };
  const guard = (shown: Readonly<Record<string, unknown>>) =>
    new Proxy(shown, {
      get: (target, name) => (typeof name === 'string' && Object.hasOwn(target, name) ? target[name] : note()),
      has: note,
      ownKeys: note,
      getOwnPropertyDescriptor: note,
      getPrototypeOf: note,
      set: note,
      defineProperty: note,
      deleteProperty: note,
    });
  return {
    context: guard({ caller: guard({ role, scopes: Object.freeze([...scopes]) }) }),
    untouchable: guard({}),
    sawMore: () => more,
  };
}
