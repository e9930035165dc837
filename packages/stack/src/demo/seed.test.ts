import { describe, expect, test } from 'vitest';
import type { Operator } from '../operator.ts';
import { seedDemo } from './seed.ts';

interface Input {
  readonly products?: readonly { readonly handle: string; readonly variants: readonly unknown[] }[];
  readonly locations?: readonly unknown[];
  readonly levels?: readonly { readonly variantId: string }[];
  readonly prices?: readonly { readonly variantId: string }[];
  readonly categories?: readonly { readonly externalReference: string }[];
  readonly collections?: readonly { readonly handle: string }[];
  readonly secret?: string;
  readonly code?: string;
  readonly name?: string;
}

/** Subgraphs that keep credentials and answer made-up ids; they end, like a process, before the command `endsBefore`. */
function subgraphs(endsBefore = Infinity) {
  const credentials = new Set<string>();
  const sent: { readonly field: string; readonly input: Input }[] = [];
  const limit = { commands: endsBefore, rejects: '', refuses: '' };
  const answers: Record<string, (input: Input) => unknown> = {
    locationsUpsert: ({ locations = [] }) => ({ locationIds: locations.map((_, index) => `location-${index}`) }),
    companyUpsert: () => ({ companyId: 'company' }),
    company: () => ({ locations: { edges: [] }, approvalRules: { edges: [] } }),
    companyLocationSet: ({ name }) => ({ __typename: 'CompanyLocationSet', location: { id: name } }),
    approvalRuleSet: ({ code }) => ({
      __typename: limit.refuses === code ? 'NotFound' : 'ApprovalRuleSet',
      rule: { id: code },
    }),
    approvalRuleActivate: () => ({ __typename: 'ApprovalRuleSet' }),
    customerEnsure: () => ({ customerId: 'customer' }),
    customerIdentitySet: () => ({ __typename: 'IdentityChanged' }),
    loyaltyRulesSet: () => ({ __typename: 'VersionConflict' }),
    loyaltyAdjust: () => ({ __typename: 'LoyaltyAdjusted' }),
    customerGroupSet: () => ({ __typename: 'CustomerGroupSaved' }),
    customerGroupMembersSet: () => ({ __typename: 'CustomerGroupMembersChanged' }),
    customerConsentSet: () => ({ __typename: 'ConsentRecorded' }),
    segmentSet: () => ({ __typename: 'SegmentSaved' }),
    productTypeSet: () => ({ __typename: 'ProductTypeSaved' }),
    categoriesUpsert: ({ categories = [] }) => ({
      results: categories.map(({ externalReference }) => ({
        externalReference,
        categoryId: externalReference === limit.rejects ? null : externalReference,
        reason: externalReference === limit.rejects ? 'It has no name.' : null,
      })),
    }),
    collectionsUpsert: ({ collections = [] }) => ({ collectionIds: collections.map(({ handle }) => handle) }),
    collectionSet: () => ({ __typename: 'CollectionSaved' }),
    searchSynonyms: () => ({ edges: [] }),
    shippingOptionSet: () => ({ __typename: 'ShippingOptionSaved' }),
    promotionSet: () => ({ __typename: 'PromotionSaved' }),
    promotionCodesSet: () => ({ __typename: 'PromotionCodesSaved' }),
    searchSynonymsSet: () => ({ __typename: 'SearchSynonymsSaved' }),
    productPublicationSet: () => ({ __typename: 'ProductPublicationChanged' }),
    productDraftSet: () => ({ __typename: 'ProductDraftSaved' }),
    productsUpsert: ({ products = [] }) => ({
      results: products.map(({ handle, variants }) => ({
        handle,
        outcome: handle === limit.rejects ? 'REJECTED' : 'CREATED',
        productId: handle === limit.rejects ? null : handle,
        variantIds: handle === limit.rejects ? [] : variants.map((_, index) => `${handle}-${index}`),
        reason: handle === limit.rejects ? 'It has no title.' : null,
      })),
    }),
    credentialUpsert: ({ secret = '' }) => (credentials.add(secret), { credentialId: secret }),
  };
  const operator: Operator = {
    async ask(_subgraph, { query, variables = {} }) {
      if (query.includes('authenticate'))
        return { data: { authenticate: credentials.has(String(variables['credential'])) ? { subject: 'x' } : null } };
      const field = /\{\s*(\w+)\(/.exec(query)?.[1] ?? '';
      const input = (variables['input'] ?? {}) as Input;
      if (sent.length >= limit.commands) return { errors: [{ message: 'gone' }] };
      sent.push({ field, input });
      return { data: { [field]: answers[field]?.(input) ?? {} } };
    },
  };
  return { operator, sent, credentials, limit };
}

describe('seedDemo', () => {
  test('tells of every command, in order and to the end', async () => {
    const { operator, sent } = subgraphs();
    const told: number[] = [];
    const totals = new Set<number>();
    const outcome = await seedDemo(operator, (done, total) => {
      told.push(done);
      totals.add(total);
    });
    expect(outcome).toBe('seeded');
    expect([...totals]).toEqual([sent.length]);
    expect(told).toEqual(sent.map((_, index) => index + 1));
  });

  test('sends a seeded system nothing', async () => {
    const { operator, sent } = subgraphs();
    await seedDemo(operator);
    const count = sent.length;
    expect(await seedDemo(operator)).toBe('already');
    expect(sent).toHaveLength(count);
  });

  test('keeps within what one call may hold, and names only variants that products answered', async () => {
    const { operator, sent } = subgraphs();
    await seedDemo(operator);
    const all = sent.map(({ input }) => input);
    const variants = all.flatMap(({ products = [] }) =>
      products.flatMap(({ handle, variants: list }) => list.map((_, index) => `${handle}-${index}`)),
    );
    expect(Math.max(...all.map(({ products = [] }) => products.length))).toBeLessThanOrEqual(200);
    expect(Math.max(...all.map(({ levels = [], prices = [] }) => levels.length + prices.length))).toBeLessThanOrEqual(
      5_000,
    );
    const named = new Set(
      all.flatMap(({ levels = [], prices = [] }) => [...levels, ...prices]).map((row) => row.variantId),
    );
    expect([...named].sort()).toEqual(variants.sort());
  });

  test('does all of it again, keys last, when it was cut off at any command', async () => {
    const whole = subgraphs();
    await seedDemo(whole.operator);
    for (let endsBefore = 0; endsBefore < whole.sent.length; endsBefore += 1) {
      const { operator, sent, limit } = subgraphs(endsBefore);
      await expect(seedDemo(operator)).rejects.toThrow('gone');
      limit.commands = Infinity;
      expect(await seedDemo(operator)).toBe('seeded');
      const resumed = sent.slice(endsBefore).map(({ field }) => field);
      expect(resumed).toHaveLength(whole.sent.length);
      expect(resumed.lastIndexOf('levelsImport')).toBeLessThan(resumed.indexOf('credentialUpsert'));
    }
  });

  test('is refused with what a subgraph said, and gives out no key', async () => {
    const { operator, limit, credentials } = subgraphs();
    limit.refuses = 'large-orders';
    await expect(seedDemo(operator)).rejects.toThrow('The demo was refused with NotFound');
    expect(credentials.size).toBe(0);
  });

  test('names a product that was rejected, and gives out no key', async () => {
    const { operator, limit, credentials } = subgraphs();
    limit.rejects = 'alder-2-tent';
    await expect(seedDemo(operator)).rejects.toThrow('"alder-2-tent" was rejected: It has no title.');
    expect(credentials.size).toBe(0);
  });

  test('names a category that was rejected, and gives out no key', async () => {
    const { operator, limit, credentials } = subgraphs();
    limit.rejects = 'camping';
    await expect(seedDemo(operator)).rejects.toThrow('"camping" was rejected: It has no name.');
    expect(credentials.size).toBe(0);
  });
});
