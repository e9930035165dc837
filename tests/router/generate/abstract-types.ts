import { addField, addObject, leafName, wrapped, type Draft } from './draft.ts';

/** An interface over entities: each implementation has its fields, not always in the same subgraph. */
export function addEntityInterface(draft: Draft): void {
  const { random, objects, interfaces, subgraphs } = draft;
  const identified = [...objects.values()].filter(
    ({ kind, keys, fields, homes, pool }) =>
      kind === 'entity' &&
      pool !== 'Media' &&
      [...homes].every((home) => fields.get('id')?.owners.has(home)) &&
      keys[0]?.fields === 'id',
  );
  const visible = identified.filter(({ fields }) => !fields.get('id')!.isInaccessible);
  if (visible.length === 0) return;
  const fields = ['thingName', 'thingSize'];
  const types = fields.map(() => wrapped(draft, leafName(draft)));
  const preferred = random.pick(subgraphs);
  for (const entity of visible)
    for (const [index, name] of fields.entries()) {
      const owner = entity.homes.has(preferred) ? preferred : random.pick([...entity.homes]);
      addField(entity, name, { type: types[index]!, owners: [owner] });
    }
  interfaces.set('Thing', {
    name: 'Thing',
    isEntity: true,
    fields: ['id', ...fields],
    members: membersBySubgraph(
      draft,
      visible.map(({ name }) => name),
    ),
    home: undefined,
    added: new Map(),
  });
}

/** An interface over types without keys. */
export function addValueInterface(draft: Draft): void {
  const members = valueTypes(draft);
  draft.interfaces.set('Piece', {
    name: 'Piece',
    isEntity: false,
    fields: ['label'],
    members: membersBySubgraph(draft, members),
    home: undefined,
    added: new Map(),
  });
}

export function addUnions(draft: Draft): void {
  const entities = [...draft.objects.values()]
    .filter(({ kind, pool }) => kind === 'entity' && pool !== 'Media')
    .map(({ name }) => name);
  const members = [...draft.random.some(entities, 2), ...draft.random.some(valueTypes(draft), 2)];
  draft.unions.set('Any', { name: 'Any', members: membersBySubgraph(draft, members) });
}

/** What a subgraph knows of an abstract type differs; each knows the first of the members. */
function membersBySubgraph({ random, subgraphs }: Draft, members: readonly string[]): Map<string, string[]> {
  const [first = '', ...others] = members;
  return new Map(
    subgraphs.map((name) => [name, [first, ...random.some(others, random.between(0, others.length))]] as const),
  );
}

const valueTypes = ({ objects }: Draft): string[] =>
  [...objects.values()].filter(({ kind, name }) => kind === 'value' && name !== 'Tag').map(({ name }) => name);

/** An interface with a key, to which the other subgraphs add fields without knowing its implementations. */
export function addInterfaceObject(draft: Draft): void {
  const { random, subgraphs, interfaces, pools } = draft;
  if (random.chance(0.4)) return;
  const [home = '', adding = ''] = random.some(subgraphs, 2).sort(() => random.fraction() - 0.5);
  const types = ['Book', 'Film', 'Song'].slice(0, random.between(1, 3));
  pools.set('Media', { name: 'Media', types, size: 5 });
  for (const [index, name] of types.entries()) {
    const homes = new Set([home]);
    const entity = addObject(draft, name, { kind: 'entity', homes, pool: 'Media' });
    // The same values whether the subgraph that is asked knows the implementation or the interface alone.
    const asMedia = { name: 'Media', fields: entity.fields };
    addField(asMedia, 'id', { type: 'ID!', owners: [home], isKey: true });
    addField(asMedia, 'title', { type: 'String', owners: [home] });
    addField(entity, `only${name}`, { type: wrapped(draft, leafName(draft)), owners: [home] });
    entity.keys.push({ fields: 'id', subgraphs: new Set([home]) });
    // A third subgraph may know the implementation itself, as an entity like any other.
    const third = subgraphs.find((subgraph) => subgraph !== home && subgraph !== adding);
    if (third === undefined || index > 0 || random.chance(0.5)) continue;
    homes.add(third);
    entity.fields.get('id')!.owners.add(third);
    entity.keys[0] = { fields: 'id', subgraphs: homes };
    addField(entity, 'seen', { type: 'Int', owners: [third], isFaulty: random.chance(0.3) });
  }
  const added = { name: 'Media', fields: new Map() };
  addField(added, 'rating', { type: 'Int', owners: [adding], isFaulty: random.chance(0.3) });
  // None of them requires anything: Apollo's planner does not come to an end with that.
  addField(added, 'spoken', { type: wrapped(draft, leafName(draft)), owners: [adding] });
  interfaces.set('Media', {
    name: 'Media',
    isEntity: true,
    fields: ['id', 'title'],
    members: new Map([[home, types]]),
    home,
    added: added.fields,
  });
}
