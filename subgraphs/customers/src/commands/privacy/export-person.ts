import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Db } from '@kontor/kit/src/database.ts';
import type { GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { z } from 'zod';
import { allIds, findPerson } from '../../data/privacy/people.ts';
import { findSection, SECTION_KINDS } from '../../data/privacy/sections.ts';
import type { LeasedRequest, PrivacyPart, StepPosition } from '../../domain/privacy/request.ts';
import type { PrivacyDeps } from './privacy-deps.ts';

const OWN = 'customers';
const ORDERS = 'orders';
/** No kind of ours is called so. */
const ASK_ORDERS = '@orders';
/** Records of a page; each page is a part. */
const PAGE = 100;
/** Ids that orders takes at once. */
const IDS = 100;

const PERSONAL_DATA = `query PersonalData($customerIds: [ID!]!, $after: Cursor) {
  personalData(customerIds: $customerIds, after: $after, first: ${PAGE}) { parts { kind data } cursor }
}`;
const answerShape = z.object({
  personalData: z.object({
    parts: z.array(z.object({ kind: z.string().min(1).max(100), data: z.unknown() })).max(PAGE),
    cursor: z.string().max(1_000).nullable(),
  }),
});

/** Another part of the system does not tell what it keeps: it is asked again later. */
export class KeeperUnavailable extends Error {
  override name = 'KeeperUnavailable';
  readonly keeper: string;
  constructor(keeper: string) {
    super(`${keeper} does not tell what it keeps`);
    this.keeper = keeper;
  }
}

/** What a step of an export gave, and which one is next; null when it was the last. */
export interface ExportStep {
  readonly parts: readonly PrivacyPart[];
  readonly next: { readonly step: string; readonly position: StepPosition } | null;
}

/**
 * Reads the next page of what is kept about a person, here or elsewhere. It writes nothing, so that it can be repeated.
 * @throws KeeperUnavailable
 */
export async function readExportStep({ db, orders }: PrivacyDeps, request: LeasedRequest): Promise<ExportStep> {
  const person = await findPerson(db.orm, request.customerId);
  if (!person) throw new Error('a profile is gone that a request names');
  const customerIds = allIds(person);
  return request.step === ASK_ORDERS ? readOrders(orders, request, customerIds) : readOwn(db.orm, request, customerIds);
}

async function readOwn(db: Db, { step, position }: LeasedRequest, customerIds: string[]): Promise<ExportStep> {
  const rows = await findSection(db, { kind: step, customerIds, after: position?.after ?? null, most: PAGE + 1 });
  const page = rows.slice(0, PAGE);
  const parts = page.length > 0 ? [{ subgraph: OWN, kind: step, data: page.map(({ data }) => data) }] : [];
  const last = page.at(-1);
  if (rows.length > PAGE && last) return { parts, next: { step, position: { after: last.key, slice: 0 } } };
  return { parts, next: { step: SECTION_KINDS[SECTION_KINDS.indexOf(step) + 1] ?? ASK_ORDERS, position: null } };
}

async function readOrders(
  orders: GraphClient | undefined,
  { id, position }: LeasedRequest,
  customerIds: readonly string[],
): Promise<ExportStep> {
  const { slice, after } = position ?? { slice: 0, after: null };
  const asked = customerIds.slice(slice * IDS, (slice + 1) * IDS);
  const { parts, cursor } = await askOrders(orders, `privacy-${id}`, { customerIds: asked, after });
  if (cursor !== null && cursor === after) throw new Error('orders goes on from where it was asked to begin');
  const byKind = Map.groupBy(parts, ({ kind }) => kind);
  const next =
    cursor !== null
      ? { step: ASK_ORDERS, position: { slice, after: cursor } }
      : customerIds.length > (slice + 1) * IDS
        ? { step: ASK_ORDERS, position: { slice: slice + 1, after: null } }
        : null;
  return {
    parts: [...byKind].map(([kind, each]) => ({ subgraph: ORDERS, kind, data: each.map((part) => part.data) })),
    next,
  };
}

async function askOrders(
  orders: GraphClient | undefined,
  requestId: string,
  variables: { readonly customerIds: readonly string[]; readonly after: string | null },
) {
  const answer: GraphResult | undefined = await orders
    ?.execute({ query: PERSONAL_DATA, variables, kind: 'query' }, { caller: serviceCaller(OWN), requestId })
    .catch(() => undefined);
  const read = answerShape.safeParse(answer?.data);
  if (!read.success || answer?.errors) throw new KeeperUnavailable(ORDERS);
  return read.data.personalData;
}
