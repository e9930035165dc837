import { expect, it } from 'vitest';
import { memberOfCompany } from './member-of-company.ts';

const buyer = { role: 'customer', subject: 'c1', channel: 'b2b', scopes: [] } as const;

it('refuses customers without a company and lets members and staff in', () => {
  expect(() => memberOfCompany(buyer)).toThrow(
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) }),
  );
  memberOfCompany({ ...buyer, companyId: 'company-1' });
  memberOfCompany({ ...buyer, role: 'staff' });
});
