import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { sentOf, truthOf } from './field-sets.ts';
import { fieldOf, type FieldModel, type Model } from './model.ts';
import { declaredFields, isInterfaceObjectIn, topLevelNames, typesOf } from './presence.ts';
import { printSubgraph } from './print-subgraph.ts';
import { valueOf, type Node } from './values.ts';

/** What the operations of one request share. */
export interface Request {
  /** Mutations that were carried out, which each value of a mutation depends on. */
  mutations: number;
}

export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

type Resolve = (node: Node | undefined, args: Record<string, unknown>, request: Request) => unknown;

/** A subgraph of a model that runs. It refuses what a correct plan never asks of it. */
export function createSubgraph(model: Model, name: string): Subgraph {
  const sdl = printSubgraph(model, name);
  const resolvers: Record<string, Record<string, unknown>> = {};
  for (const typeName of typesOf(model, name)) {
    const object = model.objects.get(typeName);
    const abstract = model.interfaces.get(typeName);
    if (object || (abstract && isInterfaceObjectIn(name, abstract)))
      resolvers[typeName] = objectResolvers(model, name, typeName);
    else if (abstract || model.unions.has(typeName))
      resolvers[typeName] = {
        __resolveType: ({ typeName: concrete }: Node) => concrete,
        ...(abstract?.home === name ? { __resolveReference: referenceResolver(model, name, typeName) } : {}),
      };
  }
  return { name, sdl, schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]) };
}

function objectResolvers(model: Model, subgraph: string, typeName: string): Record<string, unknown> {
  const object = model.objects.get(typeName);
  const added = model.interfaces.get(typeName)?.added;
  const fields = object ? declaredFields(object, subgraph) : [fieldOf(model, typeName, 'id'), ...added!.values()];
  const resolvers: Record<string, unknown> = {};
  for (const field of fields) resolvers[field.name] = fieldResolver(model, subgraph, typeName, field);
  if (!object || object.kind === 'entity')
    resolvers['__resolveReference'] = referenceResolver(model, subgraph, typeName);
  return resolvers;
}

function fieldResolver(model: Model, subgraph: string, typeName: string, field: FieldModel): Resolve {
  const { requires, overridden, home } = field;
  const isMutation = typeName === 'Mutation';
  return (parent, args, request) => {
    if (overridden === subgraph) throw new Error(`${home} was taken over and must not be asked of ${subgraph}`);
    const node = parent ?? { typeName, ref: typeName };
    if (isMutation) return valueOf(model, node, field, { args, given: `@${(request.mutations += 1)}` });
    if (requires === undefined || !field.owners.has(subgraph)) return valueOf(model, node, field, { args });
    // What is required can also have been provided here, on the way to the entity.
    if (!node.representation) return valueOf(model, node, field, { args, given: truthOf(model, node, requires) });
    return valueOf(model, node, field, { args, given: sentOf(node.representation, requires) });
  };
}

function referenceResolver(model: Model, subgraph: string, typeName: string) {
  const object = model.objects.get(typeName);
  const keys = object
    ? object.keys.filter((key, index) => key.subgraphs.has(subgraph) || (!object.homes.has(subgraph) && index === 0))
    : [{ fields: 'id' }];
  const pool = model.pools.get(object?.pool ?? typeName)!;
  const placesByKey = new Map<string, number>();
  const nodeAt = (place: number): Node => ({
    typeName: pool.types[place % pool.types.length]!,
    ref: `${pool.name}#${place}`,
    place,
  });
  for (const { fields } of keys)
    for (let place = 0; place < pool.size; place += 1) {
      const node = nodeAt(place);
      if (!object || node.typeName === typeName) placesByKey.set(`${fields}|${truthOf(model, node, fields)}`, place);
    }
  // It rejects: thrown at once, an error would cost the other entities of the request too.
  return async (reference: Readonly<Record<string, unknown>>): Promise<Node | null> => {
    const key = keys.find(({ fields }) => topLevelNames(fields).every((name) => reference[name] !== undefined));
    if (!key) throw new Error(`No key of ${typeName} in ${JSON.stringify(reference)}`);
    if (topLevelNames(key.fields).some((name) => reference[name] === null)) return null;
    const place = placesByKey.get(`${key.fields}|${sentOf(reference, key.fields)}`);
    if (place === undefined) throw new Error(`No ${typeName} has the key ${JSON.stringify(reference)}`);
    if (object?.brokenIn.get(subgraph)?.has(place)) throw new Error(`${typeName} at ${place} fails`);
    if (object?.unknownIn.get(subgraph)?.has(place)) return null;
    return { ...nodeAt(place), representation: reference };
  };
}
