import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import type { Subgraph } from '@kontor/stack/src/services.ts';
import { isObjectType } from 'graphql';
import type { CallerName } from './idor-callers.ts';
import { SCHEMAS } from './idor-coordinates.ts';
import type { Json } from './idor-system.ts';
import { EDITORS_MARKS } from './idor-world-catalogue.ts';
import type { Ids, World } from './idor-world.ts';

/** An answer as text, in which ids are names: what is there and what is not then look the same. */
export function told(result: unknown, ...worlds: readonly Ids[]): string {
  let text = JSON.stringify(result);
  for (const ids of worlds) for (const [name, value] of Object.entries(ids)) text = text.replaceAll(value, `<${name}>`);
  return text;
}

/** Whether the answer of a field has nothing in it: null, a refusal, or a list without entries. */
export function isNothing(subgraph: Subgraph, value: Json): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (Array.isArray(value.edges)) return value.edges.length === 0;
  const type = SCHEMAS[subgraph].getType(String(value.__typename));
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'UserError');
}

export const codesOf = ({ errors = [] }: GraphResult<Json>) => errors.map(({ extensions }) => extensions?.['code']);

/** What everybody in the company knows of it: its places and rules, the names of its people, and what was paid. */
const OF_COMPANY = ['Markcompany', 'Marksite', 'markrule', 'Markgiven', 'Markfamily', 'Marktransfer'];

/** Marks and ids of somebody else's that stand in an answer, and that the caller neither is nor has sent. */
export function leaked(answer: unknown, { ids, marks }: World, name: CallerName, call: Call, sent: object): string[] {
  const { customerId, companyId, companyLocationId, locationId, staffId } = call.caller;
  const known = JSON.stringify([sent, customerId, companyId, companyLocationId, locationId, staffId]);
  const text = JSON.stringify(answer);
  const isStrange = (value: string) => text.includes(value) && !known.includes(value);
  const isKnown = (mark: string) =>
    (name === 'colleague' && OF_COMPANY.includes(mark)) ||
    (hasScope(call.caller, 'catalogue:write') && EDITORS_MARKS.includes(mark));
  return [
    ...marks.filter((mark) => isStrange(mark) && !isKnown(mark)),
    ...Object.entries(ids).flatMap(([id, value]) => (isStrange(value) ? [id] : [])),
  ];
}
