import { createDocumentCache } from '@kontor/kit/src/graph/document-cache.ts';
import type { GraphRequest } from '@kontor/kit/src/graph/graph.ts';
import {
  checkMeasure,
  checkTokens,
  countTokens,
  measureDocument,
  type DocumentLimits,
} from '@kontor/kit/src/graph/limits.ts';
import { noOperation, readDocument, type KnownDocument } from '@kontor/kit/src/graph/schema-engine.ts';
import { LRUCache } from 'lru-cache';
import { normaliseOperation } from '../planning/normalise-operation.ts';
import { knowOperation, type KnownOperation, type OperationOptions } from './known-operation.ts';

const OPERATIONS = 1_000;

export interface KnownOperationsOptions extends OperationOptions {
  readonly introspection: boolean;
}

/** The operations that one graph of one generation has seen. */
export interface KnownOperations {
  /**
   * @param limits of the caller.
   * @throws InvalidDocument, GraphQLError DOCUMENT_TOO_COMPLEX, OPERATION_RESOLUTION_FAILURE
   */
  find(request: GraphRequest, limits: DocumentLimits): KnownOperation;
}

/**
 * Remembers what was made of a text (its operations, parsed and validated) and of an operation (measure, policy, cost, response). Two
 * texts that differ in what does not matter share the second, and a text that is known costs one look.
 */
export function createKnownOperations(options: KnownOperationsOptions): KnownOperations {
  const { introspection, schema } = options;
  const texts = createDocumentCache<{
    readonly document: KnownDocument;
    readonly operations: Map<string, KnownOperation>;
    /** Counted when somebody comes who may send fewer than the first. */
    tokens?: number;
  }>();
  const normalised = new LRUCache<string, KnownOperation>({ max: OPERATIONS });

  const know = ({ document, operations }: KnownDocument, name: string): KnownOperation => {
    const operation = operations.get(name);
    if (!operation) throw noOperation(name);
    const alone = normaliseOperation(document, operation);
    let known = normalised.get(alone.text);
    if (!known) {
      known = knowOperation(options, { ...alone, operation }, measureDocument(document, operation));
      normalised.set(alone.text, known);
    }
    return known;
  };

  return {
    find({ query, operationName = '' }, limits) {
      let text = texts.get(query);
      if (!text) {
        text = { document: readDocument(schema, query, { limits, introspection }), operations: new Map() };
        texts.set(query, text);
      } else if (query.length > limits.tokens) {
        // Every token has a character at least.
        text.tokens ??= countTokens(query, Infinity);
        if (text.tokens > limits.tokens) checkTokens(query, limits.tokens);
      }
      let operation = text.operations.get(operationName);
      if (!operation) text.operations.set(operationName, (operation = know(text.document, operationName)));
      checkMeasure(operation.measure, limits);
      return operation;
    },
  };
}
