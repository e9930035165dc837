import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { lockOpenCart, writeCartLines } from '../data/carts.ts';
import { findPublishedVariants } from '../data/projections.ts';
import type { Orders } from '../dependencies.ts';
import { type LineChange, lineFault, MAX_CART_LINES } from '../domain/cart.ts';
import { type CartChange, type CartChanged, cartNotFound, cartToChange, whyUnchanged } from './change-cart.ts';

class TooManyLines extends Error {}

/**
 * Sets quantities of lines; 0 removes. The version is expected and counted by one conditional update, behind which
 * concurrent changes of the cart queue.
 */
export async function setCartLines(
  orders: Orders,
  caller: Caller,
  change: CartChange & { readonly lines: readonly LineChange[] },
): Promise<CartChanged> {
  if (change.lines.length > MAX_CART_LINES) return tooManyLines();
  const fault = lineFault(change.lines);
  if (fault) return invalidInput(fault.code, fault.message, ['input', 'lines', String(fault.index), fault.field]);
  const cart = await cartToChange(orders, caller, change);
  if (!cart) return cartNotFound();

  const wanted = change.lines.map(({ variantId, quantity }) => ({
    lineId: newId(),
    variantId: variantId.toLowerCase(),
    quantity,
  }));
  const ids = wanted.map((line) => line.variantId).filter(isId);
  const known = await findPublishedVariants(orders.db, cart.channel, ids);
  // What is no longer sold can still be taken out.
  const unknown = wanted.findIndex(
    ({ variantId, quantity }) => !known.has(variantId) && (quantity > 0 || !isId(variantId)),
  );
  if (unknown >= 0)
    return invalidInput('UNKNOWN_VARIANT', 'This channel does not sell the variant.', [
      'input',
      'lines',
      String(unknown),
      'variantId',
    ]);

  try {
    const changed = await inTransaction(orders.db, async (tx) => {
      if (!(await lockOpenCart(tx, cart.cartId, change.expectedVersion ?? null))) return false;
      if ((await writeCartLines(tx, cart.cartId, wanted)) > MAX_CART_LINES) throw new TooManyLines();
      return true;
    });
    return changed ? { __typename: 'CartUpdated', cartId: cart.cartId } : await whyUnchanged(orders, change);
  } catch (error) {
    if (error instanceof TooManyLines) return tooManyLines();
    throw error;
  }
}

const tooManyLines = () =>
  invalidInput('TOO_MANY_LINES', `A cart has at most ${MAX_CART_LINES} lines.`, ['input', 'lines']);
