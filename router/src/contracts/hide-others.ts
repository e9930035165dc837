import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type NameNode,
} from 'graphql';
import { directiveName, isSpecName, linkedSpecs } from '../composition/spec-names.ts';

const IDENTITY = 'https://specs.apollo.dev/inaccessible';
const LINK = parse(`schema @link(url: "${IDENTITY}/v0.2", for: SECURITY) { query: Query }`, { noLocation: true });
const DEFINITION = parse(
  `directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE
  | INPUT_OBJECT | INPUT_FIELD_DEFINITION`,
  { noLocation: true },
);

type Hideable = { readonly name: NameNode; readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** Marks everything of a supergraph as `@inaccessible` (specification 0.2) that is not among the members; what belongs to linked specifications stays. */
export function hideOthers(document: DocumentNode, members: ReadonlySet<string>): DocumentNode {
  const specs = linkedSpecs(document);
  const linked = directiveName(specs, IDENTITY, 'inaccessible');
  const name = linked ?? 'inaccessible';
  const mark: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name } };
  const hide = <Node extends Hideable>(node: Node): Node =>
    node.directives?.some((directive) => directive.name.value === name)
      ? node
      : { ...node, directives: [...(node.directives ?? []), mark] };
  const shown = <Node extends Hideable>(node: Node, around: string): Node =>
    members.has(`${around}.${node.name.value}`) ? node : hide(node);
  const field = (node: FieldDefinitionNode, type: string): FieldDefinitionNode => {
    const coordinate = `${type}.${node.name.value}`;
    if (!members.has(coordinate)) return hide(node);
    return {
      ...node,
      arguments: (node.arguments ?? []).map((argument) => shown<InputValueDefinitionNode>(argument, coordinate)),
    };
  };

  const definitions = document.definitions.map((definition): DefinitionNode => {
    switch (definition.kind) {
      case Kind.SCHEMA_DEFINITION:
        return linked === undefined
          ? { ...definition, directives: [...(definition.directives ?? []), ...link()] }
          : definition;
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION: {
        const type = definition.name.value;
        if (isSpecName(specs, type)) return definition;
        if (!members.has(type)) return hide(definition);
        return { ...definition, fields: (definition.fields ?? []).map((each) => field(each, type)) };
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
        const type = definition.name.value;
        if (isSpecName(specs, type)) return definition;
        if (!members.has(type)) return hide(definition);
        return {
          ...definition,
          fields: (definition.fields ?? []).map((each) => shown<InputValueDefinitionNode>(each, type)),
        };
      }
      case Kind.ENUM_TYPE_DEFINITION: {
        const type = definition.name.value;
        if (isSpecName(specs, type)) return definition;
        if (!members.has(type)) return hide(definition);
        return {
          ...definition,
          values: (definition.values ?? []).map((each) => shown<EnumValueDefinitionNode>(each, type)),
        };
      }
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.UNION_TYPE_DEFINITION:
        return members.has(definition.name.value) || isSpecName(specs, definition.name.value)
          ? definition
          : hide(definition);
      default:
        return definition;
    }
  });
  return { ...document, definitions: linked === undefined ? [...definitions, ...DEFINITION.definitions] : definitions };
}

function link(): readonly ConstDirectiveNode[] {
  const [schema] = LINK.definitions;
  return schema?.kind === Kind.SCHEMA_DEFINITION ? (schema.directives ?? []) : [];
}
