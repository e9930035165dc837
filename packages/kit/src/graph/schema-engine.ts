import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { ERROR_CATALOGUE, isErrorCode, requestFault } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { createDocumentCache } from './document-cache.ts';
import type { BaseContext, EncodedResult, GraphEngine } from './engine.ts';
import { formatError, logFault } from './format-error.ts';
import type { GraphRequest, GraphResult } from './graph.ts';
import { createResponseStream, type ResponseSource } from './response-stream.ts';
import { createSharedExecutions, type KnownOperation } from './shared-executions.ts';
import { checkLimits, checkRepeats, checkTokens, type DocumentLimits } from './limits.ts';

export interface SchemaEngineOptions {
  /** The graph's name in the metrics. */
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  readonly metrics: ServiceMetrics;
  /** What a document may cost. */
  readonly limits: DocumentLimits;
  /** Whether clients may ask for the schema; where not, errors do not suggest names of it either. */
  readonly introspection: boolean;
  /** What is told beside the data when a request is done. */
  readonly finish?: ((context: BaseContext) => ResultExtras) | undefined;
}

/** What a service adds to a result: headers over HTTP, and extensions. */
export interface ResultExtras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A document that was parsed and validated. */
export interface KnownDocument {
  readonly document: DocumentNode;
  /** By name; the only operation of a document also by `''`. */
  readonly operations: ReadonlyMap<string, OperationDefinitionNode>;
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Executes with graphql-js over resolvers. A document is parsed and validated once, however often it comes and from wherever. */
export function createSchemaEngine(options: SchemaEngineOptions): GraphEngine {
  const { name, schema, logger, metrics, limits, introspection, finish } = options;
  const documents = createDocumentCache<KnownDocument>();
  const sharedExecutions = createSharedExecutions(schema);

  /** @throws GraphQLError[] what is wrong with the document. */
  const known = (query: string): KnownDocument => {
    const cached = documents.get(query);
    if (cached) return cached;
    const made = readDocument(schema, query, { limits, introspection });
    documents.set(query, made);
    return made;
  };

  const prepare = (request: GraphRequest, wanted: 'subscription' | 'other') => {
    const { document, operations } = known(request.query);
    const operation = operations.get(request.operationName ?? '');
    if (!operation) throw noOperation(request.operationName);
    checkLimits(document, operation, limits);
    const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription && wanted === 'other') throw needsSocket();
    if (!isSubscription && wanted === 'subscription') throw requestFault('BAD_REQUEST', 'This is not a subscription.');
    return { document, operation };
  };

  const observe = (
    operation: OperationDefinitionNode | undefined,
    startedAt: number,
    context: BaseContext,
    errors: GraphResult['errors'],
  ) => {
    const kind = operation?.operation ?? 'invalid';
    metrics.operations.observe({ graph: name, kind, name: operation?.name?.value, startedAt, errors, context });
  };

  const format = (errors: readonly GraphQLError[], requestId: string): GraphQLFormattedError[] =>
    errors.map((error) => {
      logFault(logger, error, requestId);
      return formatError(error.toJSON(), requestId);
    });

  const run = async (request: GraphRequest, context: BaseContext): Promise<GraphResult> => {
    const startedAt = performance.now();
    let operation: OperationDefinitionNode | undefined;
    let result: GraphResult;
    try {
      const prepared = prepare(request, 'other');
      const { document } = prepared;
      operation = prepared.operation;
      const executed = await execute({
        schema,
        document,
        contextValue: context,
        variableValues: request.variables ?? null,
        operationName: request.operationName ?? null,
      });
      result = formatted(executed, context.requestId);
    } catch (error) {
      result = { errors: format(faultsOf(error), context.requestId) };
    }
    observe(operation, startedAt, context, result.errors);
    return result;
  };

  const formatted = ({ data, errors }: ExecutionResult, requestId: string): GraphResult => {
    if (!errors) return { data: data as Record<string, unknown> };
    // Without data nothing was executed: the variables did not fit (GraphQL 6.1.2), which is no place of the response; or the source of a
    // subscription could not be made, which is.
    const told =
      data === undefined ? errors.map((error) => (error.path ? error : asBadInput(error, introspection))) : errors;
    return {
      ...(data === undefined ? {} : { data: data }),
      errors: format(told, requestId),
    };
  };

  /** @throws GraphQLError when there is no subscription; what is wrong with a document is its only event. */
  const open = async (request: GraphRequest, context: BaseContext): Promise<ResponseSource> => {
    const { requestId } = context;
    const startedAt = performance.now();
    let prepared: KnownOperation;
    try {
      prepared = prepare(request, 'subscription');
    } catch (error) {
      if (!(error instanceof InvalidDocument)) throw error;
      return { only: { errors: format(error.errors, requestId) } };
    }
    const args = {
      schema,
      document: prepared.document,
      contextValue: context,
      variableValues: request.variables ?? null,
      operationName: request.operationName ?? null,
    };
    const events = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in events)) {
      const refused = formatted(events, requestId);
      observe(prepared.operation, startedAt, context, refused.errors);
      return { only: refused };
    }
    observe(prepared.operation, startedAt, context, undefined);
    const sharing = sharedExecutions.join(prepared, request, context);
    return {
      events: events[Symbol.asyncIterator](),
      respond: (event) =>
        sharing.resultOf(event) ??
        Promise.resolve(execute({ ...args, rootValue: event })).then((executed) => formatted(executed, requestId)),
      end: () => sharing.end(),
    };
  };

  return {
    async execute(request, context) {
      const result = await run(request, context);
      // Of what was not executed there is nothing to tell.
      const extensions = result.data === undefined ? undefined : finish?.(context).extensions;
      return extensions ? { ...result, extensions: { ...result.extensions, ...extensions } } : result;
    },
    async respond(request, context) {
      const result = await run(request, context);
      return encode(result, finish?.(context));
    },
    subscribe: (request, context) => createResponseStream(() => open(request, context), context.signal),
    admit: (query) => checkTokens(query, limits.tokens),
    onSchema(listener) {
      listener(schema);
      return () => undefined;
    },
  };
}

/** A document with what is wrong with it. */
export class InvalidDocument extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super('The document is not valid.');
    this.errors = errors;
  }
}

/** The GraphQL errors of whatever was thrown. */
export const faultsOf = (error: unknown): readonly GraphQLError[] => {
  if (error instanceof InvalidDocument) return error.errors;
  if (error instanceof GraphQLError) return [error];
  return [new GraphQLError('fault', { originalError: error instanceof Error ? error : new Error(String(error)) })];
};

/**
 * Parses and validates a document that a caller with these limits sends.
 * @throws InvalidDocument, or GraphQLError DOCUMENT_TOO_COMPLEX before anything is done that the limits are to prevent.
 */
export function readDocument(
  schema: GraphQLSchema,
  query: string,
  { limits, introspection }: { readonly limits: DocumentLimits; readonly introspection: boolean },
): KnownDocument {
  checkTokens(query, limits.tokens);
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: limits.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) throw new InvalidDocument([withCode(error, 'GRAPHQL_PARSE_FAILED')]);
    throw error;
  }
  // What is too large is refused before it is validated, whose work can grow with the square of it.
  checkRepeats(document);
  const operations = operationsOf(document);
  for (const operation of operations.values()) checkLimits(document, operation, limits);
  // graphql-js validates no field of a root type that is not there.
  const impossible = [...operations.values()].filter(({ operation }) => !schema.getRootType(operation));
  if (impossible.length > 0)
    throw new InvalidDocument(
      impossible.map((node) =>
        withCode(
          new GraphQLError(`The schema has no ${node.operation} operations.`, { nodes: node }),
          'GRAPHQL_VALIDATION_FAILED',
        ),
      ),
    );
  const errors = problemsOf(schema, document, introspection ? specifiedRules : WITHOUT_INTROSPECTION);
  if (errors.length > 0)
    throw new InvalidDocument(
      errors.map((error) => withCode(introspection ? error : withoutSuggestion(error), 'GRAPHQL_VALIDATION_FAILED')),
    );
  return { document, operations };
}

/** graphql-js throws instead of telling where variables decide about the field of a subscription. */
function problemsOf(...[schema, document, rules]: Parameters<typeof validate>): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

function operationsOf(document: DocumentNode): ReadonlyMap<string, OperationDefinitionNode> {
  const operations = new Map<string, OperationDefinitionNode>();
  const only = getOperationAST(document);
  if (only) operations.set('', only);
  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.name)
      operations.set(definition.name.value, definition);
  return operations;
}

/** The error when a document has no operation of the name, or several and no name was given. */
export const noOperation = (name: string | undefined): GraphQLError =>
  requestFault(
    'OPERATION_RESOLUTION_FAILURE',
    name === undefined || name === ''
      ? 'Name one of the operations of the document in operationName.'
      : 'operationName names no operation of the document.',
  );

/** The error when a subscription comes where there is one answer. */
export const needsSocket = (): GraphQLError =>
  requestFault(
    'SUBSCRIPTION_NOT_SUPPORTED',
    'A subscription needs a WebSocket at the same path (protocol graphql-transport-ws), or a request with `accept: text/event-stream`.',
  );

const WITHOUT_INTROSPECTION = [...specifiedRules, NoSchemaIntrospectionCustomRule];

/** graphql-js suggests names that are alike, which tells the schema to those who may not ask for it. */
export const withoutSuggestion = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message.replace(/ Did you mean [^?]*\?$/, ''), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
  });

const asBadInput = (error: GraphQLError, introspection: boolean): GraphQLError =>
  withCode(introspection ? error : withoutSuggestion(error), 'BAD_USER_INPUT');

const withCode = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    // A scalar that refuses a value may say what is wrong with it in a code of its own.
    extensions: { code, ...error.extensions },
  });

/** A result as it goes over the wire. */
export function encode(result: GraphResult, extras?: ResultExtras): EncodedResult {
  const extensions =
    extras?.extensions && result.data !== undefined
      ? { ...result.extensions, ...extras.extensions }
      : result.extensions;
  const { errors, data } = result;
  return {
    status: data === undefined ? statusOf(errors) : 200,
    ...(data === undefined ? { code: errors?.[0]?.extensions?.['code'] } : {}),
    headers: extras?.headers ?? NO_HEADERS,
    // `errors` first, so that a reader of a long answer sees them (GraphQL 7.1).
    body: `${JSON.stringify({ errors, data, extensions })}\n`,
  };
}

/** The headers that a fault asks for, such as `Retry-After`. */
export function headersOf(error: GraphQLError): Record<string, string> {
  const http = error.extensions['http'] as { readonly headers?: Iterable<readonly [string, string]> } | undefined;
  return http?.headers ? Object.fromEntries(http.headers) : {};
}

/** Mistakes in the document or its variables: the request is one of GraphQL all the same. */
const OF_GRAPHQL: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

/**
 * The HTTP status of an answer in a media type. In `application/json`, which anything on the way may send, too, clients only read a body that
 * comes with 200: what GraphQL itself refuses is told with it there, and with a 4xx where the media type is that of GraphQL (GraphQL over HTTP 6.4).
 */
export const statusIn = (type: string, status: number, code: unknown): number =>
  status === 400 && type.startsWith('application/json') && OF_GRAPHQL.has(code) ? 200 : status;

/** What the whole request fails with. */
export function statusOf(errors: readonly GraphQLFormattedError[] | undefined): number {
  const code = errors?.[0]?.extensions?.['code'];
  return isErrorCode(code) ? ERROR_CATALOGUE[code].status : 500;
}
