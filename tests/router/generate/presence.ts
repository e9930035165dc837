import { parse, visit } from 'graphql';
import { namedIn, type FieldModel, type InterfaceModel, type Model, type ObjectModel } from './model.ts';

/** Whether a field stands in the SDL of a subgraph. */
export const isDeclaredIn = (subgraph: string, { owners, externalIn, overridden }: FieldModel): boolean =>
  owners.has(subgraph) || externalIn.has(subgraph) || overridden === subgraph;

/** The fields of a type as they stand in one subgraph. */
export function declaredFields(object: ObjectModel, subgraph: string): FieldModel[] {
  const fields = [...object.fields.values()];
  if (object.kind === 'value') return fields;
  const isStub = object.kind === 'entity' && !object.homes.has(subgraph);
  const keyed = isStub ? topLevelNames(object.keys[0]!.fields) : [];
  return fields.filter((field) => isDeclaredIn(subgraph, field) || keyed.includes(field.name));
}

/** The names in a field set, without what stands within them. */
export function topLevelNames(fieldSet: string): string[] {
  const names: string[] = [];
  visit(parse(`{ ${fieldSet} }`), {
    Field(node) {
      names.push(node.name.value);
      return false;
    },
  });
  return names;
}

/** Whether a subgraph sees an interface with a key as one object type. */
export const isInterfaceObjectIn = (subgraph: string, { home }: InterfaceModel): boolean =>
  home !== undefined && home !== subgraph;

/** The names of the types that a subgraph must define: what its fields and entities lead to. */
export function typesOf(model: Model, subgraph: string): Set<string> {
  const { objects, interfaces, unions, inputs } = model;
  const found = new Set<string>();
  const enter = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const object = objects.get(name);
    if (object) return declaredFields(object, subgraph).forEach(enterField);
    for (const { type } of inputs.get(name)?.fields ?? []) enter(namedIn(type));
    for (const member of unions.get(name)?.members.get(subgraph) ?? []) enter(member);
    const abstract = interfaces.get(name);
    for (const member of abstract?.members.get(subgraph) ?? []) enter(member);
    for (const field of abstract?.added.values() ?? []) if (isDeclaredIn(subgraph, field)) enterField(field);
  };
  const enterField = ({ type, args }: FieldModel): void => {
    enter(namedIn(type));
    for (const argument of args) enter(namedIn(argument.type));
  };
  for (const { name, kind, homes, fields } of objects.values()) {
    const isHere = [...fields.values()].some((field) => kind !== 'value' && isDeclaredIn(subgraph, field));
    if (homes.has(subgraph) || isHere) enter(name);
  }
  for (const { name, home, added } of interfaces.values())
    if (home === subgraph || [...added.values()].some((field) => field.owners.has(subgraph))) enter(name);
  return found;
}

/** Notes who resolves the fields of types without a key, and the keys of references: each subgraph that has them. */
export function settleOwners(model: Model): void {
  for (const subgraph of model.subgraphs)
    for (const name of typesOf(model, subgraph)) {
      const object = model.objects.get(name);
      if (object?.kind === 'value') for (const field of object.fields.values()) field.owners.add(subgraph);
      if (object?.kind !== 'entity' || object.homes.has(subgraph)) continue;
      for (const key of topLevelNames(object.keys[0]!.fields)) object.fields.get(key)!.owners.add(subgraph);
    }
}

/** The fields of an interface that each of its implementations in a subgraph resolves there. */
export function interfaceFields(model: Model, subgraph: string, { fields, members }: InterfaceModel): string[] {
  const here = (members.get(subgraph) ?? []).map((name) => model.objects.get(name)!);
  return fields.filter((field) => here.every((object) => object.fields.get(field)!.owners.has(subgraph)));
}
