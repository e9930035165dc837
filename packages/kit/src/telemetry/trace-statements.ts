import type { Sql } from 'postgres';
import { activeTrace, type Span, type Tracer } from './tracing.ts';

/** A statement of the driver that has not been sent yet: it is when somebody waits for it. */
interface Statement extends Promise<unknown> {
  /** Sends it. */
  handler: (statement: Statement) => unknown;
  readonly strings: readonly string[];
  /** With `$1` for each parameter; set when it is sent. */
  readonly statement: { readonly string: string } | null;
}

type AnySql = Sql & Record<string, unknown>;

/**
 * Puts a span around each statement that is made within another span: the text, never a parameter. Statements of nobody's request, such as those
 * that look for events, have none.
 */
export function traceStatements(sql: Sql, tracer: Tracer): Sql {
  const watch = (made: unknown): unknown => {
    // Where it was written down: who waits for it may do so elsewhere.
    const parent = activeTrace();
    if (parent === undefined || !isStatement(made)) return made;
    const send = made.handler;
    // A fragment of a larger statement is never sent itself.
    made.handler = (statement) => {
      follow(statement, tracer.start('sql', { ...STATEMENT, parent }));
      return send(statement);
    };
    return made;
  };
  const wrap = (each: AnySql): AnySql =>
    new Proxy(each, {
      apply: (target, self, given) => watch(Reflect.apply(target as never, self, given)),
      get(target, name) {
        const value = target[name as string];
        if (name === 'unsafe' || name === 'file')
          return (...given: unknown[]) => watch((value as (...all: unknown[]) => unknown)(...given));
        if (name === 'begin' || name === 'savepoint')
          return (...given: unknown[]) => (value as (...all: unknown[]) => unknown)(...given.map(withWrapped));
        return value;
      },
    });
  const withWrapped = (given: unknown): unknown =>
    typeof given === 'function' ? (inner: AnySql) => (given as (sql: AnySql) => unknown)(wrap(inner)) : given;
  return wrap(sql as AnySql);
}

const STATEMENT = {
  kind: 'client',
  attributes: { 'db.system.name': 'postgresql' },
} as const;

const isStatement = (made: unknown): made is Statement =>
  made instanceof Promise && typeof (made as Partial<Statement>).handler === 'function';

/** Ends the span when the statement has. The promise's own `then`: that of a statement would send it. */
function follow(statement: Statement, span: Span): void {
  const ended = (failure: unknown) => {
    const text = statement.statement?.string ?? statement.strings.join('');
    const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase();
    span.rename(operation ?? 'sql');
    span.add({ 'db.query.text': text, 'db.operation.name': operation });
    if (failure !== undefined) span.fail(codeOf(failure));
    span.end();
  };
  void Promise.prototype.then.call(statement, () => ended(undefined), ended);
}

/** The SQLSTATE, or what the driver calls it. */
const codeOf = (failure: unknown): string =>
  failure instanceof Error && 'code' in failure && typeof failure.code === 'string' ? failure.code : 'error';
