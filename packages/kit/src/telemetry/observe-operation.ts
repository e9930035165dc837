import type { GraphQLFormattedError } from 'graphql';
import type { Registry } from 'prom-client';
import { createBoundedLabels, createClientLabels, OTHER, type ClientLabels } from './bounded-labels.ts';
import type { ClientInfo } from './client-info.ts';
import { createBoundedCounter, createBoundedHistogram } from './label-sets.ts';
import type { TraceContext } from './trace-context.ts';
import { codeOf, recordedSpan } from './tracing.ts';

/** Names of operations are chosen by clients: more of them, and longer ones, are `other`. */
const OPERATION_NAMES = 500;
const NAME_CHARACTERS = 64;
const CLIENTS = 50;
const CHANNELS = 50;
/** A histogram has twelve series for each. */
const DURATIONS = 1_000;
const REQUESTS = 2_000;
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** One operation that has ended. */
export interface OperationRecord {
  /** Of the graph that was asked. */
  readonly graph: string;
  /** `invalid` when there was no operation that could be executed. */
  readonly kind: 'query' | 'mutation' | 'subscription' | 'invalid';
  /** As a valid document names it. */
  readonly name: string | undefined;
  readonly startedAt: number;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  /** For whom it was executed. */
  readonly context: {
    readonly caller: { readonly channel: string | null };
    readonly client?: ClientInfo | undefined;
    readonly trace?: TraceContext | undefined;
  };
}

/** Counts operations of a service. */
export interface OperationMetrics {
  /** Counts one operation and tells its span, if somebody sees it. */
  observe(operation: OperationRecord): void;
  /** The clients that are told apart. */
  readonly clients: ClientLabels;
}

/** Adds the metrics of operations to a registry. */
export function createOperationMetrics(registry: Registry): OperationMetrics {
  const names = createBoundedLabels(OPERATION_NAMES);
  const channels = createBoundedLabels(CHANNELS);
  const clients = createClientLabels(CLIENTS);
  const durations = createBoundedHistogram({
    registry,
    name: 'graphql_operation_seconds',
    help: 'Duration of GraphQL operations',
    labelNames: ['graph', 'operation', 'name', 'channel', 'outcome'],
    most: DURATIONS,
    buckets: BUCKETS,
  });
  const requests = createBoundedCounter({
    registry,
    name: 'graphql_client_operations_total',
    help: 'GraphQL operations by the program that asked, as it calls itself',
    labelNames: ['graph', 'name', 'client_name', 'client_version', 'outcome'],
    most: REQUESTS,
  });
  const nameOf = (name: string | undefined): string => {
    if (name === undefined) return 'anonymous';
    return name.length > NAME_CHARACTERS ? OTHER : names.label(name);
  };
  return {
    clients,
    observe(operation) {
      const { graph, kind, errors, startedAt, context } = operation;
      const outcome = errors === undefined || errors.length === 0 ? 'ok' : 'error';
      const name = kind === 'invalid' ? 'none' : nameOf(operation.name);
      const channel = context.caller.channel === null ? 'none' : channels.label(context.caller.channel);
      const client = clients.of(context.client);
      durations.observe((performance.now() - startedAt) / 1_000, graph, kind, name, channel, outcome);
      requests.add(graph, name, client.name, client.version, outcome);
      if (context.trace !== undefined) tellSpan(context.trace, operation);
    },
  };
}

/** Distinct codes that a span names. */
const CODES = 5;

function tellSpan(trace: TraceContext, { kind, name, errors, graph }: OperationRecord): void {
  const span = recordedSpan(trace);
  if (!span) return;
  span.add({ 'kontor.graph': graph });
  if (kind !== 'invalid') {
    span.rename(name === undefined ? kind : `${kind} ${name}`);
    span.add({ 'graphql.operation.type': kind, 'graphql.operation.name': name });
  }
  if (errors === undefined || errors.length === 0) return;
  const codes = new Set(errors.map(({ extensions }) => codeOf(extensions)));
  span.fail([...codes].slice(0, CODES).join(' '));
}
