import { busy, idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { requireLocation } from '../access.ts';
import { applyStock, MAX_OPERATIONS } from '../commands/apply-stock.ts';
import { changeStock, type CommandRefusal, type StockChange } from '../commands/change-stock.ts';
import { countStock } from '../commands/count-stock.ts';
import { receiveStock } from '../commands/receive-stock.ts';
import type { Context } from '../context.ts';
import type { StockOperation, StockOperationKind } from '../domain/stock-operation.ts';
import type { MutationResolvers, ResolversUnionTypes, ResolversTypes } from '../generated/schema.ts';

type Results = ResolversUnionTypes<ResolversTypes>;
/** An operation as clients write it: what they leave out is undefined or null. */
type Given = Pick<StockOperation, 'variantId' | 'locationId' | 'quantity' | 'idempotencyKey'> & {
  readonly [Field in 'expectedQuantity' | 'state' | 'reason']?: StockOperation[Field] | undefined;
};

export const stockChangeMutations: Pick<
  MutationResolvers,
  | 'stockReceive'
  | 'stockAdjust'
  | 'stockCount'
  | 'stockReturn'
  | 'stockDamage'
  | 'stockInspect'
  | 'stockSafetySet'
  | 'stockWriteOff'
  | 'stockApply'
> = {
  stockReceive: async (_, { input }, ctx) => {
    requireLocation(ctx.caller, 'Mutation.stockReceive', input.locationId);
    return toResult(await receiveStock(ctx.db, ctx.caller, input));
  },
  stockCount: async (_, { input }, ctx) => {
    requireLocation(ctx.caller, 'Mutation.stockCount', input.locationId);
    const command = { ...input, expectedQuantity: input.expectedQuantity ?? null };
    return toResult(await countStock(ctx.db, ctx.caller, command));
  },
  stockAdjust: (_, { input }, ctx) => change(ctx, 'ADJUST', input),
  stockReturn: (_, { input: { resellable, state, ...input } }, ctx) =>
    resellable && state
      ? invalidInput('INVALID_STATE', 'Resellable goods become available: leave out state.', ['input', 'state'])
      : change(ctx, 'RETURN', { ...input, state: resellable ? 'AVAILABLE' : (state ?? 'INSPECTION') }),
  stockDamage: (_, { input }, ctx) => change(ctx, 'DAMAGE', input),
  stockInspect: (_, { input: { resellable, ...input } }, ctx) =>
    change(ctx, 'INSPECT', { ...input, state: resellable ? 'AVAILABLE' : 'DAMAGED' }),
  stockSafetySet: (_, { input }, ctx) => change(ctx, 'SAFETY', input),
  stockWriteOff: (_, { input }, ctx) => change(ctx, 'WRITE_OFF', input),
  stockApply: async (_, { input: { operations } }, ctx) => {
    if (operations.length < 1 || operations.length > MAX_OPERATIONS)
      return invalidInput(
        'INVALID_OPERATIONS',
        `operations takes 1 to ${MAX_OPERATIONS} entries, not ${operations.length}.`,
        ['input', 'operations'],
      );
    requireLocation(ctx.caller, 'Mutation.stockApply', ...operations.map(({ locationId }) => locationId));
    const changes = await applyStock(
      ctx.db,
      ctx.caller,
      operations.map(({ kind, ...given }) => toOperation(kind, given)),
      ctx.signal,
    );
    return {
      __typename: 'StockApplied',
      results: changes.map((each, index) => toResult(each, ['input', 'operations', String(index)])),
    };
  },
};

const toOperation = (kind: StockOperationKind, given: Given): StockOperation => ({
  ...given,
  kind,
  expectedQuantity: given.expectedQuantity ?? null,
  state: given.state ?? null,
  reason: given.reason ?? null,
});

/** The mutation of each kind of operation that has no command of its own. */
const MUTATIONS = {
  ADJUST: 'Mutation.stockAdjust',
  RETURN: 'Mutation.stockReturn',
  DAMAGE: 'Mutation.stockDamage',
  INSPECT: 'Mutation.stockInspect',
  SAFETY: 'Mutation.stockSafetySet',
  WRITE_OFF: 'Mutation.stockWriteOff',
} as const;

async function change(
  { caller, db }: Context,
  kind: keyof typeof MUTATIONS,
  given: Given,
): Promise<Results['StockChangeResult']> {
  requireLocation(caller, MUTATIONS[kind], given.locationId);
  return toResult(await changeStock(db, caller, toOperation(kind, given)));
}

const MISSING = { variantId: 'There is no such variant.', locationId: 'There is no such location.' };

/** @param at the path of the operation. */
function toResult(outcome: StockChange, at: readonly string[] = ['input']): Results['StockChangeResult'] {
  switch (outcome.kind) {
    case 'changed':
      return { __typename: 'StockChanged', level: outcome.level };
    case 'notFound':
      return notFound(MISSING[outcome.what], [...at, outcome.what]);
    case 'mismatch':
      return {
        __typename: 'QuantityMismatch',
        code: 'QUANTITY_MISMATCH',
        message: `${outcome.currentQuantity} units are booked, not what you believed. Look again and repeat with expectedQuantity ${outcome.currentQuantity}.`,
        path: [...at, 'expectedQuantity'],
        currentQuantity: outcome.currentQuantity,
      };
    case 'notEnough':
      return {
        __typename: 'NotEnoughUnits',
        code: 'NOT_ENOUGH_UNITS',
        message: `Only ${outcome.currentQuantity} units can be taken from ${outcome.state} here.`,
        path: [...at, 'quantity'],
        state: outcome.state,
        currentQuantity: outcome.currentQuantity,
      };
    default:
      return toRefusal(outcome, at);
  }
}

/** What every command can answer. @param at the path of the operation. */
export function toRefusal(refusal: CommandRefusal, at: readonly string[]) {
  switch (refusal.kind) {
    case 'invalid':
      return invalidInput(refusal.code, refusal.message, [...at, refusal.field]);
    case 'keyReused':
      return idempotencyKeyReused([...at, 'idempotencyKey']);
    case 'busy':
      return busy('The stock of this variant', refusal.retryAfterMs);
  }
}
