import { alignByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findAccounts } from './data/accounts/accounts.ts';
import { findCompanies } from './data/companies/companies.ts';
import { findLocations } from './data/companies/locations.ts';
import { membershipOf } from './data/companies/members.ts';
import { findStandings, type Standing } from './data/companies/standings.ts';
import { findFormerIds } from './data/merging/former-ids.ts';
import { findCustomers } from './data/profile/customers.ts';
import { findSessions } from './data/signing/sessions.ts';
import type { Account } from './domain/accounts/account.ts';
import type { Company } from './domain/companies/company.ts';
import type { CompanyLocation } from './domain/companies/company-location.ts';
import type { Membership } from './domain/companies/member.ts';
import { createProfileLoaders, type ProfileLoaders } from './profile-loaders.ts';
import type { Customer } from './domain/profile/customer.ts';
import { createLoyaltyLoaders, type LoyaltyLoaders } from './loyalty-loaders.ts';
import type { Session } from './domain/signing/session.ts';

const BATCH = 1_000;

/** Loaders of one request. They ask nobody's permission: who may see what is decided before they are asked. */
export interface Loaders extends LoyaltyLoaders {
  readonly customers: DataLoader<string, Customer | null>;
  readonly companies: DataLoader<string, Company | null>;
  readonly companyLocations: DataLoader<string, CompanyLocation | null>;
  /** Of customers. */
  readonly memberships: DataLoader<string, Membership | null>;
  /** What a customer is to a company. */
  readonly standings: DataLoader<Pick<Standing, 'customerId' | 'companyId'>, Standing | null, string>;
  /** The credit accounts of locations, in their currencies. */
  readonly creditAccounts: DataLoader<Pick<CompanyLocation, 'id' | 'currency'>, Account | null, string>;
  /** What belongs to profiles. */
  readonly profile: ProfileLoaders;
  /** Of customers: ids of profiles that were merged into them. */
  readonly formerIds: DataLoader<string, readonly string[]>;
  /** Of customers, the newest first. */
  readonly sessions: DataLoader<string, readonly Session[]>;
}

/** Loaders of one request, key-aligned; what does not exist is null, and so is what is no id at all. */
export function createLoaders(db: Database): Loaders {
  return {
    ...createLoyaltyLoaders(db),
    profile: createProfileLoaders(db),
    customers: new DataLoader(
      async (ids) => alignByKey(ids, await findCustomers(db.orm, ids.filter(isId)), (customer) => customer.askedId),
      { maxBatchSize: BATCH },
    ),
    companies: new DataLoader(
      async (ids) => alignByKey(ids, await findCompanies(db.orm, ids.filter(isId)), (company) => company.id),
      { maxBatchSize: BATCH },
    ),
    companyLocations: new DataLoader(
      async (ids) => alignByKey(ids, await findLocations(db.orm, ids.filter(isId)), (location) => location.id),
      { maxBatchSize: BATCH },
    ),
    memberships: new DataLoader(
      async (ids) => {
        const found = await membershipOf(db.orm, ids.filter(isId));
        return ids.map((id) => found.get(id) ?? null);
      },
      { maxBatchSize: BATCH },
    ),
    standings: new DataLoader(
      async (pairs) => {
        const asked = pairs.filter(({ customerId, companyId }) => isId(customerId) && isId(companyId));
        const found = await findStandings(db.orm, asked);
        return alignByKey(pairs.map(pairOf), found, pairOf);
      },
      { maxBatchSize: BATCH, cacheKeyFn: pairOf },
    ),
    creditAccounts: new DataLoader(
      async (locations) => {
        const found = await findAccounts(
          db.orm,
          'CREDIT',
          locations.map(({ id }) => id),
        );
        return alignByKey(locations.map(creditOf), found, ({ ownerId, unit }) =>
          creditOf({ id: ownerId, currency: unit }),
        );
      },
      { maxBatchSize: BATCH, cacheKeyFn: creditOf },
    ),
    formerIds: new DataLoader(
      async (ids) => {
        const found = Map.groupBy(await findFormerIds(db.orm, ids.filter(isId)), ({ customerId }) => customerId);
        return ids.map((id) => (found.get(id) ?? []).map(({ formerId }) => formerId));
      },
      { maxBatchSize: BATCH },
    ),
    sessions: new DataLoader(
      async (ids) => {
        const found = Map.groupBy(await findSessions(db.orm, ids.filter(isId)), ({ customerId }) => customerId);
        return ids.map((id) => found.get(id) ?? []);
      },
      { maxBatchSize: BATCH },
    ),
  };
}

const pairOf = ({ customerId, companyId }: Pick<Standing, 'customerId' | 'companyId'>) => `${customerId}:${companyId}`;
const creditOf = ({ id, currency }: Pick<CompanyLocation, 'id' | 'currency'>) => `${id}:${currency}`;
