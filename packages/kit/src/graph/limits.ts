import {
  GraphQLError,
  Kind,
  Lexer,
  Source,
  TokenKind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { requestFault } from '../errors.ts';

/** What a document may cost before anything is planned or executed. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
}

/** For documents that strangers write. */
export const PUBLIC_LIMITS: DocumentLimits = { tokens: 1_000, depth: 10, aliases: 15, rootFields: 10, directives: 20 };
/** For documents of our own services, which are part of the code. */
export const INTERNAL_LIMITS: DocumentLimits = {
  tokens: 10_000,
  depth: 30,
  aliases: 200,
  rootFields: 50,
  directives: 200,
};
/**
 * Root fields that must stand alone: each is an attempt at a secret, and aliases would make many attempts of one request.
 * (OWASP GraphQL cheat sheet, batching attacks.)
 */
const ALONE: ReadonlySet<string> = new Set(['signIn', 'signUp']);
/** Introspection is deep and harmless: it has a depth of its own and counts for nothing else. */
const INTROSPECTION_DEPTH = 20;
/** Fragments can multiply; nobody needs more than this many visited fields. */
const VISITED_FIELDS = 20_000;

interface Cost {
  depth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  visited: number;
  /** A root field that must stand alone. */
  alone: string | null;
}

/**
 * Checks one operation of a valid document. Fragments count wherever they are spread.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX naming the limit.
 */
export function checkLimits(document: DocumentNode, operation: OperationDefinitionNode, limits: DocumentLimits): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const cost: Cost = {
    depth: 0,
    aliases: 0,
    rootFields: 0,
    directives: operation.directives?.length ?? 0,
    visited: 0,
    alone: null,
  };

  const visit = (selectionSet: SelectionSetNode, depth: number, maximum: number) => {
    for (const selection of selectionSet.selections) {
      if (++cost.visited > VISITED_FIELDS) throw tooComplex('fields after spreading fragments', VISITED_FIELDS);
      cost.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const isIntrospection = selection.name.value.startsWith('__');
        if (selection.alias) cost.aliases += 1;
        if (depth === 1 && !isIntrospection) cost.rootFields += 1;
        if (depth === 1 && ALONE.has(selection.name.value)) cost.alone = selection.name.value;
        const limit = isIntrospection ? INTROSPECTION_DEPTH : maximum;
        if (depth > limit) throw tooComplex('levels of depth', limit);
        if (selection.selectionSet) visit(selection.selectionSet, depth + 1, limit);
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : fragments.get(selection.name.value)?.selectionSet;
        if (inner) visit(inner, depth, maximum);
      }
    }
  };
  visit(operation.selectionSet, 1, limits.depth);
  if (cost.aliases > limits.aliases) throw tooComplex('aliases', limits.aliases);
  if (cost.alone !== null && cost.rootFields > 1) throw tooComplex(`root field when one of them is ${cost.alone}`, 1);
  if (cost.rootFields > limits.rootFields) throw tooComplex('root fields', limits.rootFields);
  if (cost.directives > limits.directives) throw tooComplex('directives', limits.directives);
}

/**
 * Counts tokens before a document is parsed and validated, whose work can grow with the square of its length.
 * A text that is not GraphQL passes: the parser says so better.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX
 */
export function checkTokens(text: string, maximum: number): void {
  // Every token has a character at least.
  if (text.length <= maximum) return;
  const lexer = new Lexer(new Source(text));
  try {
    for (let count = 0; lexer.advance().kind !== TokenKind.EOF;)
      if (++count > maximum) throw tooComplex('tokens', maximum);
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions['code'] === 'DOCUMENT_TOO_COMPLEX') throw error;
  }
}

const tooComplex = (what: string, maximum: number) =>
  requestFault('DOCUMENT_TOO_COMPLEX', `A document may have at most ${maximum} ${what}. Split it, or ask for less.`);
