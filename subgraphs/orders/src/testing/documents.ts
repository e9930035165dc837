/** What tests of this subgraph do: the documents of a shopper, sent to a service in memory. */
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';

const DISCOUNTS = /* GraphQL */ `
  fragment LD on LineDiscount {
    promotionId
    name
    amount {
      minorUnits
      currency
    }
  }
  fragment AD on AppliedDiscount {
    promotionId
    name
    code
    class
    amount {
      minorUnits
      currency
    }
  }
`;

const CART = /* GraphQL */ `
  ${DISCOUNTS}
  fragment C on Cart {
    id
    version
    status
    country
    currency
    shippingAddress {
      city
      country
    }
    order {
      id
      number
    }
    lines {
      id
      quantity
      variant {
        id
      }
      productTitle
      variantTitle
      sku
      unitPrice {
        gross {
          minorUnits
        }
      }
      undiscountedTotal {
        gross {
          minorUnits
        }
      }
      total {
        gross {
          minorUnits
        }
      }
      discounts {
        ...LD
      }
    }
    codes {
      code
      status
      message
    }
    discounts {
      ...AD
    }
    shipping {
      options {
        id
        name
        total {
          gross {
            minorUnits
          }
        }
      }
      chosen {
        id
        name
        undiscountedTotal {
          gross {
            minorUnits
          }
        }
        total {
          gross {
            minorUnits
          }
        }
      }
      message
    }
    gifts {
      name
      variant {
        id
      }
      quantity
      inCart
    }
    quote {
      token
      undiscountedTotal {
        gross {
          minorUnits
        }
      }
      goodsTotal {
        gross {
          minorUnits
        }
      }
      total {
        gross {
          minorUnits
          currency
        }
      }
    }
  }
`;

const ORDER = /* GraphQL */ `
  ${DISCOUNTS}
  fragment O on Order {
    id
    number
    status
    channel
    email
    customer {
      id
    }
    placedAt
    total {
      net {
        minorUnits
      }
      tax {
        minorUnits
      }
      gross {
        minorUnits
        currency
      }
    }
    discounts {
      ...AD
    }
    shipping {
      optionId
      name
      total {
        gross {
          minorUnits
        }
      }
    }
    shippingAddress {
      city
      country
    }
    billingAddress {
      city
    }
    lines {
      productTitle
      variantTitle
      sku
      quantity
      variant {
        id
      }
      unitPrice {
        gross {
          minorUnits
        }
      }
      total {
        gross {
          minorUnits
        }
      }
      discounts {
        ...LD
      }
    }
    payments {
      kind
      status
      amount {
        minorUnits
        currency
      }
      cardBrand
      cardLast4
    }
    fulfilmentOrders {
      location {
        id
      }
      lines {
        quantity
        variant {
          id
        }
      }
    }
  }
`;

const ERRORS =
  '... on UserError { code message path } ... on VersionConflict { currentVersion } ... on Busy { retryAfterMs }';

const documents = {
  create: `mutation ($input: CartCreateInput!) { answer: cartCreate(input: $input) { token cart { ...C } } } ${CART}`,
  set: `mutation ($input: CartLinesSetInput!) { answer: cartLinesSet(input: $input) { __typename ${ERRORS} ... on CartUpdated { cart { ...C } } } } ${CART}`,
  codes: `mutation ($input: CartCodesSetInput!) { answer: cartCodesSet(input: $input) { __typename ${ERRORS} ... on CartCodesUpdated { cart { ...C } refused { code status message } } } } ${CART}`,
  shipping: `mutation ($input: CartShippingSetInput!) { answer: cartShippingSet(input: $input) { __typename ${ERRORS} ... on CartUpdated { cart { ...C } } } } ${CART}`,
  merge: `mutation ($input: CartMergeInput!) { answer: cartMerge(input: $input) { __typename ${ERRORS} ... on CartUpdated { cart { ...C } } } } ${CART}`,
  address: `mutation ($input: CartAddressSetInput!) { answer: cartAddressSet(input: $input) { __typename ${ERRORS} ... on CartUpdated { cart { ...C } } } } ${CART}`,
  checkout: `mutation ($input: CheckoutInput!) { answer: checkout(input: $input) { __typename ${ERRORS}
    ... on OrderPlaced { order { ...O } } ... on OutOfStock { lines { variantId requested available } }
    ... on PriceChanged { expectedTotal { minorUnits } currentTotal { minorUnits } lines { variantId expected { minorUnits } current { minorUnits } } } ... on PaymentDeclined { declineCode }
    ... on PaymentActionRequired { clientSecret } ... on PaymentPending { retryAfterMs } } } ${ORDER}`,
  cart: `query ($id: ID!, $token: String) { answer: cart(id: $id, token: $token) { ...C } } ${CART}`,
  order: `query ($id: ID!, $token: String) { answer: order(id: $id, token: $token) { ...O } } ${ORDER}`,
} as const;

/** An answer whose fields a test picks; what is not there is undefined. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = any;

/** Sends one of the documents. @throws Error with the first error's message and code. */
export async function send(
  service: Service,
  call: Call,
  name: keyof typeof documents,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const result = await service.graph().execute<{ answer: Answer }>({ query: documents[name], variables }, call);
  const [error] = result.errors ?? [];
  if (error) throw new Error(`${String(error.extensions?.['code'])}: ${error.message}`);
  return result.data?.answer;
}

/** Sends a mutation with an input. */
export const mutate = (
  service: Service,
  call: Call,
  name: 'create' | 'set' | 'address' | 'codes' | 'shipping' | 'merge' | 'checkout',
  input: object,
): Promise<Answer> => send(service, call, name, { input });

/** The input of a guest's checkout that nothing is wrong with. */
export const purchase = (cart: { cart: { id: string }; token: string | null }, changes: object = {}) => ({
  cartId: cart.cart.id,
  token: cart.token,
  contact: { email: 'ada@example.org', givenName: 'Ada', familyName: 'Lovelace' },
  shippingAddress: {
    name: 'Ada Lovelace',
    street: 'Linienstraße 1',
    city: 'Berlin',
    postalCode: '10115',
    country: 'DE',
  },
  tenders: [{ kind: 'CARD', token: 'pm_card_visa' }],
  idempotencyKey: newId(),
  ...changes,
});
