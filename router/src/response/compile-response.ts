import { Kind, type DocumentNode, type FieldNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { completeRoot, type CompletionError } from './complete-object.ts';
import { ShapeCompiler } from './compile-shapes.ts';
import { decidingVariables, readConditions, type Conditions, type Fragments } from './conditions.ts';
import { introspectionTakesVariables } from './introspection-answer.ts';
import type { ObjectShape } from './shape.ts';
import { writeBytes } from './write-bytes.ts';

export type { CompletionError } from './complete-object.ts';

/** A document with seven or more conditions could have more combinations than are worth keeping. */
const MAX_SHAPES_KEPT = 64;
/** Object shapes of one operation under one combination; data of ever other types could make more. Beyond it they are made anew. */
const MAX_OBJECT_SHAPES = 5_000;

/**
 * How the answers of an operation look under one combination of conditions. Each function completes a merged tree by the
 * schema (GraphQL 6.4.3): fields in the order of the operation, what was not asked for left out, nulls propagated. What does
 * not fit the schema adds to `errors`, in the order of the response and up to MAX_COMPLETION_ERRORS; nothing that a tree can
 * hold makes them throw. A tree is made of what JSON can hold: of its objects only own properties count.
 */
export interface ResponseShape {
  /** JSON text of the value of `data`. */
  writeJson(tree: Record<string, unknown>, errors: CompletionError[]): string;
  /** The same text in UTF-8 between two others. Cheaper than the text, where bytes are sent. The caller owns it. */
  writeBytes(tree: Record<string, unknown>, errors: CompletionError[], before: Buffer, after: Buffer): Buffer;
  /** The same as objects without a prototype. The caller owns them, except values of custom scalars: these are the tree's. */
  complete(tree: Record<string, unknown>, errors: CompletionError[]): Record<string, unknown> | null;
}

export interface CompiledResponse {
  /**
   * The shape for coerced variables: `@skip` and `@include` are decided by them. Shapes are kept per combination of the
   * variables that decide. Cheap, and it refuses what must not be executed, so that it is asked before.
   * @throws GraphQLError BAD_USER_INPUT when a variable that decides is null
   */
  shapeFor(coerced: Readonly<Record<string, unknown>>): ResponseShape;
}

export interface ResponseOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** Valid for the schema. */
  readonly document: DocumentNode;
  /** One of the document's. */
  readonly operation: OperationDefinitionNode;
  /**
   * Fields of the document that the caller may not see: null whatever the data hold, with nulls propagated. A response key under which
   * others are selected too has their value, without what was selected inside the refused ones.
   */
  readonly refusedFields?: ReadonlySet<FieldNode>;
}

/** Compiles how the answers of an operation look. */
export function compileResponse({
  schema,
  document,
  operation,
  refusedFields = new Set(),
}: ResponseOptions): CompiledResponse {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new Error(`Schema is not configured to execute ${operation.operation} operation.`);
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const deciding = decidingVariables(operation, fragments);
  const takesVariables = introspectionTakesVariables(operation, fragments);

  const kept = new Map<string, Variant>();
  const compile = (conditions: Conditions, coerced: Readonly<Record<string, unknown>>) => {
    const compiler = new ShapeCompiler({ schema, fragments, operation, conditions, coerced, refusedFields });
    return new Variant(compiler, compiler.compile(rootType, [operation.selectionSet]));
  };

  return {
    shapeFor(coerced) {
      const conditions = readConditions(deciding, coerced);
      // Introspection by variables is rare, and costs more than to compile what is around it.
      if (takesVariables) return compile(conditions, coerced);
      const key = [...conditions.values()].join();
      let variant = kept.get(key);
      if (!variant || variant.size > MAX_OBJECT_SHAPES) variant = compile(conditions, {});
      else if (deciding.length === 0) return variant;
      // A map keeps the order of insertion: the first is the one that was not used for longest.
      kept.delete(key);
      kept.set(key, variant);
      if (kept.size > MAX_SHAPES_KEPT) kept.delete(kept.keys().next().value!);
      return variant;
    },
  };
}

class Variant implements ResponseShape {
  readonly #compiler: ShapeCompiler;
  readonly #root: ObjectShape;

  constructor(compiler: ShapeCompiler, root: ObjectShape) {
    this.#compiler = compiler;
    this.#root = root;
  }

  get size(): number {
    return this.#compiler.size;
  }

  writeJson(tree: Record<string, unknown>, errors: CompletionError[]): string {
    return writeBytes(this.#root, tree, (bytes) => bytes.toString()) ?? this.#stringify(tree, errors);
  }

  writeBytes(tree: Record<string, unknown>, errors: CompletionError[], before: Buffer, after: Buffer): Buffer {
    const between = (bytes: Buffer): Buffer => {
      const whole = Buffer.allocUnsafeSlow(before.length + bytes.length + after.length);
      before.copy(whole, 0);
      bytes.copy(whole, before.length);
      after.copy(whole, before.length + bytes.length);
      return whole;
    };
    return writeBytes(this.#root, tree, between) ?? between(Buffer.from(this.#stringify(tree, errors)));
  }

  complete(tree: Record<string, unknown>, errors: CompletionError[]): Record<string, unknown> | null {
    return completeRoot(this.#root, tree, errors);
  }

  /** The writer has found something that does not fit: what it is and what becomes of it, the objects tell. */
  #stringify(tree: Record<string, unknown>, errors: CompletionError[]): string {
    return JSON.stringify(completeRoot(this.#root, tree, errors));
  }
}
