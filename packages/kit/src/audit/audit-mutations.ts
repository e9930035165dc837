import {
  defaultFieldResolver,
  GraphQLError,
  isInterfaceType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { postgresError, type Database } from '../database.ts';
import type { BaseContext } from '../graph/engine.ts';
import type { Logger } from '../logger.ts';
import { appendEntry, refusalIn, whileActing, type Acting } from './acting.ts';
import { isRecorded, staffActed, type StaffActed } from './staff-acted.ts';

/** Mutations of which refusals and failures are recorded, too: who tries to get in, to get keys, or at people. */
const SENSITIVE = /^Mutation\.(?:staff|apiKey|device|privacy|customerMerge|customerUnmerge|customersMerge|merge)/;

export interface AuditOptions {
  readonly db: Database;
  /** The PostgreSQL schema whose outbox takes the entries. */
  readonly schema: string;
  readonly logger: Logger;
}

/**
 * Wraps the mutations of a public graph so that what staff, devices and integrations do is told as `<schema>.staff.acted`.
 *
 * A command that uses `inTransaction` takes its entry into its own transaction. One that is a single statement gets it directly
 * after, in a transaction of its own: a process that dies in between has done something that stands in no entry, but where the data says
 * itself who changed it, as stock's ledger does. When the entry cannot be written then, it is logged, since what was done stays done.
 * Where a command commits and answers a refusal or an error all the same, a second entry says so.
 */
export function auditMutations(schema: GraphQLSchema, options: AuditOptions): GraphQLSchema {
  const refusals = refusalsOf(schema);
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const coordinate = `Mutation.${field.name}`;
    field.resolve = audited(coordinate, field.resolve ?? defaultFieldResolver, { ...options, refusals });
  }
  return schema;
}

/** Types that implement `UserError`. */
function refusalsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const refusal = schema.getType('UserError');
  return new Set(isInterfaceType(refusal) ? schema.getPossibleTypes(refusal).map(({ name }) => name) : []);
}

type Resolve = GraphQLFieldResolver<unknown, BaseContext>;

function audited(
  action: string,
  inner: Resolve,
  { db, schema, logger, refusals }: AuditOptions & { readonly refusals: ReadonlySet<string> },
): Resolve {
  const isSensitive = SENSITIVE.test(action);

  const record = async (acting: Acting, change: Partial<StaffActed>) => {
    const entry = { ...acting.entry, ...change };
    try {
      await appendEntry(acting, entry);
    } catch (error) {
      // Not the error itself, which repeats what the statement was given.
      const { inputSalt, ...told } = entry;
      logger.error({ code: postgresError(error)?.code, entry: told }, 'an audit entry could not be written');
    }
  };

  const act = async (...[source, args, ctx, info]: Parameters<Resolve>): Promise<unknown> => {
    const acting: Acting = { db, schema, refusals, entry: staffActed(ctx, action, args), state: 'open' };
    let outcome: unknown;
    try {
      outcome = await whileActing(acting, async () => inner(source, args, ctx, info));
    } catch (error) {
      const hasWritten = endOf(acting);
      if (isSensitive || hasWritten) await record(acting, { outcome: 'FAILED', reason: codeOf(error) });
      throw error;
    }
    const hasWritten = endOf(acting);
    const refusal = refusalIn(refusals, outcome);
    if (refusal === null) {
      if (!hasWritten) await record(acting, {});
    } else if (isSensitive || hasWritten) await record(acting, { outcome: 'REFUSED', reason: refusal });
    return outcome;
  };

  return (source, args, ctx, info) =>
    isRecorded(ctx.caller) ? act(source, args, ctx, info) : inner(source, args, ctx, info);
}

/** Ends the mutation: what still runs in its name records nothing any more. @returns whether its entry was written. */
function endOf(acting: Acting): boolean {
  const hasWritten = acting.state === 'written' || acting.state === 'writing';
  acting.state = 'over';
  return hasWritten;
}

const codeOf = (error: unknown): string => {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  return typeof code === 'string' ? code : 'INTERNAL';
};
