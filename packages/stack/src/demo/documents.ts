import type { GraphOfSubgraph } from '../operator.ts';
import type { Subgraph } from '../services.ts';

/** An operation of the seed, and the graph that answers it. */
export interface SeedDocument {
  readonly subgraph: Subgraph;
  readonly graph: GraphOfSubgraph;
  readonly query: string;
}

const internal = (subgraph: Subgraph, query: string): SeedDocument => ({ subgraph, graph: 'internal', query });
/** What staff may do, too: nothing of it is made for the demo alone. */
const shared = (subgraph: Subgraph, query: string): SeedDocument => ({ subgraph, graph: 'shared', query });
const ofCustomers = (query: string): SeedDocument => shared('customers', query);

export const AUTHENTICATE = internal(
  'customers',
  /* GraphQL */ `
    query DemoSeeded($credential: String!) {
      authenticate(credential: $credential) {
        subject
      }
    }
  `,
);

export const LOCATIONS_UPSERT = internal(
  'stock',
  /* GraphQL */ `
    mutation DemoLocations($input: LocationsUpsertInput!) {
      locationsUpsert(input: $input) {
        locationIds
      }
    }
  `,
);

export const LEVELS_IMPORT = internal(
  'stock',
  /* GraphQL */ `
    mutation DemoLevels($input: LevelsImportInput!) {
      levelsImport(input: $input) {
        changedCount
      }
    }
  `,
);

export const CHANNEL_UPSERT = internal(
  'products',
  /* GraphQL */ `
    mutation DemoChannel($input: ChannelUpsertInput!) {
      channelUpsert(input: $input) {
        code
      }
    }
  `,
);

export const PRODUCT_TYPE_SET = shared(
  'products',
  /* GraphQL */ `
    mutation DemoProductType($input: ProductTypeSetInput!) {
      productTypeSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const CATEGORIES_UPSERT = internal(
  'products',
  /* GraphQL */ `
    mutation DemoCategories($input: CategoriesUpsertInput!) {
      categoriesUpsert(input: $input) {
        results {
          externalReference
          categoryId
          reason
        }
      }
    }
  `,
);

export const PRODUCTS_UPSERT = internal(
  'products',
  /* GraphQL */ `
    mutation DemoProducts($input: ProductsUpsertInput!) {
      productsUpsert(input: $input) {
        results {
          handle
          outcome
          productId
          variantIds
          reason
        }
      }
    }
  `,
);

export const COLLECTIONS_UPSERT = internal(
  'products',
  /* GraphQL */ `
    mutation DemoCollections($input: CollectionsUpsertInput!) {
      collectionsUpsert(input: $input) {
        collectionIds
      }
    }
  `,
);

export const COLLECTION_SET = shared(
  'products',
  /* GraphQL */ `
    mutation DemoCollection($input: CollectionSetInput!) {
      collectionSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const SYNONYMS = shared(
  'products',
  /* GraphQL */ `
    query DemoSynonymsAsTheyAre {
      searchSynonyms(first: 250) {
        edges {
          node {
            id
            locale
            words
          }
        }
      }
    }
  `,
);

export const SYNONYMS_SET = shared(
  'products',
  /* GraphQL */ `
    mutation DemoSynonyms($input: SearchSynonymsSetInput!) {
      searchSynonymsSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const PUBLICATION_SET = shared(
  'products',
  /* GraphQL */ `
    mutation DemoPublication($input: ProductPublicationSetInput!) {
      productPublicationSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const DRAFT_SET = shared(
  'products',
  /* GraphQL */ `
    mutation DemoDraft($input: ProductDraftSetInput!) {
      productDraftSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const PRICE_LIST_UPSERT = internal(
  'prices',
  /* GraphQL */ `
    mutation DemoPriceList($input: PriceListUpsertInput!) {
      priceListUpsert(input: $input) {
        code
      }
    }
  `,
);

export const PRICES_UPSERT = internal(
  'prices',
  /* GraphQL */ `
    mutation DemoPrices($input: PricesUpsertInput!) {
      pricesUpsert(input: $input) {
        changedCount
      }
    }
  `,
);

export const SHIPPING_OPTION_SET = shared(
  'prices',
  /* GraphQL */ `
    mutation DemoShipping($input: ShippingOptionSetInput!) {
      shippingOptionSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const PROMOTION_SET = shared(
  'prices',
  /* GraphQL */ `
    mutation DemoPromotion($input: PromotionSetInput!) {
      promotionSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const PROMOTION_CODES_SET = shared(
  'prices',
  /* GraphQL */ `
    mutation DemoCodes($input: PromotionCodesSetInput!) {
      promotionCodesSet(input: $input) {
        __typename
        ... on UserError {
          message
        }
      }
    }
  `,
);

export const TAX_RATES_UPSERT = internal(
  'prices',
  /* GraphQL */ `
    mutation DemoTaxRates($input: TaxRatesUpsertInput!) {
      taxRatesUpsert(input: $input) {
        changedCount
      }
    }
  `,
);

export const COMPANY_UPSERT = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoCompany($input: CompanyUpsertInput!) {
      companyUpsert(input: $input) {
        companyId
      }
    }
  `,
);

export const CUSTOMER_ENSURE = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoCustomer($input: CustomerEnsureInput!) {
      customerEnsure(input: $input) {
        customerId
      }
    }
  `,
);

export const CREDENTIAL_UPSERT = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoCredential($input: CredentialUpsertInput!) {
      credentialUpsert(input: $input) {
        credentialId
      }
    }
  `,
);

export const COMPANY_MEMBER_UPSERT = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoCompanyMember($input: CompanyMemberUpsertInput!) {
      companyMemberUpsert(input: $input) {
        memberId
      }
    }
  `,
);

export const PASSWORD_ENSURE = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoPassword($input: PasswordEnsureInput!) {
      passwordEnsure(input: $input) {
        set
      }
    }
  `,
);

export const STAFF_MEMBER_UPSERT = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoStaffMember($input: StaffMemberUpsertInput!) {
      staffMemberUpsert(input: $input) {
        staffId
      }
    }
  `,
);

export const DEVICE_UPSERT = internal(
  'customers',
  /* GraphQL */ `
    mutation DemoDevice($input: DeviceUpsertInput!) {
      deviceUpsert(input: $input) {
        deviceId
      }
    }
  `,
);

export const COMPANY = ofCustomers(/* GraphQL */ `
  query DemoCompanyAsItIs($companyId: ID!) {
    company(id: $companyId) {
      locations(first: 100) {
        edges {
          node {
            id
            name
          }
        }
      }
      approvalRules(first: 100) {
        edges {
          node {
            id
            code
          }
        }
      }
    }
  }
`);

export const COMPANY_LOCATION_SET = ofCustomers(/* GraphQL */ `
  mutation DemoCompanyLocation($input: CompanyLocationSetInput!) {
    companyLocationSet(input: $input) {
      __typename
      ... on CompanyLocationSet {
        location {
          id
        }
      }
      ... on UserError {
        message
      }
    }
  }
`);

export const APPROVAL_RULE_SET = ofCustomers(/* GraphQL */ `
  mutation DemoApprovalRule($input: ApprovalRuleSetInput!) {
    approvalRuleSet(input: $input) {
      __typename
      ... on ApprovalRuleSet {
        rule {
          id
        }
      }
      ... on UserError {
        message
      }
    }
  }
`);

export const APPROVAL_RULE_ACTIVATE = ofCustomers(/* GraphQL */ `
  mutation DemoApprovalRuleOn($input: ApprovalRuleSwitchInput!) {
    approvalRuleActivate(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const CUSTOMER_IDENTITY_SET = ofCustomers(/* GraphQL */ `
  mutation DemoCustomerIdentity($input: CustomerIdentitySetInput!) {
    customerIdentitySet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const LOYALTY_RULES_SET = ofCustomers(/* GraphQL */ `
  mutation DemoLoyaltyRules($input: LoyaltyRulesSetInput!) {
    loyaltyRulesSet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const LOYALTY_ADJUST = ofCustomers(/* GraphQL */ `
  mutation DemoPoints($input: LoyaltyAdjustInput!) {
    loyaltyAdjust(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const CUSTOMER_GROUP_SET = ofCustomers(/* GraphQL */ `
  mutation DemoGroup($input: CustomerGroupSetInput!) {
    customerGroupSet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const CUSTOMER_GROUP_MEMBERS_SET = ofCustomers(/* GraphQL */ `
  mutation DemoGroupMembers($input: CustomerGroupMembersSetInput!) {
    customerGroupMembersSet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const SEGMENT_SET = ofCustomers(/* GraphQL */ `
  mutation DemoSegment($input: SegmentSetInput!) {
    segmentSet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);

export const CUSTOMER_CONSENT_SET = ofCustomers(/* GraphQL */ `
  mutation DemoConsent($input: CustomerConsentSetInput!) {
    customerConsentSet(input: $input) {
      __typename
      ... on UserError {
        message
      }
    }
  }
`);
