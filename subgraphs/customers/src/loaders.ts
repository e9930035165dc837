import { alignByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findCompanies } from './data/companies.ts';
import { findCustomers } from './data/customers.ts';
import type { Company } from './domain/company.ts';
import type { Customer } from './domain/customer.ts';

const BATCH = 1_000;

/** Loaders of one request. They ask nobody's permission: who may see what is decided before they are asked. */
export interface Loaders {
  readonly customers: DataLoader<string, Customer | null>;
  readonly companies: DataLoader<string, Company | null>;
}

/** Loaders of one request, key-aligned; what does not exist is null, and so is what is no id at all. */
export function createLoaders(db: Database): Loaders {
  return {
    customers: new DataLoader(
      async (ids) => alignByKey(ids, await findCustomers(db.orm, ids.filter(isId)), (customer) => customer.id),
      { maxBatchSize: BATCH },
    ),
    companies: new DataLoader(
      async (ids) => alignByKey(ids, await findCompanies(db.orm, ids.filter(isId)), (company) => company.id),
      { maxBatchSize: BATCH },
    ),
  };
}
