import type { QueryResolvers } from '../generated/schema.ts';
import { auditQueries } from './areas/audit.ts';
import { companyQueries } from './areas/companies.ts';
import { keyQueries } from './areas/keys.ts';
import { loyaltyQueries } from './areas/loyalty.ts';
import { privacyQueries } from './areas/privacy.ts';
import { profileQueries } from './areas/profile.ts';
import { mergingQueries } from './areas/merging.ts';
import { searchingQueries } from './areas/searching.ts';

export const Query: QueryResolvers = {
  ...companyQueries,
  ...loyaltyQueries,
  ...profileQueries,
  ...keyQueries,
  ...auditQueries,
  ...privacyQueries,
  ...searchingQueries,
  ...mergingQueries,
};
