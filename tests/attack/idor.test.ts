/**
 * Insecure direct object references (OWASP API1): everything that can be named by an id, by everybody whose it is not. What each gets
 * follows from the policy table; that nothing is left out follows from the schema.
 */
import { lineOf, scopeOf } from '@kontor/kit/src/auth/policy.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { isRequiredArgument } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, isNothing, leaked, told } from './idor-answers.ts';
import { callerOf, STRANGERS, verdictOf } from './idor-callers.ts';
import { NAMING_FIELDS, ROOT_FIELDS, SCHEMAS } from './idor-coordinates.ts';
import { digestOf } from './idor-digest.ts';
import { anythingOf, documentOf } from './idor-documents.ts';
import { PAIRS } from './idor-pairs.ts';
import type { Probe, Registry } from './idor-probe.ts';
import { BUSINESS } from './idor-registry-business.ts';
import { CATALOGUE } from './idor-registry-catalogue.ts';
import { ORDERS } from './idor-registry-orders.ts';
import { ENDINGS, PEOPLE } from './idor-registry-people.ts';
import { SHOP } from './idor-registry-shop.ts';
import { startIdorSystem, type IdorSystem, type Json } from './idor-system.ts';
import { makeWorld, unknownIds, type Ids, type World } from './idor-world.ts';

const REGISTRY: Registry = { ...CATALOGUE, ...SHOP, ...ORDERS, ...PEOPLE, ...BUSINESS, ...ENDINGS };

it('has a line for every root field that takes an id or a token, and none for what is gone', () => {
  const registered = Object.keys(REGISTRY);
  const naming = NAMING_FIELDS.map(({ coordinate }) => coordinate);
  expect(naming.filter((coordinate) => !registered.includes(coordinate))).toEqual([]);
  const there = ROOT_FIELDS.map(({ coordinate }) => coordinate);
  expect(registered.filter((coordinate) => !there.includes(coordinate))).toEqual([]);
});

let system: IdorSystem;
let world: World;
let unknown: Ids;
beforeAll(async () => {
  system = await startIdorSystem();
  world = await makeWorld(system);
  unknown = unknownIds(world.ids);
  await system.pause();
});
afterAll(() => system.stop());

const rootOf = (coordinate: string) => ROOT_FIELDS.find((root) => root.coordinate === coordinate)!;

/** Asks once; of a subscription, its first event. */
async function ask(coordinate: string, variables: object, call: Call): Promise<GraphResult<Json>> {
  const root = rootOf(coordinate);
  const query = documentOf(SCHEMAS[root.subgraph], root);
  // Whoever tries often is told so, which says nothing about whose things are whose.
  await system.sql`delete from customers.attempts`;
  if (!coordinate.startsWith('Subscription.')) return system.run(root.subgraph, query, variables, call);
  const events = system.stack.services[root.subgraph]
    .graph()
    .subscribe<Json>({ query, variables: variables as never }, call);
  try {
    for await (const event of events) return event;
  } catch (error) {
    return { errors: [error as never] };
  }
  throw new Error('the subscription ended without an event');
}

/** Everybody to whom the table denies what a probe names. @returns what is wrong with their answers. */
async function tryStrangers(coordinate: string, probe: Probe): Promise<string[]> {
  const { subgraph, field } = rootOf(coordinate);
  const wrong: string[] = [];
  for (const name of STRANGERS) {
    const verdict = verdictOf(name, world.ids, coordinate, probe.owners);
    const call = callerOf(name, world.ids, coordinate);
    // What is open to somebody and changes something is done once, by the proof.
    if (verdict === 'open' && coordinate.startsWith('Mutation.')) continue;
    const variables = probe.args(world.ids);
    const answer = await ask(coordinate, variables, call);
    const complain = (what: string) =>
      wrong.push(`${name} (${verdict}): ${what}: ${JSON.stringify(answer).slice(0, 600)}`);
    if (verdict === 'open') {
      if (codesOf(answer).includes('FORBIDDEN') && isNothing(subgraph, answer.data?.[field.name]))
        complain('is refused');
      // What everybody may ask tells nobody what is somebody's, or the editors'.
      if (lineOf(coordinate).scope !== 'catalogue:read') continue;
      const heard = leaked(answer, world, name, call, variables).filter((each) => world.marks.includes(each));
      if (heard.length > 0) complain(`hears ${heard.join(', ')}`);
      continue;
    }
    if (verdict === 'forbidden' && codesOf(answer)[0] !== 'FORBIDDEN') complain('is not forbidden');
    const value = answer.data?.[field.name];
    const didNothing = probe.does === 'nothing' && value?.removed === false;
    if (!didNothing && !isNothing(subgraph, value)) complain('is told something');
    const found = leaked(answer, world, name, call, variables);
    if (found.length > 0) complain(`hears ${found.join(', ')}`);
    const none = await ask(coordinate, probe.args(unknown), call);
    if (told(answer, world.ids, unknown) !== told(none, world.ids, unknown))
      complain(`differs from ${JSON.stringify(none).slice(0, 600)}`);
  }
  return wrong;
}

describe.each(Object.entries(REGISTRY))('%s', (coordinate, probes) => {
  it.each(probes.map((probe, index) => [index + 1, probe] as const))(
    'tells and does nothing to those whose things (%i) they are not, as if there were none',
    async (_, probe) => {
      const { subgraph } = rootOf(coordinate);
      const before = await digestOf(system.sql, subgraph);
      expect(await tryStrangers(coordinate, probe)).toEqual([]);
      expect(await digestOf(system.sql, subgraph)).toEqual(before);
    },
  );
});

describe('two ids of which one is somebody else’s', () => {
  it.each(PAIRS.map((pair) => [pair.name, pair] as const))(
    '%s are refused as if there was none',
    async (_name, pair) => {
      const { subgraph, field } = rootOf(pair.coordinate);
      const call = callerOf(pair.by, world.ids, pair.coordinate);
      const before = await digestOf(system.sql, subgraph);
      const answer = await ask(pair.coordinate, { input: pair.input(world.ids, world.ids) }, call);
      expect(isNothing(subgraph, answer.data?.[field.name]), JSON.stringify(answer)).toBe(true);
      const none = await ask(pair.coordinate, { input: pair.input(world.ids, unknown) }, call);
      expect(told(answer, world.ids, unknown)).toBe(told(none, world.ids, unknown));
      expect(await digestOf(system.sql, subgraph)).toEqual(before);
    },
  );
});

describe('a field that takes a scope', () => {
  const guarded = ROOT_FIELDS.flatMap((root) => (scopeOf(root.coordinate) ? [[root.coordinate, root] as const] : []));

  it.each(guarded)('%s is forbidden to everybody without it, whatever they ask', async (coordinate, root) => {
    const given = Object.fromEntries(
      root.field.args.filter(isRequiredArgument).map(({ name, type }) => [name, anythingOf(type)]),
    );
    for (const name of STRANGERS) {
      if (verdictOf(name, world.ids, coordinate) !== 'forbidden') continue;
      const answer = await ask(coordinate, given, callerOf(name, world.ids, coordinate));
      expect([name, codesOf(answer), answer.data?.[root.field.name] ?? null]).toEqual([name, ['FORBIDDEN'], null]);
    }
  });
});

/** What is private about the victim: staff see it with customers:read, and by whatever they are there for. */
const PRIVATE = [
  ...['victim.mark', 'second.mark', 'third.mark', '4930555077', 'Markstreet', 'Markwish', 'Marknote', 'Markreason'],
  ...['twin1.mark', 'twin2.mark', 'stays.mark', 'goes.mark', '4930555088'],
];

describe('what a question reaches', () => {
  beforeAll(() => system.resume());

  it.each(Object.entries(REGISTRY))('%s reaches its things for those who have them', async (coordinate, probes) => {
    for (const [index, { args, proof }] of probes.entries()) {
      const line = lineOf(coordinate);
      const call = callerOf(proof.by, world.ids, coordinate);
      const given = proof.args ?? args;
      const text = JSON.stringify(await ask(coordinate, given(world.ids), call));
      const shows = typeof proof.shows === 'string' ? proof.shows : proof.shows(world.ids);
      expect(text, `probe ${index + 1} of ${JSON.stringify(line)}`).toContain(shows);
      if (proof.by !== 'staff' || proof.seesPrivate) continue;
      const sees = line.scope === 'customers:read' || line.scope === 'orders:read' || line.beyond === 'orders:read';
      if (!sees) expect(PRIVATE.filter((mark) => text.includes(mark))).toEqual([]);
    }
  });
});
