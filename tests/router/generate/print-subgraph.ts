import { type ArgumentModel, type FieldModel, type InterfaceModel, type Model, type ObjectModel } from './model.ts';
import { declaredFields, interfaceFields, isInterfaceObjectIn, typesOf } from './presence.ts';
import { digest } from './random.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@requires", "@provides", "@external", "@override", "@inaccessible", "@interfaceObject"
])`;

/** The SDL of one subgraph of a model. */
export function printSubgraph(model: Model, subgraph: string): string {
  const names = typesOf(model, subgraph);
  const parts = [...names].flatMap((name) => {
    const { objects, interfaces, unions, enums, inputs } = model;
    const object = objects.get(name);
    if (object) return [printObject(model, subgraph, object, names)];
    const abstract = interfaces.get(name);
    if (abstract) return [printInterface(model, subgraph, abstract)];
    const members = unions.get(name)?.members.get(subgraph);
    if (members) return [`union ${name} = ${members.join(' | ')}`];
    const input = inputs.get(name);
    if (input) return [`input ${name} {\n${input.fields.map((field) => `  ${printArgument(field)}`).join('\n')}\n}`];
    const choice = enums.get(name);
    if (!choice) return name === 'Blob' ? ['scalar Blob'] : [];
    const hidden = choice.inaccessible === undefined ? [] : [`${choice.inaccessible} @inaccessible`];
    return [`enum ${name} { ${[...choice.values, ...hidden].join(' ')} }`];
  });
  return [LINK, ...parts].join('\n\n');
}

function printObject(model: Model, subgraph: string, object: ObjectModel, names: ReadonlySet<string>): string {
  const { name, kind, keys, homes, isInaccessible } = object;
  const implemented = [...model.interfaces.values()].filter(
    (candidate) => names.has(candidate.name) && candidate.members.get(subgraph)?.includes(name),
  );
  const isStub = kind === 'entity' && !homes.has(subgraph);
  const isResolvable = digest(`${model.seed}|${subgraph}|${name}`) % 2 === 0;
  const directives = isStub
    ? [`@key(fields: "${keys[0]!.fields}"${isResolvable ? '' : ', resolvable: false'})`]
    : keys.filter(({ subgraphs }) => subgraphs.has(subgraph)).map(({ fields }) => `@key(fields: "${fields}")`);
  if (isInaccessible) directives.push('@inaccessible');
  const fields = declaredFields(object, subgraph).map((field) => printField(field, subgraph, kind === 'value'));
  const heritage = implemented.length === 0 ? '' : ` implements ${implemented.map((each) => each.name).join(' & ')}`;
  return block(`type ${name}${heritage} ${directives.join(' ')}`, fields);
}

function printInterface(model: Model, subgraph: string, abstract: InterfaceModel): string {
  const { name, home, added } = abstract;
  if (isInterfaceObjectIn(subgraph, abstract)) {
    const here = [...added.values()].filter(({ owners }) => owners.has(subgraph));
    const fields = here.map((field) => printField(field, subgraph, false));
    return block(`type ${name} @interfaceObject @key(fields: "id")`, ['  id: ID!', ...fields]);
  }
  const [first = ''] = abstract.members.get(subgraph) ?? [];
  const fields = interfaceFields(model, subgraph, abstract).map((fieldName) => {
    const { type, args } = model.objects.get(first)!.fields.get(fieldName)!;
    return `  ${fieldName}${printArguments(args)}: ${type}`;
  });
  return block(`interface ${name}${home === undefined ? '' : ' @key(fields: "id")'}`, fields);
}

function printField(field: FieldModel, subgraph: string, isWhole: boolean): string {
  const { name, type, args, owners, isKey, requires, provides, overridden, isInaccessible, stricter, isProvided } =
    field;
  const isOwner = owners.has(subgraph);
  const directives: string[] = [];
  if (isOwner && !isKey && (isWhole || owners.size > 1 || isProvided)) directives.push('@shareable');
  if (isOwner && requires !== undefined) directives.push(`@requires(fields: ${JSON.stringify(requires)})`);
  if (isOwner && overridden !== undefined) directives.push(`@override(from: "${overridden}")`);
  if (!isOwner && field.externalIn.has(subgraph)) directives.push('@external');
  const given = provides.get(subgraph);
  if (given !== undefined) directives.push(`@provides(fields: ${JSON.stringify(given)})`);
  // On an external field it would be an error of composition.
  if (isInaccessible && isOwner) directives.push('@inaccessible');
  return `  ${name}${printArguments(args)}: ${stricter.get(subgraph) ?? type} ${directives.join(' ')}`.trimEnd();
}

const printArguments = (args: readonly ArgumentModel[]): string =>
  args.length === 0 ? '' : `(${args.map(printArgument).join(', ')})`;

const printArgument = ({ name, type, defaultValue }: ArgumentModel): string =>
  `${name}: ${type}${defaultValue === undefined ? '' : ` = ${defaultValue}`}`;

const block = (head: string, fields: readonly string[]): string => `${head.trimEnd()} {\n${fields.join('\n')}\n}`;
