/** The internal operations that the seed uses, by subgraph/internal.graphql. */

export const AUTHENTICATE = /* GraphQL */ `
  query DemoSeeded($credential: String!) {
    authenticate(credential: $credential) {
      subject
    }
  }
`;

export const LOCATIONS_UPSERT = /* GraphQL */ `
  mutation DemoLocations($input: LocationsUpsertInput!) {
    locationsUpsert(input: $input) {
      locationIds
    }
  }
`;

export const LEVELS_IMPORT = /* GraphQL */ `
  mutation DemoLevels($input: LevelsImportInput!) {
    levelsImport(input: $input) {
      changedCount
    }
  }
`;

export const CHANNEL_UPSERT = /* GraphQL */ `
  mutation DemoChannel($input: ChannelUpsertInput!) {
    channelUpsert(input: $input) {
      code
    }
  }
`;

export const PRODUCTS_UPSERT = /* GraphQL */ `
  mutation DemoProducts($input: ProductsUpsertInput!) {
    productsUpsert(input: $input) {
      results {
        handle
        outcome
        variantIds
        reason
      }
    }
  }
`;

export const COLLECTIONS_UPSERT = /* GraphQL */ `
  mutation DemoCollections($input: CollectionsUpsertInput!) {
    collectionsUpsert(input: $input) {
      collectionIds
    }
  }
`;

export const PRICE_LIST_UPSERT = /* GraphQL */ `
  mutation DemoPriceList($input: PriceListUpsertInput!) {
    priceListUpsert(input: $input) {
      code
    }
  }
`;

export const PRICES_UPSERT = /* GraphQL */ `
  mutation DemoPrices($input: PricesUpsertInput!) {
    pricesUpsert(input: $input) {
      changedCount
    }
  }
`;

export const TAX_RATES_UPSERT = /* GraphQL */ `
  mutation DemoTaxRates($input: TaxRatesUpsertInput!) {
    taxRatesUpsert(input: $input) {
      changedCount
    }
  }
`;

export const COMPANY_UPSERT = /* GraphQL */ `
  mutation DemoCompany($input: CompanyUpsertInput!) {
    companyUpsert(input: $input) {
      companyId
    }
  }
`;

export const CUSTOMER_ENSURE = /* GraphQL */ `
  mutation DemoCustomer($input: CustomerEnsureInput!) {
    customerEnsure(input: $input) {
      customerId
    }
  }
`;

export const CREDENTIAL_UPSERT = /* GraphQL */ `
  mutation DemoCredential($input: CredentialUpsertInput!) {
    credentialUpsert(input: $input) {
      credentialId
    }
  }
`;
