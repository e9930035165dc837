import { addField, addObject, leafName, someArguments, wrapped, type Draft, type FieldWish } from './draft.ts';
import { isRequired, namedIn, type FieldModel, type ObjectModel } from './model.ts';

/** Types that a field of a subgraph can have, besides leaves. */
export function compositesFor(draft: Draft, subgraph: string): string[] {
  const { objects, interfaces, unions } = draft;
  const names = [...objects.values()]
    .filter(({ kind, isInaccessible, pool }) => kind !== 'root' && !isInaccessible && pool !== 'Media')
    .map(({ name }) => name)
    .filter((name) => name !== 'Tag');
  const media = interfaces.get('Media');
  const abstract = [...interfaces.values()].filter((candidate) => candidate !== media).map(({ name }) => name);
  const knowsImplementations = [...objects.values()].some(({ pool, homes }) => pool === 'Media' && homes.has(subgraph));
  if (media && (media.home === subgraph || !knowsImplementations)) abstract.push('Media', 'Media');
  return [...names, ...abstract, ...unions.keys()];
}

/** Fields of entities, each in one of their homes, some in two. */
export function addEntityFields(draft: Draft): void {
  const { random, objects } = draft;
  for (const entity of objects.values()) {
    if (entity.kind !== 'entity' || entity.pool === 'Media') continue;
    for (const home of entity.homes)
      for (let index = 0; index < random.between(1, 3); index += 1) addEntityField(draft, entity, home);
  }
}

function addEntityField(draft: Draft, entity: ObjectModel, home: string): void {
  const { random } = draft;
  const name = `${entity.name.toLowerCase()}${home[0]!.toUpperCase()}${entity.fields.size}`;
  const isLeaf = random.chance(0.55);
  const type = wrapped(draft, isLeaf ? leafName(draft) : random.pick(compositesFor(draft, home)));
  const others = [...entity.homes].filter((other) => other !== home);
  const isShared = others.length > 0 && random.chance(0.2) && isLeaf;
  const wish: FieldWish = {
    type,
    owners: isShared ? [home, random.pick(others)] : [home],
    args: someArguments(draft),
    isFaulty: random.chance(0.25) && !(entity.isCalm && isRequired(type)),
    isInaccessible: random.chance(0.08),
  };
  const field = addField(entity, name, wish);
  if (isShared && !field.isFaulty && !isRequired(type) && random.chance(0.5)) field.stricter.set(home, `${type}!`);
}

/** Types without a key refer to entities and abstract types; that is always allowed to be null. */
export function addValueFields(draft: Draft): void {
  const { random, objects, interfaces } = draft;
  for (const part of objects.values()) {
    if (part.kind !== 'value' || part.name === 'Tag' || random.chance(0.6)) continue;
    const targets = [...objects.values()].filter(({ kind, pool }) => kind === 'entity' && pool !== 'Media');
    const names = [...targets.map(({ name }) => name), ...(interfaces.has('Thing') ? ['Thing'] : [])];
    addField(part, `${part.name.toLowerCase()}Of`, {
      type: wrapped(draft, random.pick(names), { mayRequire: false }),
      owners: [],
    });
  }
}

/** Roots: each subgraph has some, and some are shared. */
export function addRoots(draft: Draft): void {
  const { random, subgraphs } = draft;
  const query = addObject(draft, 'Query', { kind: 'root' });
  for (const subgraph of subgraphs)
    for (let index = 0; index < random.between(1, 3); index += 1) {
      const type = wrapped(draft, random.pick(compositesFor(draft, subgraph)));
      addField(query, `${subgraph}${index}`, {
        type,
        owners: [subgraph],
        args: someArguments(draft),
        isFaulty: random.chance(0.15),
      });
    }
  addField(query, 'status', { type: 'String!', owners: random.some(subgraphs, 2) });
  const common = random.some(subgraphs, 2);
  const targets = compositesFor(draft, common[0]!).filter((name) => compositesFor(draft, common[1]!).includes(name));
  addField(query, 'common', { type: wrapped(draft, random.pick(targets), { mayRequire: false }), owners: common });
  if (random.chance(0.7)) addMutations(draft);
}

function addMutations(draft: Draft): void {
  const { random, subgraphs } = draft;
  const mutation = addObject(draft, 'Mutation', { kind: 'root' });
  for (const subgraph of random.some(subgraphs, random.between(1, 3)))
    for (let index = 0; index < random.between(1, 2); index += 1) {
      const name = random.chance(0.3) ? 'Int' : random.pick(compositesFor(draft, subgraph));
      addField(mutation, `do${subgraph}${index}`, {
        type: random.pick(['T', 'T', 'T!', '[T]']).replace('T', name),
        owners: [subgraph],
        args: someArguments(draft),
        isFaulty: random.chance(0.2),
      });
    }
}

/** Fields that were another subgraph's, which must not be asked for them any more. */
export function addOverrides(draft: Draft): void {
  const { random, objects } = draft;
  const mayHave = (subgraph: string, type: string) => type !== 'Media' || compositesFor(draft, subgraph).includes(type);
  for (const entity of objects.values())
    for (const field of entity.fields.values()) {
      const [owner] = field.owners;
      const before = [...entity.homes].filter(
        (home) => home !== owner && !field.externalIn.has(home) && mayHave(home, namedIn(field.type)),
      );
      const isPlain = entity.kind === 'entity' && entity.pool !== 'Media' && isFreeOf(field);
      if (isPlain && before.length > 0 && random.chance(0.15)) field.overridden = random.pick(before);
    }
}

const isFreeOf = ({ owners, isKey, requires, provides }: FieldModel): boolean =>
  owners.size === 1 && !isKey && requires === undefined && provides.size === 0;
