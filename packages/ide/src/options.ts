/** A ready operation shown as a tab on the first visit and in the menu of examples. */
export interface IdeExample {
  title: string;
  query: string;
  /** JSON text of the variables. */
  variables?: string;
}

/** A demo identity that a visitor can choose; sent as `Authorization: Bearer <key>`. */
export interface IdeKey {
  label: string;
  key: string;
  description: string;
}

/** What one service tells its page; everything in it is visible to every visitor. */
export interface IdeOptions {
  title: string;
  /** Path of the GraphQL endpoint, for HTTP and for graphql-ws alike, for example `/graphql`. */
  graphqlPath: string;
  /** Path under which the service answers with `ideAssets()`, with a slash at both ends, for example `/ide/`. */
  assetsPath: string;
  examples: IdeExample[];
  keys: IdeKey[];
  /** Whether the endpoint answers without a key; where it does not, a first visit begins with the first demo key. */
  guests: boolean;
  /** Whether the endpoint tells, when asked, how it planned and executed an operation. */
  plans: boolean;
}
