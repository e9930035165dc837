import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';

/** The four subgraphs of the scenario: who writes reviews of what, which costs and weighs so much. */
const SDL = {
  accounts: `
    type Query { me: User  user(id: ID!): User  users: [User] }
    type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`,
  catalogue: `
    type Query { topProducts(first: Int): [Product] }
    type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
  depots: `
    type Product @key(fields: "upc") { upc: String! weight: Int @external price: Int @external inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }`,
  reviews: `
    type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
    type User @key(fields: "id") { id: ID! username: String @external numberOfReviews: Int reviews: [Review] }
    type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
} as const;

export type ShopSubgraph = keyof typeof SDL;
export const SHOP_SUBGRAPHS = Object.keys(SDL) as ShopSubgraph[];

/** Who asks through six levels of four subgraphs; about 80 KB come back. */
export const REVIEWS_QUERY = `
  fragment User on User { id username name }
  fragment Review on Review { id body }
  fragment Product on Product { inStock name price shippingEstimate upc weight }
  query Reviews {
    users { ...User reviews { ...Review product { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } } }
    topProducts { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } }
  }`;

const USERS = Array.from({ length: 6 }, (_, index) => ({
  __typename: 'User',
  id: String(index + 1),
  name: `Name of the user ${index + 1}`,
  username: `user-${index + 1}`,
  birthday: 1970 + index,
}));
const PRODUCTS = Array.from({ length: 9 }, (_, index) => ({
  __typename: 'Product',
  upc: String(index + 1),
  name: `A product with the number ${index + 1}`,
  price: 899 - index * 37,
  weight: 100 * (index + 1),
}));
const REVIEWS = Array.from({ length: 15 }, (_, index) => ({
  __typename: 'Review',
  id: String(index + 1),
  body: `The text of the review number ${index + 1}: it does what it should.`,
  userId: USERS[index % 4]!.id,
  upc: PRODUCTS[(index * 3) % PRODUCTS.length]!.upc,
}));
type Review = (typeof REVIEWS)[number];

const author = ({ userId }: Review) => ({ __typename: 'User', id: userId, username: `user-${userId}` });
const RESOLVERS = {
  accounts: {
    Query: {
      me: () => USERS[0],
      user: (_: unknown, { id }: { id: string }) => USERS.find((user) => user.id === id),
      users: () => USERS,
    },
    User: { __resolveReference: ({ id }: { id: string }) => USERS[Number(id) - 1] },
  },
  catalogue: {
    Query: { topProducts: (_: unknown, { first = 5 }: { first?: number }) => PRODUCTS.slice(0, first) },
    Product: { __resolveReference: ({ upc }: { upc: string }) => PRODUCTS[Number(upc) - 1] },
  },
  depots: {
    Product: {
      __resolveReference: (reference: object) => reference,
      inStock: ({ upc }: { upc: string }) => Number(upc) % 3 !== 0,
      shippingEstimate: ({ price, weight }: { price: number; weight: number }) =>
        price > 800 ? 0 : Math.round(weight / 2),
    },
  },
  reviews: {
    Review: {
      __resolveReference: ({ id }: { id: string }) => REVIEWS[Number(id) - 1],
      author,
      product: ({ upc }: Review) => ({ __typename: 'Product', upc }),
    },
    User: {
      __resolveReference: (reference: object) => reference,
      numberOfReviews: ({ id }: { id: string }) => REVIEWS.filter(({ userId }) => userId === id).length,
      reviews: ({ id }: { id: string }) => REVIEWS.filter(({ userId }) => userId === id),
    },
    Product: {
      __resolveReference: (reference: object) => reference,
      reviews: (product: { upc: string }) => REVIEWS.filter(({ upc }) => upc === product.upc),
    },
  },
};

const document = (name: ShopSubgraph) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@provides", "@shareable"])\n${SDL[name]}`;

/** The executable schema of one subgraph. */
export const shopSchema = (name: ShopSubgraph): GraphQLSchema =>
  buildSubgraphSchema([{ typeDefs: parse(document(name)), resolvers: RESOLVERS[name] as never }]);

/** The supergraph, with the subgraphs at these URLs. */
export function shopSupergraph(urls: Readonly<Record<ShopSubgraph, string>>): string {
  const { supergraphSdl, errors } = composeServices(
    SHOP_SUBGRAPHS.map((name) => ({ name, url: urls[name], typeDefs: parse(document(name)) })),
  );
  if (supergraphSdl === undefined) throw new Error(`The shop does not compose: ${String(errors)}`);
  return supergraphSdl;
}
