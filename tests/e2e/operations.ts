/** Operations that the scenarios share, as a web client would write them. */
export const SEARCH = /* GraphQL */ `
  query Search($query: String!) {
    searchPage(query: $query) {
      products {
        edges {
          node {
            handle
            title
            variants {
              id
              sku
              price {
                gross {
                  minorUnits
                  currency
                }
              }
              availability {
                status
                sellableQuantity
                version
              }
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;

export const PRODUCT = /* GraphQL */ `
  query Product($handle: String!) {
    productPage(handle: $handle) {
      title
      variants {
        id
        sku
        price {
          gross {
            minorUnits
            currency
          }
        }
        availability {
          status
          sellableQuantity
          version
        }
      }
      cacheTags
    }
  }
`;

export const CART_CREATE = /* GraphQL */ `
  mutation CartCreate($input: CartCreateInput!) {
    cartCreate(input: $input) {
      token
      cart {
        id
        version
        quote {
          total {
            gross {
              minorUnits
              currency
            }
          }
          token
        }
        lines {
          quantity
          variant {
            id
          }
          unitPrice {
            gross {
              minorUnits
            }
          }
        }
      }
    }
  }
`;

export const CART = /* GraphQL */ `
  query Cart($id: ID!, $token: String) {
    cart(id: $id, token: $token) {
      lines {
        quantity
        productTitle
        variantTitle
        sku
        variant {
          id
        }
        unitPrice {
          gross {
            minorUnits
            currency
          }
        }
      }
    }
  }
`;

export const LINES_SET = /* GraphQL */ `
  mutation LinesSet($input: CartLinesSetInput!) {
    cartLinesSet(input: $input) {
      __typename
      ... on CartUpdated {
        cart {
          id
          version
          quote {
            total {
              gross {
                minorUnits
                currency
              }
            }
            token
          }
          lines {
            quantity
            variant {
              id
            }
          }
        }
      }
      ... on UserError {
        code
        message
        path
      }
    }
  }
`;

export const CHECKOUT = /* GraphQL */ `
  mutation Checkout($input: CheckoutInput!) {
    checkout(input: $input) {
      __typename
      ... on OrderPlaced {
        order {
          id
          number
          status
          total {
            gross {
              minorUnits
              currency
            }
          }
          lines {
            quantity
            sku
            productTitle
          }
          payments {
            status
            cardBrand
            cardLast4
          }
        }
      }
      ... on OutOfStock {
        lines {
          variantId
          requested
          available
        }
      }
      ... on PriceChanged {
        expectedTotal {
          minorUnits
        }
        currentTotal {
          minorUnits
        }
      }
      ... on PaymentDeclined {
        declineCode
      }
      ... on UserError {
        code
        message
        path
      }
    }
  }
`;

export const AVAILABILITY = /* GraphQL */ `
  subscription Availability($ids: [ID!]!) {
    availabilityChanged(variantIds: $ids) {
      snapshot
      variants {
        variantId
        status
        sellableQuantity
        version
      }
    }
  }
`;

export interface Variant {
  id: string;
  sku: string | null;
  price: { gross: { minorUnits: number; currency: string } } | null;
  availability: { status: string; sellableQuantity: number; version: number } | null;
}
export interface SearchData {
  searchPage: { products: { edges: { node: { handle: string; title: string; variants: Variant[] } }[] } };
}
export interface ProductData {
  productPage: { title: string; variants: Variant[]; cacheTags: string[] } | null;
}
export interface CartData {
  id: string;
  version: number;
  quote: { total: { gross: { minorUnits: number; currency: string } }; token: string | null } | null;
  lines: { quantity: number; variant: { id: string } }[];
}
export interface CartCreateData {
  cartCreate: { token: string | null; cart: CartData };
}
export interface CartReadData {
  cart: {
    lines: {
      quantity: number;
      productTitle: string | null;
      variantTitle: string | null;
      sku: string | null;
      variant: { id: string };
      unitPrice: { gross: { minorUnits: number; currency: string } } | null;
    }[];
  } | null;
}
export interface LinesSetData {
  cartLinesSet: { __typename: string; cart?: CartData; code?: string; message?: string; path?: string[] | null };
}
export interface CheckoutData {
  checkout: {
    __typename: string;
    code?: string;
    message?: string;
    path?: string[] | null;
    declineCode?: string | null;
    order?: {
      id: string;
      number: string;
      status: string;
      total: { gross: { minorUnits: number; currency: string } };
      lines: { quantity: number; sku: string; productTitle: string }[];
      payments: { status: string; cardBrand: string; cardLast4: string }[];
    };
    lines?: { variantId: string; requested: number; available: number }[];
    expectedTotal?: { minorUnits: number } | null;
    currentTotal?: { minorUnits: number } | null;
  };
}
export interface AvailabilityData {
  availabilityChanged: {
    snapshot: boolean;
    variants: { variantId: string; status: string; sellableQuantity: number; version: number }[];
  };
}

export const ADDRESS = {
  name: 'Ada Lovelace',
  street: 'Torstraße 1',
  city: 'Berlin',
  postalCode: '10119',
  country: 'DE',
};
export const CARD = [{ kind: 'CARD', token: 'pm_card_visa' }];
