import type { BffContext } from '@kontor/kit/src/bff/context.ts';
import type { CartSummary, GuestCartInput, InputMaybe } from '../generated/schema.ts';
import { CartMergeDocument, type SignedInPartsFragment } from '../generated/upstream.ts';
import type { SignedInMapper } from '../mappers.ts';

interface Begun extends SignedInPartsFragment {
  readonly __typename: 'SignedIn';
}

/** An input in its two parts: what begins a session, and the cart of the guest who sends it. */
export const apart = <Input extends { readonly cart?: InputMaybe<GuestCartInput> }>({ cart, ...input }: Input) => ({
  input,
  guestCart: cart ?? null,
});

/** The outcome of whatever begins a session. Where one has begun, the guest's cart goes into the customer's. */
export async function signedIn<Refusal extends { readonly __typename: string }>(
  ctx: BffContext,
  outcome: Begun | Refusal,
  guestCart: GuestCartInput | null,
): Promise<(SignedInMapper & { readonly __typename: 'SignedIn' }) | Exclude<Refusal, Begun>> {
  if (!isBegun(outcome)) return outcome as Exclude<Refusal, Begun>;
  return { ...outcome, cart: guestCart && (await mergedCart(ctx, outcome.token, guestCart)) };
}

const isBegun = (outcome: { readonly __typename: string }): outcome is Begun => outcome.__typename === 'SignedIn';

/** The customer's cart with the guest's in it; null when that could not be done now, which must not cost the session. */
async function mergedCart(ctx: BffContext, token: string, input: GuestCartInput): Promise<CartSummary | null> {
  try {
    const { cartMerge } = await ctx.upstreamAs(token, CartMergeDocument, { input });
    if (cartMerge.__typename === 'CartUpdated') {
      const { lines, ...cart } = cartMerge.cart;
      return { ...cart, lineCount: lines.length };
    }
    ctx.doWithout('cartMerge', cartMerge.code);
  } catch (fault) {
    ctx.doWithout('cartMerge', fault);
  }
  return null;
}
