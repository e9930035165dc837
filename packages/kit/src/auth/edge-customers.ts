import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import { serviceCaller } from './caller.ts';

/** Asks customers something that an edge needs. @throws GraphQLError SERVICE_UNAVAILABLE, TIMEOUT */
export type AskCustomers = <Data>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Data>;

/** Makes the one way in which an edge asks customers: its internal graph, as the service itself. */
export function askAs(service: string, customers: GraphClient): AskCustomers {
  const call = { caller: serviceCaller(service), requestId: `auth-${service}` };
  return async <Data>(query: string, variables: Readonly<Record<string, unknown>> = {}) => {
    const { data, errors } = await customers.execute<Data>({ query, variables }, call);
    // A field that failed is null as one of which nothing is known: an outage must not look like an unknown key.
    if (!data || (errors && errors.length > 0))
      throw requestFault('SERVICE_UNAVAILABLE', 'Credentials cannot be checked now.');
    return data;
  };
}
