import { requestFault } from '@kontor/kit/src/errors.ts';
import type { GraphClient, GraphRequest } from '@kontor/kit/src/graph/graph.ts';
import type { TokenKey } from './access-tokens.ts';

type Question = 'signingKeys' | 'revocations' | 'authenticate';

/** The internal graph of customers as edges ask it, with what a test puts into it. */
export interface FakeCustomers extends GraphClient {
  keys: Pick<TokenKey, 'kid' | 'publicKey'>[];
  /** Holders of opaque credentials. */
  readonly holders: Map<string, object>;
  /** In the order in which they were made; the cursor is a position. */
  readonly revocations: { credentialId: string; notBefore: string }[];
  /** Every question, in order. */
  readonly asked: Question[];
  isDown: boolean;
  /** Questions that wait until `release`; none at first. */
  held: ReadonlySet<Question>;
  release(): void;
  count(question: Question): number;
}

/** Makes customers that know nobody. Answers tell what was true when they were asked for. */
export function createFakeCustomers(...keys: TokenKey[]): FakeCustomers {
  const asked: Question[] = [];
  const waiting: (() => void)[] = [];
  const answer = (question: Question, { variables = {} }: GraphRequest): unknown => {
    if (question === 'signingKeys') return fake.keys.map(({ kid, publicKey }) => ({ kid, publicKey }));
    if (question === 'authenticate') return fake.holders.get(String(variables['credential'])) ?? null;
    const from = Number(variables['since'] ?? 0);
    const page = fake.revocations.slice(from, from + Number(variables['first']));
    return { revocations: page, cursor: String(from + page.length) };
  };
  const fake: FakeCustomers = {
    keys,
    holders: new Map(),
    revocations: [],
    asked,
    isDown: false,
    held: new Set(),
    release() {
      for (const go of waiting.splice(0)) go();
    },
    count: (question) => asked.filter((each) => each === question).length,
    async execute(request) {
      const question = /signingKeys|revocations|authenticate/.exec(request.query)![0] as Question;
      asked.push(question);
      if (fake.isDown) throw requestFault('SERVICE_UNAVAILABLE', 'customers cannot be reached.');
      const data = { [question]: answer(question, request) };
      if (fake.held.has(question)) await new Promise<void>((go) => waiting.push(go));
      return { data: data as never };
    },
    subscribe() {
      throw new Error('customers has no subscriptions');
    },
  };
  return fake;
}
