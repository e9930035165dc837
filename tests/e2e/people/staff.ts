import { randomUUID } from 'node:crypto';
import { run } from '@kontor/stack/src/operator.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import type { System } from '../system.ts';

/** What the staff of these scenarios may do: all that concerns people. */
const SCOPES = [
  ...['customers:read', 'customers:write', 'customers:lookup', 'customers:merge', 'orders:read', 'stock:read'],
  ...['companies:read', 'companies:write', 'credit:write', 'loyalty:read', 'loyalty:write'],
  ...['keys:read', 'keys:write', 'privacy:write', 'audit:read'],
];
const CREDENTIAL_UPSERT = `mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }`;

/** What became of a change: the union's member, with the code where it is a refusal. */
export interface Changed {
  readonly __typename: string;
  readonly code?: string;
}

/** A member of the staff at the router, in the channel `web`. */
export interface Staff {
  ask<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Sends a command. @param selection what is read of the outcome, such as `... on CompanySet { company { id } }`. */
  tell<Outcome = unknown>(field: string, input: object, selection?: string): Promise<Outcome & Changed>;
  /** The same where nothing but success will do. @throws Error with the refusal. */
  change<Outcome = unknown>(field: string, input: object, selection?: string): Promise<Outcome & Changed>;
}

/** Registers a key, as the operator may. @returns the secret. */
export async function registerKey(
  system: System,
  holder: { readonly role: 'staff' | 'customer'; readonly scopes?: readonly string[]; readonly customerId?: string },
): Promise<string> {
  const secret = `people_${holder.role}_${randomUUID()}`;
  const input = { secret, label: 'People', channel: 'web', scopes: [], ...holder };
  await run(system.operator, 'customers', CREDENTIAL_UPSERT, { input });
  return secret;
}

/** Registers a member of the staff who may do all that concerns people. */
export async function hireStaff(system: System): Promise<Staff> {
  const key = await registerKey(system, { role: 'staff', scopes: SCOPES });
  const staff: Staff = {
    ask: (query, variables = {}) => ask(system.url('router'), query, variables, key),
    tell: (field, input, selection = '') => tellAt(system.url('router'), key, field, input, selection),
    async change<Outcome>(field: string, input: object, selection = '') {
      const outcome = await staff.tell<Outcome>(field, input, selection);
      if (outcome.code !== undefined) throw new Error(`${field}: ${JSON.stringify(outcome)}`);
      return outcome;
    },
  };
  return staff;
}

/** Sends a command to the graph at an address. @param token of whoever sends it; none for a guest. @throws Error with the errors, when it was not decided. */
export async function tellAt<Outcome = unknown>(
  url: string,
  token: string | undefined,
  field: string,
  input: object,
  selection = '',
): Promise<Outcome & Changed> {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ${selection} ... on UserError { code message path } } }`;
  const data = await ask<Record<string, Outcome & Changed>>(url, query, { input }, token);
  return data[field]!;
}
