import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from './compare.ts';
import { EXPLANATIONS } from './explained-differences.ts';
import { generateCase, type Case } from './generate/document.ts';
import type { Model } from './generate/model.ts';
import { topLevelNames } from './generate/presence.ts';
import { createFederation, type Federation } from './subjects/federation.ts';
import { createOurs, type Ours } from './subjects/ours.ts';
import { createStock, type Stock } from './subjects/stock.ts';
import type { Answer, Subject } from './subjects/subject.ts';
import { createTruth } from './subjects/truth.ts';

/** Each document is asked with this many values of its variables. */
const VARIATIONS = 3;
const DOCUMENTS = 45;
/** Supergraphs over which the stock gateway differs in ways that are rare. */
const TELLING = [24, 30];
/** `CASES=30000` asks more, over more supergraphs; `SEED=3 CASE=12` repeats one document. */
const { CASES = '3240', SEED, CASE } = process.env;
const isWhole = SEED === undefined && Number(CASES) >= 3_240;

const upTo = (end: number): number[] => Array.from({ length: end }, (_, number) => number);
const supergraphs = Math.max(1, Math.ceil(Number(CASES) / VARIATIONS / DOCUMENTS) - TELLING.length);
const SEEDS = SEED === undefined ? [...new Set([...upTo(supergraphs), ...TELLING])] : [Number(SEED)];
const NUMBERS = CASE === undefined ? upTo(DOCUMENTS) : [Number(CASE)];
/** What is printed of one supergraph when much goes wrong. */
const MAX_REPORTS = 3;

interface Rivals {
  readonly federation: Federation;
  readonly ours: Ours;
  readonly stock: Stock;
}

const meet = async (seed: number): Promise<Rivals> => {
  const federation = createFederation(seed);
  const [ours, stock] = await Promise.all([createOurs(federation), createStock(federation)]);
  return { federation, ours, stock };
};

const used = new Set<string>();
let waiting: { readonly seed: number; readonly rivals: Promise<Rivals> } | undefined;

/** The rivals of a seed. Those of the next one get ready in their threads meanwhile. */
function rivalsOf(seed: number): Promise<Rivals> {
  const ready = waiting?.seed === seed ? waiting.rivals : meet(seed);
  const next = SEEDS[SEEDS.indexOf(seed) + 1];
  waiting = next === undefined ? undefined : { seed: next, rivals: meet(next) };
  return ready;
}

describe.each(SEEDS)('supergraph %i', (seed) => {
  let rivals: Rivals;
  let truth: ReturnType<typeof createTruth>;
  let cases: { readonly number: number; readonly made: Case }[];

  beforeAll(async () => {
    rivals = await rivalsOf(seed);
    truth = createTruth(rivals.federation.model, rivals.stock.apiSdl);
    cases = NUMBERS.map((number) => ({ number, made: generateCase(truth.schema, seed * 1_000 + number, VARIATIONS) }));
  });
  afterAll(async () => {
    await Promise.all([rivals.ours.stop(), rivals.stock.stop()]);
  });

  it('shows clients the same schema as the stock gateway', async () => {
    const { data } = await rivals.ours.execute(getIntrospectionQuery(), {}, undefined);
    const shown = printSchema(lexicographicSortSchema(buildClientSchema(data as unknown as IntrospectionQuery)));
    expect(shown).toBe(printSchema(lexicographicSortSchema(buildSchema(rivals.stock.apiSdl))));
  });

  it('answers as one schema with the same data would, and differs from the stock gateway where that is explained', async () => {
    const reports: string[] = [];
    const { model } = rivals.federation;
    const needed = neededFields(model);
    for (const { number, made } of cases)
      for (const variables of made.variables) {
        const ask = (subject: Subject) => answerOf(subject, made, variables);
        const [ours, stock, right] = await Promise.all([ask(rivals.ours), ask(rivals.stock), ask(truth)]);
        const wrong = differences(ours, right, { inOrder: true, needed });
        const odd = differences(stock, right, { inOrder: false, needed });
        const situation = { model, document: made.document, stock, truth: right, found: odd };
        const explanation = odd.length === 0 ? undefined : EXPLANATIONS.find(({ explains }) => explains(situation));
        if (explanation) used.add(explanation.name);
        if (wrong.length === 0 && (odd.length === 0 || explanation)) continue;
        reports.push(
          reportOf({ seed, number, made, variables, ours, stock, right, wrong, odd, explanation: explanation?.name }),
        );
      }
    const shown = reports.slice(0, MAX_REPORTS).join('\n\n');
    const sdls = reports.length === 0 ? '' : `\n\n${sdlsOf(rivals.federation)}`;
    expect(reports.length, `${shown}${sdls}`).toBe(0);
  });

  it('answers the same when all requests come at once', async () => {
    const requests = cases.flatMap(({ made }) => made.variables.map((variables) => ({ made, variables })));
    const alone: Answer[] = [];
    for (const { made, variables } of requests) alone.push(await answerOf(rivals.ours, made, variables));
    const together = await Promise.all(requests.map(({ made, variables }) => answerOf(rivals.ours, made, variables)));
    expect(together.map(({ data }) => data)).toEqual(alone.map(({ data }) => data));
    expect(together.map(pathsOf)).toEqual(alone.map(pathsOf));
  });
});

// Fewer cases need fewer of them.
if (isWhole)
  it('needs each of the explanations', () => {
    expect([...used].sort()).toEqual(EXPLANATIONS.map(({ name }) => name).sort());
  });

/** Names of the fields that others require. */
const neededFields = ({ objects }: Model): Set<string> =>
  new Set(
    [...objects.values()].flatMap(({ fields }) =>
      [...fields.values()].flatMap(({ requires }) => (requires === undefined ? [] : topLevelNames(requires))),
    ),
  );

/** A subject that throws has no data. */
async function answerOf(subject: Subject, made: Case, variables: Readonly<Record<string, unknown>>): Promise<Answer> {
  try {
    return await subject.execute(made.document, variables, made.operationName);
  } catch (error) {
    return { data: null, errors: [{ message: String(error) }] };
  }
}

const pathsOf = ({ errors }: Answer): string[] => errors.map(({ path }) => JSON.stringify(path ?? null)).sort();

interface Report {
  readonly seed: number;
  readonly number: number;
  readonly made: Case;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ours: Answer;
  readonly stock: Answer;
  readonly right: Answer;
  readonly wrong: readonly string[];
  readonly odd: readonly string[];
  readonly explanation: string | undefined;
}

const reportOf = ({ seed, number, made, variables, ours, stock, right, wrong, odd, explanation }: Report): string =>
  [
    `SEED=${seed} CASE=${number}`,
    wrong.length > 0 ? `ours is wrong: ${wrong.join('; ')}` : 'ours is right',
    odd.length > 0 ? `stock is wrong (${explanation ?? 'without explanation'}): ${odd.join('; ')}` : 'stock is right',
    made.document,
    `operationName: ${made.operationName ?? '(none)'}`,
    `variables: ${JSON.stringify(variables)}`,
    `ours:  ${JSON.stringify(ours)}`,
    `stock: ${JSON.stringify(stock)}`,
    `truth: ${JSON.stringify(right)}`,
  ].join('\n');

const sdlsOf = ({ sdls }: Federation): string =>
  Object.entries(sdls)
    .map(([name, sdl]) => `# ${name}\n${sdl}`)
    .join('\n\n');
