import {
  Kind,
  Lexer,
  Source,
  TokenKind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
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
const ALONE: ReadonlySet<string> = new Set([
  'signIn',
  'signUp',
  'signInExternal',
  'staffSignIn',
  'staffPinSet',
  'sessionRefresh',
  'emailVerify',
  'identityVerify',
  'passwordReset',
  'passwordResetRequest',
  'passwordChange',
  'companyInvitationAccept',
  'cartCodesSet',
]);
/** Introspection is deep and harmless: it has a depth of its own and counts for nothing else. */
const INTROSPECTION_DEPTH = 20;
/** Fragments can multiply; nobody needs more than this many visited fields. */
const VISITED_FIELDS = 20_000;

/** What one operation of a document asks for, whoever sends it. Fragments count wherever they are spread. */
export interface DocumentMeasure {
  /** Levels of fields, without introspection. */
  readonly depth: number;
  /** The deepest level of an introspection field or of anything below one, counted from the root. */
  readonly introspectionDepth: number;
  /** Fields that carry an alias: one field under many names counts as often as it has names. */
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Fields and fragments that a walk through the operation meets; infinite for fragments that spread themselves. */
  readonly visited: number;
  /** A root field that must stand alone. */
  readonly alone: string | null;
}

const NOTHING: DocumentMeasure = {
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  rootFields: 0,
  directives: 0,
  visited: 0,
  alone: null,
};
/** What a fragment counts that spreads itself: no limit lets it pass. */
const ENDLESS: DocumentMeasure = { ...NOTHING, visited: Infinity };

/**
 * Measures one operation of a document, valid or not. Each selection of the text is looked at once, however often fragments spread it, so
 * that the work grows with the length of the text alone.
 */
export function measureDocument(document: DocumentNode, operation: OperationDefinitionNode): DocumentMeasure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measured = new Map<string, DocumentMeasure>();

  /** `rootFields` and `depth` count from this selection set, as if it were the root. */
  const measure = ({ selections }: SelectionSetNode): DocumentMeasure => {
    let total = NOTHING;
    for (const selection of selections) total = together(total, measureSelection(selection));
    return total;
  };
  const measureSelection = (selection: SelectionNode): DocumentMeasure => {
    const inner = selection.kind === Kind.FIELD ? measureField(selection) : measureFragment(selection);
    return {
      ...inner,
      visited: inner.visited + 1,
      directives: inner.directives + (selection.directives?.length ?? 0),
    };
  };
  const measureField = ({ name: { value: name }, alias, selectionSet }: FieldNode): DocumentMeasure => {
    const inner = selectionSet ? measure(selectionSet) : NOTHING;
    const isIntrospection = name.startsWith('__');
    const deepest = Math.max(inner.depth, inner.introspectionDepth);
    return {
      ...inner,
      depth: isIntrospection ? 0 : inner.depth + 1,
      introspectionDepth: isIntrospection ? deepest + 1 : inner.introspectionDepth && inner.introspectionDepth + 1,
      aliases: inner.aliases + (alias ? 1 : 0),
      rootFields: isIntrospection ? 0 : 1,
      alone: ALONE.has(name) ? name : null,
    };
  };
  const measureFragment = (spread: FragmentSpreadNode | InlineFragmentNode): DocumentMeasure => {
    if (spread.kind === Kind.INLINE_FRAGMENT) return measure(spread.selectionSet);
    const name = spread.name.value;
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING;
    // Until it is measured: whoever meets it again meanwhile is inside of it.
    measured.set(name, ENDLESS);
    const found = measure(fragment.selectionSet);
    measured.set(name, found);
    return found;
  };

  const { directives, ...rest } = measure(operation.selectionSet);
  return { ...rest, directives: directives + (operation.directives?.length ?? 0) };
}

const together = (a: DocumentMeasure, b: DocumentMeasure): DocumentMeasure => ({
  depth: Math.max(a.depth, b.depth),
  introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
  aliases: a.aliases + b.aliases,
  rootFields: a.rootFields + b.rootFields,
  directives: a.directives + b.directives,
  visited: a.visited + b.visited,
  alone: a.alone ?? b.alone,
});

/** Documents are parsed once and sent often: an operation is measured for the first of its requests. */
const measures = new WeakMap<OperationDefinitionNode, DocumentMeasure>();

/**
 * Checks one operation of a document. Its measure is kept as long as the operation.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX naming the limit.
 */
export function checkLimits(document: DocumentNode, operation: OperationDefinitionNode, limits: DocumentLimits): void {
  let measure = measures.get(operation);
  if (!measure) {
    measure = measureDocument(document, operation);
    measures.set(operation, measure);
  }
  checkMeasure(measure, limits);
}

/**
 * Compares the measure of an operation with the limits of one caller.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX naming the limit.
 */
export function checkMeasure(measure: DocumentMeasure, limits: DocumentLimits): void {
  if (measure.visited > VISITED_FIELDS) throw tooComplex('fields after spreading fragments', VISITED_FIELDS);
  if (measure.depth > limits.depth) throw tooComplex('levels of depth', limits.depth);
  if (measure.introspectionDepth > INTROSPECTION_DEPTH) throw tooComplex('levels of depth', INTROSPECTION_DEPTH);
  if (measure.aliases > limits.aliases) throw tooComplex('aliases', limits.aliases);
  if (measure.alone !== null && measure.rootFields > 1)
    throw tooComplex(`root field when one of them is ${measure.alone}`, 1);
  if (measure.rootFields > limits.rootFields) throw tooComplex('root fields', limits.rootFields);
  if (measure.directives > limits.directives) throw tooComplex('directives', limits.directives);
}

/** How often the fields of one object may repeat a response key; fragments repeat some, nobody needs many. */
const REPEATS = 50;

/**
 * Refuses a document whose selection sets repeat response keys: validation compares each with each. Named fragments stand for themselves,
 * since each costs enough text.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX
 */
export function checkRepeats({ definitions }: DocumentNode): void {
  let repeats = 0;
  const visit = (selectionSet: SelectionSetNode, keys: Set<string>) => {
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, keys);
        continue;
      }
      const key = (selection.alias ?? selection.name).value;
      if (keys.has(key) && ++repeats > REPEATS) throw tooComplex('repetitions of fields', REPEATS);
      keys.add(key);
      if (selection.selectionSet) visit(selection.selectionSet, new Set());
    }
  };
  for (const definition of definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION)
      visit(definition.selectionSet, new Set());
}

/** How deep brackets of any kind may nest: what recurses over a document must not reach the end of the stack. */
const NESTING = 200;

/** How many tokens a text has; one more than `maximum` when it has more, and as many as there are before it stops being GraphQL. */
export const countTokens = (text: string, maximum: number): number => readTokens(text, maximum).tokens;

function readTokens(text: string, maximum: number): { readonly tokens: number; readonly nesting: number } {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let depth = 0;
  let nesting = 0;
  try {
    for (let token = lexer.advance(); tokens <= maximum && token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens += 1;
      if (OPENING.has(token.kind)) nesting = Math.max(nesting, (depth += 1));
      else if (CLOSING.has(token.kind)) depth -= 1;
    }
  } catch {
    // The parser says better what is wrong.
  }
  return { tokens, nesting };
}

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Counts tokens, and how deep brackets nest, before a document is parsed and validated, whose work can grow with the square of its length.
 * A text that is not GraphQL passes: the parser says so better.
 * @throws GraphQLError DOCUMENT_TOO_COMPLEX
 */
export function checkTokens(text: string, maximum: number): void {
  // Every token has a character at least.
  if (text.length <= Math.min(maximum, NESTING)) return;
  const { tokens, nesting } = readTokens(text, maximum);
  if (tokens > maximum) throw tooComplex('tokens', maximum);
  if (nesting > NESTING) throw tooComplex('levels of brackets', NESTING);
}

const tooComplex = (what: string, maximum: number) =>
  requestFault('DOCUMENT_TOO_COMPLEX', `A document may have at most ${maximum} ${what}. Split it, or ask for less.`);
