import { Kind, parseType, type NonNullTypeNode, type TypeNode } from 'graphql';
import { type FieldModel, type Model, type Pool } from './model.ts';
import { createRandom, digest, type Random } from './random.ts';

/** An object somewhere in an answer. */
export interface Node {
  readonly typeName: string;
  /** Two nodes of the same name are the same object. */
  readonly ref: string;
  /** Where it stands in its pool. */
  readonly place?: number;
  /** The one subgraph that can have given it, when there is only one. */
  readonly giver?: string | undefined;
  /** What the router sent along with the reference. */
  readonly representation?: Readonly<Record<string, unknown>>;
}

const TYPES = new Map<string, TypeNode>();
const typeNode = (text: string): TypeNode => {
  let node = TYPES.get(text);
  if (!node) TYPES.set(text, (node = parseType(text)));
  return node;
};

const TAILS = ['', '', '', ' é', ' "quoted"', ' line\nbreak', ' 😀', ' \u2028', '</script>', ' \\'] as const;
const INTS = [0, 1, -1, 2147483647, -2147483648] as const;

/** What makes one value differ from another of the same field. */
export interface Circumstances {
  readonly args: Readonly<Record<string, unknown>>;
  /** What a field that requires others was given, or which mutation of its operation it is. */
  readonly given?: string;
}

/**
 * The value of a field of an object: a function of the two, of the arguments and of what the field requires.
 * @throws Error where the field is one that fails.
 */
export function valueOf(model: Model, node: Node, field: FieldModel, { args, given = '' }: Circumstances): unknown {
  const text = `${model.seed}|${field.home}|${node.ref}|${canonical(args)}|${given}`;
  const random = createRandom(digest(text));
  const fate = field.isFaulty ? random.fraction() : 1;
  if (fate < 0.15) throw new Error(`${field.home} fails`);
  const isViolating = fate < 0.35;
  const isPromised = field.stricter.size > 0;
  const make = (type: TypeNode, path: string): unknown => {
    // Null keys are planned, not drawn.
    const isOpen = type.kind !== Kind.NON_NULL_TYPE && !((isPromised || field.isKey) && path === '');
    if (isOpen ? random.chance(0.15) : isViolating && random.chance(0.3)) return null;
    return present(type.kind === Kind.NON_NULL_TYPE ? type.type : type, path);
  };
  const present = (type: Exclude<TypeNode, NonNullTypeNode>, path: string): unknown => {
    if (type.kind === Kind.LIST_TYPE)
      return Array.from({ length: random.between(0, 3) }, (_, index) => make(type.type, `${path}[${index}]`));
    return namedValue({ model, random, field, node }, type.name.value, `${node.ref}.${field.name}${path}|${text}`);
  };
  return make(typeNode(field.type), '');
}

interface Place {
  readonly model: Model;
  readonly random: Random;
  readonly field: FieldModel;
  readonly node: Node;
}

function namedValue(place: Place, name: string, ref: string): unknown {
  const { model, random, field, node } = place;
  const { enums, objects, interfaces, unions, pools } = model;
  if (field.isKey && name === 'String' && node.place !== undefined) {
    if (objects.get(node.typeName)!.withoutKey.has(node.place)) return null;
  }
  const known = enums.get(name);
  if (known) {
    const isHidden = known.inaccessible !== undefined && !field.isKey && random.chance(0.1);
    return isHidden ? known.inaccessible : random.pick(known.values);
  }
  const object = objects.get(name);
  if (object)
    return object.pool === undefined ? { typeName: name, ref } : entityOf(place, pools.get(object.pool)!, name);
  if (pools.has(name)) return entityOf(place, pools.get(name)!);
  const abstract = interfaces.get(name) ?? unions.get(name);
  if (!abstract) return leafValue(random, name, field);
  const lists = [...field.owners].map((owner) => abstract.members.get(owner) ?? []);
  const common = lists.reduce((left, right) => left.filter((member) => right.includes(member)));
  return namedValue(place, random.pick(common), ref);
}

/** An entity that each owner of the field can give with the same further answers. */
function entityOf({ model, random, field }: Place, { name, types, size }: Pool, wanted?: string): Node | null {
  const owners = [...field.owners];
  const places = Array.from({ length: size }, (_, index) => index).filter((index) => {
    const typeName = types[index % types.length]!;
    if (wanted !== undefined && typeName !== wanted) return false;
    const { withoutKey, unknownIn, brokenIn } = model.objects.get(typeName)!;
    const odd = [...unknownIn, ...brokenIn].filter(([, where]) => where.has(index)).map(([subgraph]) => subgraph);
    if (owners.length > 1) return odd.length === 0 && !withoutKey.has(index);
    return !odd.includes(owners[0]!);
  });
  if (places.length === 0) return null;
  const place = random.pick(places);
  return {
    typeName: types[place % types.length]!,
    ref: `${name}#${place}`,
    place,
    giver: owners.length === 1 ? owners[0] : undefined,
  };
}

function leafValue(random: Random, name: string, field: FieldModel): unknown {
  const unique = random.fraction().toString(36).slice(2, 9);
  switch (name) {
    case 'Int':
      return random.chance(0.3) && !field.isKey ? random.pick(INTS) : random.between(-100_000, 100_000);
    case 'Float':
      return random.between(-400, 400) / 4;
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return random.chance(0.3) ? String(random.below(1_000_000)) : `id-${unique}`;
    case 'String':
      return random.chance(0.1) && !field.isKey ? '' : `${unique}${random.pick(TAILS)}`;
    case 'Blob':
      return blob(random, 2);
    default:
      throw new Error(`There is no type ${name}.`);
  }
}

function blob(random: Random, depth: number): unknown {
  const kind = random.below(depth === 0 ? 4 : 6);
  if (kind === 0) return 0;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return `text ${random.below(100)}`;
  if (kind === 3) return random.fraction();
  if (kind === 4) return Array.from({ length: random.below(3) }, () => blob(random, depth - 1));
  return Object.fromEntries(
    ['b', 'a', '__typename', '1'].slice(random.below(4)).map((key) => [key, blob(random, depth - 1)]),
  );
}

/** JSON with the keys of all objects in order: the same for what is the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
