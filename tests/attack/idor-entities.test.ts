/** What is shown on the way: entities by their keys, whatever subgraph is asked, and fields of objects that somebody sees in part. */
import { hasScope, beyondOf, lineOf, POLICY } from '@kontor/kit/src/auth/policy.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import type { Subgraph } from '@kontor/stack/src/services.ts';
import { callAs } from '@kontor/testkit/src/callers.ts';
import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, isNothing, leaked, told } from './idor-answers.ts';
import { callerOf, STRANGERS, verdictOf } from './idor-callers.ts';
import { ENTITIES, SCHEMAS, SHOWING_FIELDS } from './idor-coordinates.ts';
import { entityDocument, everythingOf } from './idor-documents.ts';
import {
  ENTITY_PROBES,
  FOR_EVERYBODY,
  KEYS_ALONE,
  PARTS,
  WAYS,
  type EntityProbe,
  type Way,
} from './idor-registry-shown.ts';
import { startIdorSystem, type IdorSystem, type Json } from './idor-system.ts';
import { makeWorld, unknownIds, type Ids, type World } from './idor-world.ts';

/** A field without its subgraph, as the policy table has it. */
const coordinateOf = (field: string) => field.split(':')[1]!;
const isDecided = (coordinate: string) => Object.hasOwn(POLICY, coordinate);

it('has a line for every entity, and none for what is gone', () => {
  expect(Object.keys(ENTITY_PROBES).sort()).toEqual([...ENTITIES].sort());
});

it('has decided about every field that shows something with an id, and about none that is gone', () => {
  const listed = [...FOR_EVERYBODY, ...KEYS_ALONE, ...PARTS];
  const open = SHOWING_FIELDS.filter((field) => !isDecided(coordinateOf(field)));
  expect(open.filter((field) => !listed.includes(field))).toEqual([]);
  expect(listed.filter((field) => !open.includes(field))).toEqual([]);
});

/** Lines about fields of objects, as `Customer.notes`. */
const FIELD_LINES = Object.keys(POLICY).filter((line) => /^(?!Query|Mutation|Subscription)\w+\.\w+$/.test(line));

it('has a way to an object with every field of the policy table', () => {
  const tried = new Set(WAYS.map(({ type }) => type));
  expect(FIELD_LINES.filter((line) => !tried.has(line.split('.')[0]!))).toEqual([]);
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

const typed = (field: string) => field.split(':') as [Subgraph, string];

async function askEntity(field: string, key: object, call: Call): Promise<Json> {
  const [subgraph, type] = typed(field);
  const variables = { of: [{ __typename: type, ...key }] };
  return system.run(subgraph, entityDocument(SCHEMAS[subgraph], type), variables, call);
}

/** @returns what is wrong with the answers to those who may not see an entity. */
async function tryEntity(field: string, probe: EntityProbe): Promise<string[]> {
  const [subgraph] = typed(field);
  const wrong: string[] = [];
  for (const name of STRANGERS) {
    const call = callerOf(name, world.ids, probe.line ?? '');
    const answer = await askEntity(field, probe.key(world.ids), call);
    const complain = (what: string) => wrong.push(`${name}: ${what}: ${JSON.stringify(answer).slice(0, 600)}`);
    const verdict = probe.line === null ? 'open' : verdictOf(name, world.ids, probe.line, probe.owners);
    const found = leaked(answer, world, name, call, probe.key(world.ids));
    if (verdict === 'open') {
      // What everybody sees has nothing of anybody in it.
      const theirs = found.filter((each) => world.marks.includes(each));
      if (probe.line === null && theirs.length > 0) complain(`hears ${theirs.join(', ')}`);
      continue;
    }
    if (!probe.isStub && !isNothing(subgraph, answer.data?._entities[0])) complain('is told something');
    if (found.length > 0) complain(`hears ${found.join(', ')}`);
    const none = await askEntity(field, probe.key(unknown), call);
    if (told(answer, world.ids, unknown) !== told(none, world.ids, unknown)) complain('differs from what nobody has');
  }
  return wrong;
}

describe.each(Object.entries(ENTITY_PROBES))('_entities of %s', (field, probes) => {
  it.each(probes.map((probe, index) => [index + 1, probe] as const))(
    'shows (%i) to those whose it is, and to others as if there was none',
    async (_, probe) => {
      expect(await tryEntity(field, probe)).toEqual([]);
      const answer = await askEntity(field, probe.key(world.ids), callerOf(probe.by, world.ids, probe.line ?? ''));
      const shows = typeof probe.shows === 'string' ? probe.shows : probe.shows(world.ids);
      expect(JSON.stringify(answer)).toContain(shows);
    },
  );
});

const callOf = ({ as }: Way): Call =>
  typeof as === 'string'
    ? callerOf(as, world.ids, '')
    : callAs({ role: 'staff', subject: 'clerk', channel: 'web', scopes: [...as] });

/** Every object under the name `found`, at any depth. */
function foundIn(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(foundIn);
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'found' && each !== null && typeof each === 'object' ? [each].flat() : foundIn(each),
  );
}

/** Whether the table opens a line to a caller who is not the owner, or is one of the company's buyers. */
function isOpen(call: Call, line: string): boolean {
  const { scope, of: owner } = lineOf(line);
  if (scope !== undefined && !hasScope(call.caller, scope)) return false;
  if (owner === undefined || beyondOf(line).some((each) => hasScope(call.caller, each))) return true;
  return owner === 'company' && call.caller.companyId === world.ids['company'];
}

describe.each(WAYS.map((way) => [way.name, way] as const))('%s', (_name, way) => {
  const lines = FIELD_LINES.filter((line) => line.startsWith(`${way.type}.`)).filter((line) => {
    const type = SCHEMAS[way.subgraph].getType(way.type);
    return isObjectType(type) && line.split('.')[1]! in type.getFields();
  });

  it.each(lines)('shows %s to those alone to whom the table does', async (line) => {
    const call = callOf(way);
    const type = SCHEMAS[way.subgraph].getType(way.type);
    const name = line.split('.')[1]!;
    const shown = isObjectType(type) ? getNamedType(type.getFields()[name]!.type) : null;
    const below = shown === null || isLeafType(shown) ? '' : (everythingOf(SCHEMAS[way.subgraph], shown, 2) ?? '');
    const answer = await system.run(way.subgraph, way.query(`${name} ${below}`), way.variables(world.ids), call);
    const found = foundIn(answer.data);
    expect(found.length, JSON.stringify(answer)).toBeGreaterThan(0);
    if (isOpen(call, line)) return;
    for (const each of found) expect(each[name] ?? null).toBeNull();
    expect(codesOf(answer).filter((code) => code !== 'FORBIDDEN')).toEqual([]);
  });
});
