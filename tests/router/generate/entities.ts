import { addField, addObject, type Draft } from './draft.ts';
import type { ObjectModel } from './model.ts';

const POOL_SIZE = 6;

type Style = 'id' | 'several' | 'chain' | 'compound' | 'nested' | 'owner' | 'nullable' | 'hidden';

/** Entities with their keys, and no other field yet. */
export function addEntities(draft: Draft): void {
  const { random } = draft;
  const count = random.between(2, 4);
  for (let index = 0; index < count; index += 1) addEntity(draft, `Item${index}`, styleOf(draft, index));
}

function styleOf({ random, subgraphs }: Draft, index: number): Style {
  if (index === 0) return 'id';
  const styles: Style[] = ['id', 'id', 'several', 'compound', 'nested', 'owner', 'nullable', 'hidden'];
  if (subgraphs.length >= 3) styles.push('chain', 'chain');
  return random.pick(styles);
}

function addEntity(draft: Draft, name: string, style: Style): void {
  const { random, subgraphs, pools } = draft;
  const most = Math.min(4, subgraphs.length);
  const homes = style === 'chain' ? random.some(subgraphs, 3) : random.some(subgraphs, random.between(2, most));
  const entity = addObject(draft, name, {
    kind: 'entity',
    homes: new Set(homes),
    pool: name,
    isCalm: style !== 'nullable' && random.chance(0.5),
  });
  pools.set(name, { name, types: [name], size: POOL_SIZE });
  addKeys(draft, entity, style);
}

function addKeys(draft: Draft, entity: ObjectModel, style: Style): void {
  const { random } = draft;
  const homes = [...entity.homes];
  const key = (fields: string, subgraphs: readonly string[]) =>
    entity.keys.push({ fields, subgraphs: new Set(subgraphs) });
  const field = (name: string, type: string, owners: readonly string[], isInaccessible = false) =>
    addField(entity, name, { type, owners, isKey: true, isInaccessible });
  switch (style) {
    case 'id':
    case 'hidden':
      field('id', 'ID!', homes, style === 'hidden');
      return void key('id', homes);
    case 'several': {
      const coded = random.some(homes, random.between(1, homes.length));
      field('id', 'ID!', homes);
      field('code', 'String!', coded);
      key('id', homes);
      return void key('code', coded);
    }
    case 'chain':
      field('id', 'ID!', homes.slice(0, 2));
      field('code', 'String!', homes.slice(1));
      key('id', homes.slice(0, 2));
      return void key('code', homes.slice(1));
    case 'compound':
      field('region', 'Color0!', homes);
      field('number', 'Int!', homes);
      return void key('region number', homes);
    case 'nested':
      field('tag', 'Tag!', homes);
      return void key('tag { code }', homes);
    case 'owner':
      field('number', 'Int!', homes);
      field('owner', 'Item0!', homes);
      return void key('number owner { id }', homes);
    case 'nullable':
      field('code', 'String', homes);
      entity.withoutKey.add(1).add(4);
      return void key('code', homes);
  }
}

/** Places at which a subgraph knows nothing, or fails, though another gave the reference. */
export function addMishaps({ random, objects }: Draft): void {
  for (const entity of objects.values()) {
    if (entity.kind !== 'entity' || entity.isCalm || entity.keys.length > 1 || entity.withoutKey.size > 0) continue;
    for (const home of entity.homes) {
      const here = [...entity.fields.values()].filter(({ owners, isKey }) => !isKey && owners.has(home));
      const isNeeded = here.some(({ owners, externalIn }) => owners.size > 1 || externalIn.size > 0);
      if (isNeeded || random.chance(0.4)) continue;
      const places = new Set([random.below(POOL_SIZE)]);
      (random.chance(0.5) ? entity.unknownIn : entity.brokenIn).set(home, places);
    }
  }
}
