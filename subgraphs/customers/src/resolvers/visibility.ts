/** The scope to see other people's profiles and companies; services have it. */
export const CUSTOMERS_READ = 'customers:read';
