import { money } from '@kontor/kit/src/money.ts';
import { readAging } from '../data/companies/statements.ts';
import type { CompanyCreditResolvers, CompanyLocationResolvers } from '../generated/schema.ts';
import { seesCompany, seesCredit, standingOf } from './company-standing.ts';

export const CompanyLocation: CompanyLocationResolvers = {
  company: async ({ companyId }, _, ctx) =>
    (await seesCompany(ctx, companyId)) ? ctx.loaders.companies.load(companyId) : null,
  credit: async (location, _, ctx) => {
    if (!seesCredit(await standingOf(ctx, location.companyId))) return null;
    return { location, account: await ctx.loaders.creditAccounts.load(location) };
  },
};

export const CompanyCredit: CompanyCreditResolvers = {
  limit: ({ location, account }) => money(account?.limit ?? 0, location.currency),
  owed: ({ location, account }) => money(account ? 0 - account.balance : 0, location.currency),
  held: ({ location, account }) => money(account?.held ?? 0, location.currency),
  available: ({ location, account }) => money(account?.available ?? 0, location.currency),
  termsDays: ({ location }) => location.termsDays,
  aging: async ({ location }, _, { db, loaders }) => {
    const company = (await loaders.companies.load(location.companyId))!;
    const { id, currency } = location;
    const aging = await readAging(db, { companyLocationId: id, currency, timeZone: company.timeZone });
    return {
      current: money(aging.current, currency),
      days1To30: money(aging.days1To30, currency),
      days31To60: money(aging.days31To60, currency),
      days61To90: money(aging.days61To90, currency),
      daysOver90: money(aging.daysOver90, currency),
    };
  },
};
