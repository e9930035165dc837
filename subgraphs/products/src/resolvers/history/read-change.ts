import { buildGraph, readSdl } from '@kontor/kit/src/graph/sdl.ts';
import { coerceInputValue, isInputObjectType, type GraphQLInputObjectType } from 'graphql';
import type { ReadChange } from '../../commands/history/publish-draft.ts';
import type { ProductUpdateInput } from '../../generated/schema.ts';

let known: GraphQLInputObjectType | undefined;

/** The input of `productUpdate`, read from the SDL when the first draft needs it. */
function inputType(): GraphQLInputObjectType {
  const type =
    known ?? buildGraph(readSdl(new URL('../../../schema.graphql', import.meta.url)), {}).getType('ProductUpdateInput');
  if (!isInputObjectType(type)) throw new Error('schema.graphql has no ProductUpdateInput');
  known = type;
  return type;
}

class Unfit extends Error {}

/** Reads a change that was kept as the graph would read it from a client now: fields that are gone and values of another type are refused. */
export const readChange: ReadChange = (kept) => {
  try {
    const change = coerceInputValue(kept, inputType(), (path, _, { message }) => {
      throw new Unfit(path.length > 0 ? `${path.join('.')}: ${message}` : message);
    });
    return { change: change as ProductUpdateInput };
  } catch (error) {
    if (error instanceof Unfit) return { reason: error.message.slice(0, 500) };
    throw error;
  }
};
