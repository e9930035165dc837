import type { Draft } from './draft.ts';
import { isRequired, namedIn, type FieldModel, type ObjectModel } from './model.ts';

/** Lets fields need what other subgraphs own (`@requires`), plain, with arguments, through objects, lists and interfaces. */
export function addRequires(draft: Draft): void {
  const { random, objects } = draft;
  for (const entity of objects.values()) {
    if (!isDependable(entity) || entity.pool === 'Media') continue;
    for (const field of entity.fields.values()) {
      const [owner = ''] = field.owners;
      const isNeeded = field.externalIn.size > 0;
      if (field.owners.size > 1 || field.isKey || isNeeded || random.chance(0.65)) continue;
      const needed = [...entity.fields.values()].filter((other) => isRequirable(other, owner));
      const sets = random.some(needed, 2).flatMap((other) => {
        const text = selectionOf(draft, other, owner);
        return text === undefined ? [] : [{ other, text }];
      });
      if (sets.length === 0) continue;
      for (const { other } of sets) other.externalIn.add(owner);
      field.requires = sets.map(({ text }) => text).join(' ');
    }
  }
}

/** Lets a field give what another subgraph owns of the entity behind it (`@provides`). */
export function addProvides(draft: Draft): void {
  const { random, objects } = draft;
  for (const object of objects.values())
    for (const field of object.fields.values()) {
      const [owner = ''] = field.owners;
      const target = objects.get(namedIn(field.type));
      const isCandidate = object.kind !== 'value' && field.owners.size === 1 && target?.pool !== 'Media';
      if (!isCandidate || !target || !isDependable(target) || random.chance(0.4)) continue;
      const given = [...target.fields.values()].filter(
        (other) => isRequirable(other, owner) && other.args.length === 0 && !other.isInaccessible,
      );
      const sets = random.some(given, 2).flatMap((other) => {
        const text = selectionOf(draft, other, owner, false);
        return text === undefined ? [] : [{ other, text }];
      });
      if (sets.length === 0) continue;
      for (const { other } of sets) {
        other.externalIn.add(owner);
        other.isProvided = true;
      }
      field.provides.set(owner, sets.map(({ text }) => text).join(' '));
    }
}

const isDependable = ({ kind, isCalm, withoutKey }: ObjectModel): boolean =>
  kind === 'entity' && isCalm && withoutKey.size === 0;

const isRequirable = (field: FieldModel, asking: string): boolean =>
  !field.isKey &&
  field.owners.size === 1 &&
  !field.owners.has(asking) &&
  field.requires === undefined &&
  field.overridden === undefined &&
  !(field.isFaulty && isRequired(field.type));

/** What is asked of one field, or nothing when it leads where nothing can be asked. */
function selectionOf(draft: Draft, field: FieldModel, asking: string, mayCross = true): string | undefined {
  const { random, objects, interfaces, unions } = draft;
  const target = namedIn(field.type);
  const values = argumentsOf(draft, field);
  const object = objects.get(target);
  const [owner = ''] = field.owners;
  const members = (interfaces.get(target) ?? unions.get(target))?.members;
  // What its owner does not know of it cannot be asked of the owner.
  const abstract = members?.get(asking)?.filter((name) => members.get(owner)?.includes(name));
  if (!object && !abstract) return target === 'Media' ? undefined : `${field.name}${values}`;
  if (object?.kind === 'value') return `${field.name}${values} { ${leavesOf(draft, object)} }`;
  if (object) {
    const isKeyed = object.fields.get('id')?.owners.has(owner) && object.keys[0]?.fields === 'id';
    return mayCross && isKeyed && isDependable(object) ? `${field.name}${values} { id }` : undefined;
  }
  const parts = (abstract ?? []).map((name) => objects.get(name)!).filter(({ kind }) => kind === 'value');
  if (!mayCross || parts.length === 0 || interfaces.get(target)?.isEntity) return undefined;
  const fragments = random
    .some(parts, random.between(1, parts.length))
    .map((part) => `... on ${part.name} { ${leavesOf(draft, part)} }`);
  return `${field.name}${values} { ${fragments.join(' ')} }`;
}

function leavesOf(draft: Draft, { fields }: ObjectModel): string {
  const leaves = [...fields.values()].filter(
    ({ type, args }) => !draft.objects.has(namedIn(type)) && !draft.interfaces.has(namedIn(type)) && args.length === 0,
  );
  return draft.random
    .some(leaves, draft.random.between(1, 2))
    .map(({ name }) => name)
    .join(' ');
}

/** Arguments that a field set must give, and now and then one more. */
function argumentsOf({ random }: Draft, { args }: FieldModel): string {
  const given = args.flatMap(({ name, type }) => {
    if (name === 'unit') return [`unit: ${random.pick(['"kg"', '"m"'])}`];
    return type === 'Int' && random.chance(0.5) ? [`${name}: ${random.between(3, 9)}`] : [];
  });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}
