import type { CompanyCreditResolvers } from '../generated/schema.ts';

export const CompanyCredit: CompanyCreditResolvers = {
  // Fetched only where it is read; whoever asks here reads it.
  aging: ({ aging }) => aging!,
};
