import type { Company } from './domain/company.ts';
import type { Customer } from './domain/customer.ts';

export type CustomerMapper = Customer;
export type CompanyMapper = Company;
