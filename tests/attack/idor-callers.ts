/** Everybody who might ask for what is not theirs, and what the table says that they get. */
import { beyondOf, hasScope, lineOf, NAMED_SCOPES, type Owner } from '@kontor/kit/src/auth/policy.ts';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { asGuest, callAs } from '@kontor/testkit/src/callers.ts';
import type { Ids } from './idor-world.ts';

export type CallerName =
  | 'guest'
  | 'other'
  | 'elsewhere'
  | 'elsewhereAdmin'
  | 'left'
  | 'register'
  | 'clerk'
  | 'wrongKey'
  | 'marketplace'
  | 'device'
  | 'edge'
  | 'invitee'
  | 'colleague'
  | 'victim'
  | 'staff'
  | 'keeper';

/**
 * Those whose every question is tried. Of the others, `staff` has what a field needs and no more, and `keeper` has everything: they show
 * that a question reaches the thing.
 */
export const STRANGERS: readonly CallerName[] = [
  'guest',
  'other',
  'elsewhere',
  'elsewhereAdmin',
  'left',
  'register',
  'clerk',
  'wrongKey',
  'marketplace',
  'device',
  'edge',
  'colleague',
];

/** What staff of a store have there: its manager's. */
const OF_A_STORE = [
  'stock:read',
  'stock:write',
  'stock:policy',
  'customers:lookup',
  'keys:read',
  'keys:write',
  'devices:write',
];

/** The caller of a name, for one field of the table. */
export function callerOf(name: CallerName, ids: Ids, coordinate: string): Call {
  const customer = (id: string, more: Partial<Caller> = {}): Call =>
    callAs({ role: 'customer', subject: id, customerId: id, channel: 'web', scopes: [], ...more });
  const member = (id: string, companyId: string, companyLocationId: string, companyRole: 'BUYER' | 'ADMIN') =>
    customer(id, { companyId, companyLocationId, companyRole });
  const { scope } = lineOf(coordinate);
  const needed = [scope ?? [], beyondOf(coordinate)].flat();
  switch (name) {
    case 'guest':
      return asGuest();
    case 'other':
      return customer(ids['other']!);
    case 'elsewhere':
      return member(ids['elsewhere']!, ids['otherCompany']!, ids['otherCompanyLocation']!, 'BUYER');
    case 'elsewhereAdmin':
      return member(ids['elsewhere-admin']!, ids['otherCompany']!, ids['otherCompanyLocation']!, 'ADMIN');
    case 'left':
      // Its token was made before the person left, and still says what was.
      return member(ids['left']!, ids['company']!, ids['companyLocation']!, 'ADMIN');
    case 'colleague':
      return member(ids['colleague']!, ids['company']!, ids['companyLocation']!, 'BUYER');
    case 'victim':
      return member(ids['victim']!, ids['company']!, ids['companyLocation']!, 'ADMIN');
    case 'invitee':
      return customer(ids['invitee.mark']!);
    case 'register':
      return callAs({
        ...{ role: 'staff', subject: 'register', channel: 'pos', scopes: OF_A_STORE },
        ...{ locationId: ids['otherStore']!, staffId: ids['otherStaff']! },
      });
    case 'clerk':
      return callAs({ role: 'staff', subject: 'clerk', channel: 'web', scopes: [] });
    case 'wrongKey': {
      const scopes = NAMED_SCOPES.filter((each) => !needed.includes(each));
      return callAs({ role: 'integration', subject: 'erp', channel: 'web', scopes });
    }
    case 'marketplace':
      return callAs({ role: 'integration', subject: 'marketplace', channel: 'marketplace', scopes: [] });
    case 'device':
      return callAs({ role: 'device', subject: 'till', channel: 'pos', scopes: [], locationId: ids['otherStore']! });
    case 'edge':
      return callAs({ role: 'edge', subject: 'bff-web', channel: 'web', scopes: [] });
    case 'keeper':
      return callAs({ role: 'staff', subject: 'keeper', channel: 'web', scopes: [...NAMED_SCOPES] });
    case 'staff': {
      const scopes = [scope ?? [], beyondOf(coordinate).slice(0, 1)].flat();
      return callAs({ role: 'staff', subject: 'chief', channel: 'web', scopes });
    }
  }
}

const OWNERS: Readonly<Record<Exclude<Owner, 'location'>, readonly CallerName[]>> = {
  self: ['victim'],
  company: ['victim', 'colleague'],
  'company-admin': ['victim'],
  holder: ['victim'],
  nobody: [],
};

/** `open`: gets it. `forbidden`: is told that a scope is missing. `unseen`: gets what somebody gets who asks for nothing that is there. */
export type Verdict = 'open' | 'forbidden' | 'unseen';

/**
 * What the table says of a caller and a line.
 * @param owners those whose the thing is, where that is not what the line's owner says.
 */
export function verdictOf(name: CallerName, ids: Ids, coordinate: string, owners?: readonly CallerName[]): Verdict {
  const { caller } = callerOf(name, ids, coordinate);
  const { scope, of: owner } = lineOf(coordinate);
  if (scope !== undefined && !hasScope(caller, scope)) return 'forbidden';
  if (owner === undefined || beyondOf(coordinate).some((each) => hasScope(caller, each))) return 'open';
  if (owner === 'location')
    return caller.locationId === undefined || caller.locationId === ids['store'] ? 'open' : 'unseen';
  return (owners ?? OWNERS[owner]).includes(name) ? 'open' : 'unseen';
}
