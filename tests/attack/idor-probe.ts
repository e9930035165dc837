import type { CallerName } from './idor-callers.ts';
import type { Ids } from './idor-world.ts';

/** One way to name something of somebody's in a root field. */
export interface Probe {
  /** The arguments; called anew for each question, with ids that are there and with ids that are not. */
  readonly args: (ids: Ids) => object;
  /** Those whose the thing is, where that is not what the table's line says in general. */
  readonly owners?: readonly CallerName[];
  /** Repeating is harmless: the answer to those whose it is not says that nothing was removed. */
  readonly does?: 'nothing';
  /**
   * That the question reaches something: who gets it, and a text that stands in the answer then. It comes last and in the order of the
   * registry, since it does what the field does.
   */
  readonly proof: {
    readonly by: CallerName;
    readonly args?: (ids: Ids) => object;
    readonly shows: string | ((ids: Ids) => string);
    /** Whether the answer may tell what is private about the victim. */
    readonly seesPrivate?: boolean;
  };
}

export type Registry = Readonly<Record<string, readonly Probe[]>>;

/** A probe of a command that is proved by the type of its answer. */
export const command = (
  by: CallerName,
  type: string,
  input: (ids: Ids) => object,
  more: Partial<Pick<Probe, 'owners' | 'does'>> & {
    readonly seesPrivate?: boolean;
    readonly proofInput?: (ids: Ids) => object;
  } = {},
): Probe => {
  const { seesPrivate, proofInput, ...rest } = more;
  return {
    args: (ids) => ({ input: input(ids) }),
    ...rest,
    proof: {
      by,
      shows: `"__typename":"${type}"`,
      ...(seesPrivate ? { seesPrivate } : {}),
      ...(proofInput ? { args: (ids: Ids) => ({ input: proofInput(ids) }) } : {}),
    },
  };
};

/** A probe of a question that is proved by a text in its answer. */
export const question = (
  by: CallerName,
  shows: Probe['proof']['shows'],
  args: Probe['args'],
  more: Partial<Probe> = {},
): Probe => ({ args, proof: { by, shows }, ...more });
