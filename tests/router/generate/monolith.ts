import { buildSchema, isAbstractType, isObjectType, type GraphQLSchema } from 'graphql';
import { truthOf } from './field-sets.ts';
import { fieldOf, type FieldModel, type Model } from './model.ts';
import type { Request } from './subgraph.ts';
import { valueOf, type Node } from './values.ts';

/** One schema with everything that clients see, resolved without any plan: what a correct answer is. */
export function createMonolith(model: Model, apiSdl: string): GraphQLSchema {
  const schema = buildSchema(apiSdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = (node: Node) => node.typeName;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const meant = fieldOf(model, type.name, field.name);
      field.resolve = (node: Node | undefined, args: Record<string, unknown>, request: Request) =>
        resolve(model, node ?? { typeName: type.name, ref: type.name }, meant, args, request);
    }
  }
  return schema;
}

function resolve(
  model: Model,
  node: Node,
  field: FieldModel,
  args: Record<string, unknown>,
  request: Request,
): unknown {
  if (node.typeName === 'Mutation') return valueOf(model, node, field, { args, given: `@${(request.mutations += 1)}` });
  if (isOutOfReach(model, node, field)) return null;
  if (field.requires === undefined) return valueOf(model, node, field, { args });
  return valueOf(model, node, field, { args, given: truthOf(model, node, field.requires) });
}

/** Some entities cannot be found by those who own a field of theirs. @throws Error where looking for one fails. */
function isOutOfReach(model: Model, { typeName, place, giver }: Node, { isKey, owners, home }: FieldModel): boolean {
  if (place === undefined || isKey) return false;
  const { withoutKey, unknownIn, brokenIn } = model.objects.get(typeName)!;
  const isIn = (places: ReadonlyMap<string, ReadonlySet<number>>) =>
    [...owners].every((owner) => places.get(owner)?.has(place) ?? false);
  if (isIn(brokenIn)) throw new Error(`${home} is out of reach`);
  const isWithGiver = giver !== undefined && owners.has(giver);
  return isIn(unknownIn) || (withoutKey.has(place) && !isWithGiver);
}
